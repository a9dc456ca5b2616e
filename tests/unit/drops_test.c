// SPDX-License-Identifier: GPL-2.0-or-later
/* drops_test: drop records by hand, to which packet each goes, and what its fate becomes. */
#include "journey/journeys_end.h"
#include "journey_world.h"
#include "tests/unit/in_range.h"

#include <stdatomic.h>
#include <stdio.h>

#include "drop/reason.h"
#include "drop/record.h"
#include "drop/ring.h"
#include "journey/drop_meaning.h"
#include "journey/fate_drop.h"
#include "protocol/bulletin.h"
#include "protocol/stats.h"
#include "reader/drop_words.h"
#include "reader/drops.h"
#include "reader/order.h"
#include "report/report.h"
#include "rules/base/units.h"

/* Kernel's reasons and places of this test, by index. */
static const char *const reasons[] = {
	"NETFILTER_DROP", "NO_SOCKET", "IP_RPFILTER", "NEIGH_FAILED",
	"PACKET_SOCK_ERROR", "NOT_SPECIFIED", "TC_EGRESS", "TCP_OLD_SEQUENCE",
	"IP_INHDR", "UDP_CSUM", "QUEUE_PURGE",
};
static const char *const places[] = {
	"nf_hook_slow+0x1a", "__udp4_lib_rcv+0x99", "ip_rcv_finish_core+0x1",
	"neigh_invalidate+0x5", "packet_rcv+0x2", "__dev_queue_xmit+0x3",
	"nfqnl_reinject+0x4", "ip_forward+0x5", "tcp_validate_incoming+0x1",
	"nft_do_chain+0x77", "tcp_v4_rcv+0x7", "ip6_forward+0x9",
	"__udp6_lib_rcv+0x9",
};

enum { BASE = 100, STORIES = 64 };

/* What was told of a packet. */
struct story {
	char letters[64], text[512];
	uint8_t kind, hook;
	bool marked;
};

struct lab {
	struct world *w;
	struct order *order;
	struct drops *drops;
	struct drop_reasons *names;
	struct stats *stats;
	struct bulletin *board;
	struct drop_ring ring;
	_Atomic unsigned long head, tail;
	struct story told[STORIES];
	unsigned int count;
	char late[STORIES][512];
	unsigned int lates, asks;
	uint64_t printed;
	bool silent;		/* the supervisor does not answer */
};

static struct lab lab;

static bool keep(void *arg, struct journey *j)
{
	(void)arg;
	order_add(lab.order, j, lab.w->now_ns);
	return true;
}

static void on_turn(void *arg, struct journey *j)
{
	struct story *t = &lab.told[lab.count++];

	(void)arg;
	drops_decide(lab.drops, j);
	for (uint32_t i = 0; i < journey_kept(j); i++)
		t->letters[i] = (char)j->step[i].place->id;
	t->kind = j->fate[0].kind;
	t->hook = j->fate[0].hook;
	t->marked = j->flags & JOURNEY_AMBIGUOUS;
	report_reason(t->text, sizeof(t->text), j, 0);
	j->number = ++lab.printed;
	drops_remember(lab.drops, j, 0);
	journeys_give_back(lab.w->journeys, j);
}

static void on_late(void *arg, const struct report_late *l)
{
	char reason[400];

	(void)arg;
	report_late_reason(reason, sizeof(reason), l);
	snprintf(lab.late[lab.lates++], sizeof(lab.late[0]),
		 "#%llu %s%s: %s", (unsigned long long)l->number,
		 fate_word(l->fate.kind), l->ambiguous ? " or its twin" : "",
		 reason);
}

/* As the supervisor would, at once. */
static void on_ask(void *arg)
{
	uint32_t n = lab.stats->drop_places.count;

	(void)arg;
	lab.asks++;
	for (uint32_t i = 0; i < n && !lab.silent; i++) {
		struct drop_place_answer *a = &lab.board->drop_place[i];

		snprintf(a->text, sizeof(a->text), "%s",
			 places[lab.stats->drop_places.location[i] - BASE]);
		a->answered = true;
	}
}

static int lab_begin(void **state)
{
	static const struct journey_ops ops = { .done = keep };
	struct drops_env env;

	memset(&lab, 0, sizeof(lab));
	begin(state);
	lab.w = *state;
	journeys_close(lab.w->journeys);
	lab.w->journeys = journeys_open(&lab.w->map, 128, false, false, &ops,
					lab.w);
	lab.names = calloc(1, sizeof(*lab.names));
	lab.stats = calloc(1, sizeof(*lab.stats));
	lab.board = calloc(1, sizeof(*lab.board));
	for (uint32_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		lab.names->reason[i].value = i + 1;
		snprintf(lab.names->reason[i].name, DROP_REASON_NAME, "%s",
			 reasons[i]);
	}
	lab.names->count = ARRAY_SIZE(reasons);
	lab.ring.head = &lab.head;
	lab.ring.tail = &lab.tail;
	env = (struct drops_env){
		.ring = &lab.ring, .reasons = lab.names,
		.journeys = lab.w->journeys, .map = &lab.w->map,
		.stats = lab.stats, .bulletin = lab.board, .ask = on_ask,
		.late = on_late,
	};
	lab.drops = drops_open(&env);
	lab.order = order_open(on_turn, NULL);
	order_settle(lab.order, 0);
	assert_non_null(lab.drops);
	return 0;
}

static int lab_end(void **state)
{
	drops_close(lab.drops);
	order_close(lab.order);
	free(lab.names);
	free(lab.stats);
	free(lab.board);
	return end(state);
}

static uint32_t index_of(const char *const words[], size_t count,
			 const char *word)
{
	for (uint32_t i = 0; i < count; i++)
		if (strncmp(words[i], word, strlen(word)) == 0)
			return i;
	fail_msg("no such word: %s", word);
	return 0;
}

/* A record as the kernel writes it when it frees @s. */
static struct drop_record record_of(const struct sent *s, const char *reason,
				    const char *place)
{
	struct drop_record r = {
		.when_ns = lab.w->now_ns,
		.location = BASE + index_of(places, ARRAY_SIZE(places), place),
		.reason = 1 + index_of(reasons, ARRAY_SIZE(reasons), reason),
		.in = s->in, .dev = s->out, .captured = sizeof(struct bytes),
		.stamp_ns = s->stamp,
	};
	struct bytes b;

	fill_bytes(&b, s);
	memcpy(r.bytes, &b, sizeof(b));
	return r;
}

static void lose(const struct sent *s, const char *reason, const char *place)
{
	struct drop_record r = record_of(s, reason, place);

	drops_add(lab.drops, &r, lab.w->now_ns);
}

/* All that is silent is over, and all that is over is told of. */
static void settle_all(void)
{
	pass_ms(lab.w, 1100);
	drops_mark(lab.drops, lab.w->now_ns);
	order_settle(lab.order, drops_take(lab.drops, lab.w->now_ns));
	order_expire(lab.order, lab.w->now_ns);
}

static void pass(const struct sent *s, const enum spot *way, size_t count)
{
	for (size_t i = 0; i < count; i++)
		go(lab.w, s, way[i]);
}

static const enum spot came[] = { PRE_RAW, PRE_MANGLE, IN_MANGLE, IN_FILTER };
static const enum spot crossed[] = {
	PRE_RAW, PRE_MANGLE, FWD_MANGLE, FWD_FILTER, POST,
};
static const enum spot entered[] = { PRE_RAW, PRE_MANGLE };
static const enum spot left[] = { OUT_RAW, OUT_MANGLE, OUT_FILTER, POST };
static const enum spot dropped[] = {
	PRE_RAW, PRE_MANGLE, FWD_MANGLE, FWD_DROP,
};
static const enum spot midway[] = {
	PRE_RAW, PRE_MANGLE, FWD_MANGLE, FWD_RULE,
};
static const enum spot queued[] = {
	PRE_RAW, PRE_MANGLE, FWD_MANGLE, FWD_QUEUE,
};

#define WAY(w) .way = w, .count = ARRAY_SIZE(w)

/* A way, what the kernel says behind it, and what is told. */
static const struct fate_row {
	const char *name;
	const enum spot *way;
	size_t count;
	const char *reason, *place;
	uint8_t kind;
	const char *text;	/* a part of it; NULL: there is none */
} fates[] = {
	{ "a closed port", WAY(came), "NO_SOCKET", "__udp4_lib_rcv", FATE_LOST,
	  "after INPUT: no rule dropped it; kernel: NO_SOCKET at "
	  "__udp4_lib_rcv: nobody listens on udp 7" },
	{ "a checksum", WAY(came), "UDP_CSUM", "__udp4_lib_rcv", FATE_LOST,
	  "its checksum is wrong" },
	{ "routing's reason", WAY(entered), "IP_RPFILTER",
	  "ip_rcv_finish_core", FATE_LOST,
	  "after PREROUTING: no rule dropped it; kernel: IP_RPFILTER at "
	  "ip_rcv_finish_core" },
	{ "a name that misleads", WAY(entered), "IP_INHDR", "ip_forward",
	  FATE_LOST, "kernel: IP_INHDR at ip_forward: its ttl ran out" },
	{ "IPv6's policy, of no reason", WAY(entered), "NOT_SPECIFIED",
	  "ip6_forward", FATE_LOST, "kernel: NOT_SPECIFIED at ip6_forward: a policy "
	  "of IPsec refuses it, " },
	{ "behind the last hook", WAY(crossed), "TC_EGRESS",
	  "__dev_queue_xmit", FATE_LOST, "after POSTROUTING: no rule dropped "
	  "it; kernel: TC_EGRESS at __dev_queue_xmit: a filter of tc" },
	{ "sent, and lost", WAY(left), "NEIGH_FAILED", "neigh_invalidate",
	  FATE_LOST, "its next hop does not answer" },
	{ "a rule's verdict stands", WAY(dropped), "NETFILTER_DROP",
	  "nf_hook_slow", FATE_DROP, NULL },
	{ "no verdict was told", WAY(crossed), "NETFILTER_DROP",
	  "nf_hook_slow", FATE_LOST, "in POSTROUTING: no rule was seen to drop it; "
	  "kernel: NETFILTER_DROP at nf_hook_slow; likely: " },
	{ "in the middle of a chain", WAY(midway), "NETFILTER_DROP",
	  "nf_hook_slow", FATE_DROP, "by no rule's verdict; kernel: "
	  "NETFILTER_DROP at nf_hook_slow; likely: a match" },
	{ "the queue's program", WAY(queued), "NOT_SPECIFIED",
	  "nfqnl_reinject", FATE_QUEUE, "the program behind the queue" },
	{ "a packet socket's copy is not the packet", WAY(crossed),
	  "PACKET_SOCK_ERROR", "packet_rcv", FATE_FORWARDED, NULL },
	{ "nor is anything freed there", WAY(crossed), "NOT_SPECIFIED",
	  "packet_rcv", FATE_FORWARDED, NULL },
	{ "a TCP life's usual end", WAY(came), "NOT_SPECIFIED", "tcp_v4_rcv",
	  FATE_DELIVERED, NULL },
	{ "a socket that was closed", WAY(came), "QUEUE_PURGE", "tcp_v4_rcv",
	  FATE_DELIVERED, NULL },
	{ "what is told beside the fate", WAY(came), "TCP_OLD_SEQUENCE",
	  "tcp_validate_incoming", FATE_DELIVERED,
	  "kernel: TCP_OLD_SEQUENCE at tcp_validate_incoming" },
	{ "what says nothing of a delivered one", WAY(came), "NOT_SPECIFIED",
	  "neigh_invalidate", FATE_DELIVERED, "kernel: NOT_SPECIFIED" },
};

static void check_story(const struct story *t, const char *name, uint8_t kind,
			const char *text)
{
	if (t->kind != kind || (text ? !strstr(t->text, text) : *t->text))
		fail_msg("%s: %s '%s', not %s '%s'", name, fate_word(t->kind),
			 t->text, fate_word(kind), text ? text : "");
}

static void test_fates(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(fates); i++) {
		const struct fate_row *row = &fates[i];

		assert_int_equal(lab_begin(state), 0);
		pass(&udp, row->way, row->count);
		lose(&udp, row->reason, row->place);
		settle_all();
		assert_int_equal(lab.count, 1);
		check_story(&lab.told[0], row->name, row->kind, row->text);
		assert_int_equal(lab.lates, 0);
		assert_int_equal(lab_end(state), 0);
	}
}

static struct sent other(const char *dst, uint16_t sport, uint64_t stamp)
{
	struct sent s = udp;

	s.letter = 'B';
	s.dst = dst;
	s.sport = sport;
	s.stamp = stamp;
	return s;
}

/* Who of several it was: the record is of the one that was sent last. */
static void expect_second(const char *name, const struct sent *first,
			  const struct sent *second, const struct sent *record,
			  bool marked)
{
	pass(first, came, ARRAY_SIZE(came));
	pass(second, came, ARRAY_SIZE(came));
	lose(record, "NO_SOCKET", "__udp4_lib_rcv");
	settle_all();
	assert_int_equal(lab.count, 2);
	check_story(&lab.told[0], name, FATE_DELIVERED, NULL);
	check_story(&lab.told[1], name, FATE_LOST, "NO_SOCKET");
	assert_int_equal(lab.told[0].marked, marked);
	assert_int_equal(lab.told[1].marked, marked);
}

static void test_by_stamp(void **state)
{
	struct sent b = other(udp.dst, udp.sport, 7000);

	(void)state;
	expect_second("stamp", &udp, &b, &b, false);
}

static void test_by_headers(void **state)
{
	struct sent b = other("10.0.0.3", udp.sport, 0), a = udp, r;

	(void)state;
	a.stamp = 0;
	r = b;
	r.stamp = 99000;
	expect_second("headers", &a, &b, &r, false);
}

static void test_by_port(void **state)
{
	struct sent b = other(udp.dst, 2000, 0), a = udp, r;

	(void)state;
	a.stamp = 0;
	r = b;
	r.stamp = 99000;
	expect_second("port", &a, &b, &r, false);
}

/* Not told apart: one was lost, and nobody knows which. */
static void test_twins(void **state)
{
	struct sent a = udp;

	(void)state;
	a.stamp = 0;
	pass(&a, came, ARRAY_SIZE(came));
	pass(&a, came, ARRAY_SIZE(came));
	lose(&udp, "NO_SOCKET", "__udp4_lib_rcv");
	settle_all();
	assert_int_equal(lab.count, 2);
	assert_true(lab.told[0].marked);
	assert_true(lab.told[1].marked);
	assert_int_equal((lab.told[0].kind == FATE_LOST) +
			 (lab.told[1].kind == FATE_LOST), 1);
}

/* Both were: it is one story twice. */
static void test_twins_both(void **state)
{
	struct sent a = udp;

	(void)state;
	a.stamp = 0;
	pass(&a, came, ARRAY_SIZE(came));
	pass(&a, came, ARRAY_SIZE(came));
	lose(&udp, "NO_SOCKET", "__udp4_lib_rcv");
	lose(&udp, "NO_SOCKET", "__udp4_lib_rcv");
	settle_all();
	assert_int_equal(lab.count, 2);
	for (unsigned int i = 0; i < 2; i++) {
		check_story(&lab.told[i], "both", FATE_LOST, "NO_SOCKET");
		assert_false(lab.told[i].marked);
	}
}

/* Alike but for the stamp: it is of one that was not seen. */
static void test_other_stamp(void **state)
{
	struct sent r = udp;

	(void)state;
	r.stamp = 7000;
	pass(&udp, crossed, ARRAY_SIZE(crossed));
	lose(&r, "NETFILTER_DROP", "nf_hook_slow");
	settle_all();
	check_story(&lab.told[0], "stamp", FATE_FORWARDED, NULL);
	lose(&r, "NETFILTER_DROP", "nf_hook_slow");
	assert_int_equal(lab.lates, 0);
}

/* There is no room for what a record says: who came then may be the one. */
static void test_no_room_for_words(void **state)
{
	struct drop_record r = record_of(&udp, "NO_SOCKET", "__udp4_lib_rcv");
	struct journey j = { .last_ns = 0 };

	(void)state;
	for (unsigned int i = 0; i < DROP_WORDS; i++) {
		r.reason = 1000 + i;
		drops_add(lab.drops, &r, lab.w->now_ns);
	}
	j.last_ns = lab.w->now_ns;
	assert_int_not_equal(drops_lack(lab.drops, &j), DROPS_NO_ROOM);
	r.reason = 1000 + DROP_WORDS;
	drops_add(lab.drops, &r, lab.w->now_ns);
	assert_int_equal(drops_lack(lab.drops, &j), DROPS_NO_ROOM);
}

/* All was read up to now, and all records that were written by then have a name. */
static void look_now(void)
{
	drops_mark(lab.drops, lab.w->now_ns);
	drops_take(lab.drops, lab.w->now_ns);
}

/* That there is no record is known of a packet only once all that can be its are read. */
static void test_not_read_in_time(void **state)
{
	struct drop_record r = record_of(&udp, "NO_SOCKET", "__udp4_lib_rcv");
	const struct journey j = { .last_ns = lab.w->now_ns };
	const struct journey before = { .last_ns = j.last_ns - NS_PER_MS };

	(void)state;
	assert_int_equal(drops_lack(lab.drops, &j), DROPS_UNREAD);
	look_now();
	assert_int_equal(drops_lack(lab.drops, &j), DROPS_UNREAD);
	lab.w->now_ns += ORDER_SETTLE_MS * NS_PER_MS;
	assert_int_equal(drops_lack(lab.drops, &j), DROPS_UNREAD);
	/* One that waits for the name of its function is not known, nor what is behind it. */
	lab.silent = true;
	r.when_ns = lab.w->now_ns;
	drops_add(lab.drops, &r, lab.w->now_ns);
	look_now();
	assert_int_equal(drops_lack(lab.drops, &j), DROPS_UNREAD);
	assert_int_equal(drops_lack(lab.drops, &before), DROPS_ALL_READ);
	drops_finish(lab.drops, lab.w->now_ns);
	assert_int_equal(drops_lack(lab.drops, &j), DROPS_ALL_READ);
}

/* Events were lost, maybe all of one alike: only the stamp tells whose it is. */
static void test_gap(void **state)
{
	struct sent a = udp;

	(void)state;
	a.stamp = 0;
	pass(&a, crossed, ARRAY_SIZE(crossed));
	journeys_gap(lab.w->journeys, 3);
	lose(&udp, "NETFILTER_DROP", "nf_hook_slow");
	settle_all();
	check_story(&lab.told[0], "gap", FATE_FORWARDED, NULL);
}

/* Of two alike a rule dropped one: the record of a verdict is that one's. */
static void test_verdict_of_twin(void **state)
{
	struct sent a = udp;

	(void)state;
	a.stamp = 0;
	pass(&a, crossed, ARRAY_SIZE(crossed));
	pass(&a, dropped, ARRAY_SIZE(dropped));
	lose(&udp, "NETFILTER_DROP", "nf_hook_slow");
	settle_all();
	assert_int_equal(lab.count, 2);
	check_story(&lab.told[0], "forwarded", FATE_FORWARDED, NULL);
	check_story(&lab.told[1], "dropped", FATE_DROP, NULL);
	assert_false(lab.told[0].marked);
}

/* Another packet's record, of the same bytes but for what nobody changes. */
static void test_strangers(void **state)
{
	struct sent b = other("10.0.0.3", 1, 5);

	(void)state;
	pass(&udp, crossed, ARRAY_SIZE(crossed));
	lose(&b, "TC_EGRESS", "__dev_queue_xmit");
	settle_all();
	check_story(&lab.told[0], "stranger", FATE_FORWARDED, NULL);
	lose(&b, "TC_EGRESS", "__dev_queue_xmit");
	assert_int_equal(lab.lates, 0);
}

/* An event behind the record: it was a copy that the kernel freed. */
static void test_goes_on(void **state)
{
	(void)state;
	pass(&udp, entered, ARRAY_SIZE(entered));
	lose(&udp, "IP_RPFILTER", "ip_rcv_finish_core");
	pass(&udp, crossed + 2, ARRAY_SIZE(crossed) - 2);
	settle_all();
	assert_int_equal(lab.count, 1);
	check_story(&lab.told[0], "goes on", FATE_FORWARDED, NULL);
}

/* Forwarding has taken one from the TTL: it was the hook FORWARD that said so. */
static void test_reached_forward(void **state)
{
	struct sent r = udp;

	(void)state;
	r.ttl--;
	pass(&udp, entered, ARRAY_SIZE(entered));
	lose(&r, "NETFILTER_DROP", "nf_hook_slow");
	settle_all();
	check_story(&lab.told[0], "forward", FATE_LOST, "in FORWARD: ");
	assert_int_equal(lab.told[0].hook, NF_INET_FORWARD);
}

static void test_late(void **state)
{
	(void)state;
	pass(&udp, crossed, ARRAY_SIZE(crossed));
	settle_all();
	check_story(&lab.told[0], "at first", FATE_FORWARDED, NULL);
	pass_ms(lab.w, 3000);
	lose(&udp, "NEIGH_FAILED", "neigh_invalidate");
	assert_int_equal(lab.lates, 1);
	assert_string_equal(lab.late[0], "#1 LOST: kernel: NEIGH_FAILED at "
			    "neigh_invalidate: its next hop does not answer");
	/* Once: what comes of the same bytes is another's. */
	lose(&udp, "NEIGH_FAILED", "neigh_invalidate");
	assert_int_equal(lab.lates, 1);
}

static void test_late_twins(void **state)
{
	struct sent a = udp;

	(void)state;
	a.stamp = 0;
	pass(&a, crossed, ARRAY_SIZE(crossed));
	pass(&a, crossed, ARRAY_SIZE(crossed));
	settle_all();
	lose(&a, "NEIGH_FAILED", "neigh_invalidate");
	assert_int_equal(lab.lates, 1);
	assert_non_null(strstr(lab.late[0], "#1 LOST or its twin"));
}

/* Read too late, as a busy host does: who was not seen again behind a rule was dropped by one. */
static void test_late_verdict(void **state)
{
	(void)state;
	pass(&udp, midway, ARRAY_SIZE(midway));
	settle_all();
	check_story(&lab.told[0], "at first", FATE_UNKNOWN, "after FORWARD: ");
	lose(&udp, "NETFILTER_DROP", "nf_hook_slow");
	assert_int_equal(lab.lates, 1);
	assert_string_equal(lab.late[0], "#1 DROP: kernel: NETFILTER_DROP at nf_hook_slow; "
			    "likely: a match of one of the next rules dropped it, as for a "
			    "packet that is cut short, or a table that is full");
}

/* The same of one that was let go there: no rule did. */
static void test_late_verdict_behind(void **state)
{
	(void)state;
	pass(&udp, crossed, ARRAY_SIZE(crossed));
	settle_all();
	lose(&udp, "NETFILTER_DROP", "nf_hook_slow");
	assert_int_equal(lab.lates, 1);
	assert_string_equal(lab.late[0], "#1 LOST: kernel: NETFILTER_DROP at nf_hook_slow");
	/* What a rule was told to have dropped is dropped: nothing new. */
	pass(&udp, dropped, ARRAY_SIZE(dropped));
	settle_all();
	lose(&udp, "NETFILTER_DROP", "nf_hook_slow");
	assert_int_equal(lab.lates, 1);
}

/* No line for what says nothing new, or nothing of this fate. */
static void test_late_no_loss(void **state)
{
	(void)state;
	pass(&udp, crossed, ARRAY_SIZE(crossed));
	settle_all();
	lose(&udp, "PACKET_SOCK_ERROR", "packet_rcv");
	lose(&udp, "TCP_OLD_SEQUENCE", "tcp_validate_incoming");
	assert_int_equal(lab.lates, 0);
}

/* The oldest are forgotten, the latest are not. */
static void test_late_bound(void **state)
{
	struct sent s = udp;

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		s.sport = (uint16_t)(1000 + i);
		s.stamp = i + 1;
		pass(&s, crossed, ARRAY_SIZE(crossed));
		lab.count = 0;
		if (i % 50 == 0)
			settle_all();
	}
	settle_all();
	lose(&s, "NEIGH_FAILED", "neigh_invalidate");
	assert_int_equal(lab.lates, 1);
	assert_non_null(strstr(lab.late[0], "#5000 "));
	s.sport = 1000;
	s.stamp = 1;
	lose(&s, "NEIGH_FAILED", "neigh_invalidate");
	assert_int_equal(lab.lates, 1);
}

/* The function's name is asked for once, and waited for, in the records' order. */
static void test_answer_is_waited_for(void **state)
{
	(void)state;
	lab.silent = true;
	pass(&udp, came, ARRAY_SIZE(came));
	lose(&udp, "NO_SOCKET", "__udp4_lib_rcv");
	pass_ms(lab.w, 100);
	drops_mark(lab.drops, lab.w->now_ns);
	order_settle(lab.order, drops_take(lab.drops, lab.w->now_ns));
	assert_int_equal(lab.count, 0);
	lab.silent = false;
	on_ask(NULL);
	settle_all();
	assert_int_equal(lab.asks, 2);	/* one is this test's */
	check_story(&lab.told[0], "answered", FATE_LOST, "at __udp4_lib_rcv");
}

/* But not for ever. */
static void test_no_answer(void **state)
{
	(void)state;
	lab.silent = true;
	pass(&udp, came, ARRAY_SIZE(came));
	lose(&udp, "NO_SOCKET", "__udp4_lib_rcv");
	pass_ms(lab.w, 10000);
	settle_all();
	check_story(&lab.told[0], "unanswered", FATE_LOST,
		    "kernel: NO_SOCKET: nobody listens");
}

/* Nor for each new place, while one was waited for in vain; once it is told, again. */
static void test_no_answer_again(void **state)
{
	(void)state;
	lab.silent = true;
	pass(&udp, came, ARRAY_SIZE(came));
	lose(&udp, "NO_SOCKET", "__udp4_lib_rcv");
	pass_ms(lab.w, 10000);
	settle_all();
	check_story(&lab.told[0], "unanswered", FATE_LOST, "kernel: NO_SOCKET");
	pass(&udp, came, ARRAY_SIZE(came));
	lose(&udp, "NO_SOCKET", "__udp6_lib_rcv");
	settle_all();
	assert_int_equal(lab.count, 2);
	check_story(&lab.told[1], "not waited for", FATE_LOST, "kernel: NO_SOCKET");
	lab.silent = false;
	on_ask(NULL);
	lab.silent = true;
	pass(&udp, came, ARRAY_SIZE(came));
	lose(&udp, "NO_SOCKET", "tcp_v4_rcv");
	pass_ms(lab.w, 100);
	drops_mark(lab.drops, lab.w->now_ns);
	order_settle(lab.order, drops_take(lab.drops, lab.w->now_ns));
	assert_int_equal(lab.count, 2);
	lab.silent = false;
	on_ask(NULL);
	settle_all();
	check_story(&lab.told[2], "waited for", FATE_LOST, "at tcp_v4_rcv");
}

/* What only the place would tell is not known then: it was not surely delivered. */
static void test_no_answer_needed(void **state)
{
	struct sent lo = udp;

	(void)state;
	lo.out = LOOPBACK_IFINDEX;
	lab.silent = true;
	pass(&udp, came, ARRAY_SIZE(came));
	lose(&udp, "NOT_SPECIFIED", "__udp6_lib_rcv");
	pass_ms(lab.w, 10000);
	settle_all();
	check_story(&lab.told[0], "unanswered", FATE_UNKNOWN,
		    "after INPUT: a socket refused it, or was done with it; "
		    "kernel: NOT_SPECIFIED: in which function is not known");
	pass(&udp, crossed, ARRAY_SIZE(crossed));
	lose(&udp, "NOT_SPECIFIED", "__udp6_lib_rcv");
	settle_all();
	check_story(&lab.told[1], "unanswered behind POSTROUTING", FATE_LOST,
		    "kernel: NOT_SPECIFIED");
	pass(&udp, queued, ARRAY_SIZE(queued));
	lose(&udp, "NOT_SPECIFIED", "__udp6_lib_rcv");
	settle_all();
	check_story(&lab.told[2], "unanswered behind a queue", FATE_QUEUE,
		    "kernel: NOT_SPECIFIED");
	pass(&lo, left, ARRAY_SIZE(left));
	lose(&lo, "NOT_SPECIFIED", "__udp6_lib_rcv");
	settle_all();
	check_story(&lab.told[3], "unanswered, sent by lo", FATE_UNKNOWN,
		    "kernel: NOT_SPECIFIED");
}

/* Of what is sent to many, or over a bridge, one that nobody saw may have been freed. */
static void test_no_answer_of_copies(void **state)
{
	struct sent many = other("10.1.0.255", udp.sport, udp.stamp);

	(void)state;
	lab.silent = true;
	pass(&many, crossed, ARRAY_SIZE(crossed));
	lose(&many, "NOT_SPECIFIED", "__udp6_lib_rcv");
	pass_ms(lab.w, 10000);
	settle_all();
	check_story(&lab.told[0], "forwarded", FATE_UNKNOWN, "after POSTROUTING: it "
		    "was dropped, or a copy of it that nobody saw; kernel: "
		    "NOT_SPECIFIED: in which function is not known");
	pass(&many, left, ARRAY_SIZE(left));
	lose(&many, "NOT_SPECIFIED", "__udp6_lib_rcv");
	settle_all();
	check_story(&lab.told[1], "sent", FATE_UNKNOWN, "after POSTROUTING");
	pass(&many, entered, ARRAY_SIZE(entered));
	lose(&many, "NOT_SPECIFIED", "__udp6_lib_rcv");
	settle_all();
	check_story(&lab.told[2], "not seen again", FATE_LOST, "kernel: NOT_SPECIFIED");
}

/* Of what was told as delivered that is told later. */
static void test_late_no_answer(void **state)
{
	(void)state;
	lab.silent = true;
	pass(&udp, came, ARRAY_SIZE(came));
	settle_all();
	check_story(&lab.told[0], "not dropped yet", FATE_DELIVERED, NULL);
	lose(&udp, "NOT_SPECIFIED", "__udp6_lib_rcv");
	pass_ms(lab.w, 10000);
	settle_all();
	assert_int_equal(lab.lates, 1);
	assert_string_equal(lab.late[0], "#1 UNKNOWN: kernel: NOT_SPECIFIED: "
			    "in which function is not known");
}

/* What is over waits for a record, so long as one may come. */
static void test_settles(void **state)
{
	(void)state;
	pass(&udp, came, ARRAY_SIZE(came));
	drops_mark(lab.drops, lab.w->now_ns);
	order_settle(lab.order, drops_take(lab.drops, lab.w->now_ns));
	assert_int_equal(lab.count, 0);
	assert_uint_in_range(order_due_ms(lab.order, lab.w->now_ns), 1,
			ORDER_SETTLE_MS);
	lab.w->now_ns += ORDER_SETTLE_MS * NS_PER_MS;
	drops_mark(lab.drops, lab.w->now_ns);
	order_settle(lab.order, drops_take(lab.drops, lab.w->now_ns));
	assert_int_equal(lab.count, 1);
}

static void test_broken(void **state)
{
	struct drop_record r = record_of(&udp, "NO_SOCKET", "__udp4_lib_rcv");

	(void)state;
	pass(&udp, came, ARRAY_SIZE(came));
	for (uint16_t n = 0; n < 20; n++) {
		r.captured = n;
		drops_add(lab.drops, &r, lab.w->now_ns);
	}
	r.captured = UINT16_MAX;
	r.bytes[0] = 0x95;
	drops_add(lab.drops, &r, lab.w->now_ns);
	settle_all();
	check_story(&lab.told[0], "broken", FATE_DELIVERED, NULL);
}

/* A cause that says something else is none. */
static void test_causes(void **state)
{
	static const struct drop_seen filter = { "IP_RPFILTER", "x" },
				      ttl = { "IP_INHDR", "ip_forward" },
				      tc = { "TC_EGRESS", "x" };

	(void)state;
	assert_true(drop_meaning_is_cause(&filter, "rp_filter=1 of ba: ..."));
	assert_false(drop_meaning_is_cause(&filter, "forwarding is off"));
	assert_false(drop_meaning_is_cause(&filter, NULL));
	assert_true(drop_meaning_is_cause(&ttl, "its ttl of 1 ran out"));
	assert_false(drop_meaning_is_cause(&ttl, "there is no route to x"));
	assert_true(drop_meaning_asks(&ttl));
	assert_false(drop_meaning_asks(&tc));
}

/* Words that hold at some places alone are not said where the place is unknown. */
static void test_no_location(void **state)
{
	static const struct drop_seen known[] = {
		{ "IP_INHDR", "ip_forward" }, { "IP_INHDR", "ip6_forward" },
		{ "IP_INHDR", "ip_rcv_core" },
		{ "IP_INADDRERRORS", "ip_error" },
		{ "IP_INADDRERRORS", "ip6_forward" },
		{ "IP_INADDRERRORS", "ip_rcv_finish_core" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct drop_seen nowhere = known[i];

		nowhere.location[0] = '\0';
		assert_ptr_not_equal(drop_meaning(&nowhere),
				     drop_meaning(&known[i]));
		assert_non_null(strstr(drop_meaning(&nowhere)->words, ", or "));
		assert_true(drop_meaning_asks(&nowhere));
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, lab_begin, lab_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fates),
		CASE(test_by_stamp),
		CASE(test_by_headers),
		CASE(test_by_port),
		CASE(test_twins),
		CASE(test_twins_both),
		CASE(test_other_stamp),
		CASE(test_no_room_for_words),
		CASE(test_not_read_in_time),
		CASE(test_gap),
		CASE(test_verdict_of_twin),
		CASE(test_strangers),
		CASE(test_goes_on),
		CASE(test_reached_forward),
		CASE(test_late),
		CASE(test_late_twins),
		CASE(test_late_verdict),
		CASE(test_late_verdict_behind),
		CASE(test_late_no_loss),
		CASE(test_late_bound),
		CASE(test_answer_is_waited_for),
		CASE(test_no_answer),
		CASE(test_no_answer_again),
		CASE(test_no_answer_needed),
		CASE(test_no_answer_of_copies),
		CASE(test_late_no_answer),
		CASE(test_settles),
		CASE(test_broken),
		CASE(test_causes),
		CASE(test_no_location),
	};

	return cmocka_run_group_tests_name("drops", tests, NULL, NULL);
}
