// SPDX-License-Identifier: GPL-2.0-or-later
/* grounds_test: who let a packet pass, by way of whom, and who set its mark: a row a lemma. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "grounds/grounds.h"
#include "journey/journey.h"
#include "place/place_says.h"
#include "place/place_types.h"
#include "place/rule_words.h"
#include "place/table_order.h"
#include "rules/base/family.h"
#include "rules/base/shm.h"

enum { STEPS = 16, MARKS = 4 };

/* An event: "filter:FORWARD", "nft fw:forward"; what the rule says, "": a chain's end. */
struct spot {
	const char *where, *text;
	uint8_t effect;		/* of a verdict map, else 0: as the text says */
	const char *to;		/* and where it led */
};

struct mark {
	uint16_t step;
	uint32_t from, to;
	uint8_t maker;
};

struct row {
	const char *lemma;
	struct spot spot[STEPS];
	uint8_t fate;
	/* Events, counted from 1; 0: none. */
	int accepted, via, marked, marked_via;
	struct mark mark[MARKS];
	uint16_t flags;
};

/* Names have one address, as in the program. */
static const char *name_of(const char *text, size_t len)
{
	static char *names[256];
	size_t i = 0;

	for (; names[i]; i++)
		if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0)
			return names[i];
	assert_true(i + 1 < sizeof(names) / sizeof(names[0]));
	names[i] = strndup(text, len);
	return names[i];
}

static uint8_t hook_of(const char *chain)
{
	static const struct {
		const char *name;
		uint8_t hook;
	} hooks[] = {
		{ "PREROUTING", NF_INET_PRE_ROUTING },
		{ "INPUT", NF_INET_LOCAL_IN }, { "FORWARD", NF_INET_FORWARD },
		{ "OUTPUT", NF_INET_LOCAL_OUT },
		{ "POSTROUTING", NF_INET_POST_ROUTING },
	};

	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (strcasecmp(hooks[i].name, chain) == 0)
			return hooks[i].hook;
	return NOT_A_HOOK;
}

static uint32_t chain_id(const char *table, const char *chain)
{
	return (uint32_t)((uintptr_t)table * 31 + (uintptr_t)chain) & INT32_MAX;
}

static bool is_policy_text(const char *text)
{
	return strncmp(text, "-P ", 3) == 0 || strncmp(text, "type ", 5) == 0;
}

static void put_place(struct place *p, const struct spot *s, bool recorded)
{
	bool nft = strncmp(s->where, "nft ", 4) == 0;
	const char *table = s->where + (nft ? 4 : 0);
	const char *colon = strchr(table, ':');
	struct rule_words w;

	*p = (struct place){
		.rule = s->text, .rule_len = (uint32_t)strlen(s->text),
		.table = name_of(s->where, (size_t)(colon - s->where)) +
			 (table - s->where),
		.chain = name_of(colon + 1, strlen(colon + 1)),
		.chain_len = (uint32_t)strlen(colon + 1), .target = "",
		.nfproto = NFPROTO_IPV4, .target_chain = SHM_NONE,
		.kind = is_policy_text(s->text) ? PLACE_POLICY :
			*s->text ? PLACE_RULE : PLACE_RETURN,
		.backend = nft ? EVENT_NFT : EVENT_LEGACY,
		.family = nft ? NFPROTO_INET : 0,
	};
	p->hook = hook_of(p->chain);
	p->order = nft ? T_OTHER : table_order(p->table, p->hook);
	p->chain_index = chain_id(p->table, p->chain);
	place_read_words(p);
	rule_words_read(&w, (struct strview){ p->rule, p->rule_len });
	p->effect = s->effect ? s->effect : p->rule_len ? w.effect :
							  EFFECT_RETURN;
	if (s->to)
		p->target_chain = chain_id(p->table,
					   name_of(s->to, strlen(s->to)));
	else if (w.target.len)
		p->target_chain = chain_id(p->table,
					   name_of(w.target.at, w.target.len));
	if (recorded) {
		p->effect = EFFECT_UNKNOWN;
		p->target_chain = SHM_NONE;
	}
}

/* What does not change where a place is met again: its address. */
static const struct place *find_same(struct place *all, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (all[i].chain_index == all[n].chain_index &&
		    all[i].backend == all[n].backend &&
		    strcmp(all[i].rule, all[n].rule) == 0)
			return &all[i];
	return &all[n];
}

static int step_of(const struct journey *j, const struct place *at)
{
	for (uint32_t i = 0; at && i < j->steps; i++)
		if (j->step[i].place == at)
			return (int)i + 1;
	return 0;
}

static void check_row(const struct row *r, bool recorded)
{
	static const struct fate_grounds before;
	struct place place[STEPS];
	struct step step[STEPS] = { 0 };
	struct change change[MARKS] = { 0 };
	struct path path = { 0 };
	struct fate fate = { .kind = r->fate };
	struct journey j = { .branches = 1, .step = step, .change = change,
			     .path = &path, .fate = &fate, .flags = r->flags,
			     .nfproto = NFPROTO_IPV4 };
	struct grounds g;

	for (; j.steps < STEPS && r->spot[j.steps].where; j.steps++) {
		put_place(&place[j.steps], &r->spot[j.steps], recorded);
		step[j.steps].place = find_same(place, j.steps);
	}
	path.look.since.ends = (uint16_t)j.steps;
	for (; j.changes < MARKS && r->mark[j.changes].to !=
				    r->mark[j.changes].from; j.changes++)
		change[j.changes] = (struct change){
			.step = r->mark[j.changes].step, .field = FIELD_MARK,
			.maker = r->mark[j.changes].maker & 7,
			.from.number = r->mark[j.changes].from,
			.to.number = r->mark[j.changes].to,
		};
	if (r->fate == FATE_DROP || r->fate == FATE_REJECT)
		fate.by = step[j.steps - 1].place;
	if (recorded)
		fate.told = &before;
	grounds_find(&g, &j, 0);
	if (step_of(&j, g.accepted) != r->accepted ||
	    step_of(&j, g.via) != r->via ||
	    step_of(&j, g.marked) != r->marked ||
	    step_of(&j, g.marked_via) != r->marked_via)
		fail_msg("%s%s: accepted %d, via %d, marked %d, its via %d",
			 r->lemma, recorded ? " (recorded)" : "",
			 step_of(&j, g.accepted), step_of(&j, g.via),
			 step_of(&j, g.marked), step_of(&j, g.marked_via));
}

/* Also as a recording of before has them: effects are told by the texts alone. */
static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool map = false;

		for (unsigned int s = 0; s < STEPS; s++)
			map |= rows[i].spot[s].effect;
		check_row(&rows[i], false);
		if (!map)
			check_row(&rows[i], true);
	}
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

#define AT(is_where, says) { .where = is_where, .text = says }
#define LED(is_where, says, does, there) \
	{ .where = is_where, .text = says, .effect = does, .to = there }
#define RAW_END AT("raw:PREROUTING", "-P PREROUTING ACCEPT")
#define FORWARD_END AT("filter:FORWARD", "-P FORWARD ACCEPT")

static void test_accepted(void **state)
{
	static const struct row rows[] = {
		{ .lemma = "a policy lets it pass where no rule does",
		  .spot = { RAW_END, FORWARD_END },
		  .fate = FATE_FORWARDED, .accepted = 2 },
		{ .lemma = "a rule does",
		  .spot = { RAW_END, AT("filter:FORWARD", "-s 10.0.0.1/32 -j LOG"),
		    AT("filter:FORWARD", "-A FORWARD -p tcp -j ACCEPT"),
		    AT("mangle:POSTROUTING", "-P POSTROUTING ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 3 },
		{ .lemma = "nothing filtered",
		  .spot = { RAW_END, AT("mangle:FORWARD", "-P FORWARD ACCEPT"),
		    AT("nat:POSTROUTING", "-A POSTROUTING -p tcp -j ACCEPT") },
		  .fate = FATE_FORWARDED },
		{ .lemma = "no events at all",
		  .spot = { { .where = NULL } },
		  .fate = FATE_FORWARDED },
		{ .lemma = "a rule of mangle is none where something filters",
		  .spot = { AT("mangle:FORWARD", "-A FORWARD -p tcp -j ACCEPT"),
		    FORWARD_END },
		  .fate = FATE_FORWARDED, .accepted = 2 },
		{ .lemma = "and one where nothing does, if it asks",
		  .spot = { AT("mangle:PREROUTING", "-A PREROUTING -p tcp -j ACCEPT"),
		    AT("mangle:FORWARD", "-A FORWARD -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 1 },
		{ .lemma = "a policy elsewhere is none",
		  .spot = { AT("filter:OUTPUT", "-P OUTPUT ACCEPT") },
		  .fate = FATE_FORWARDED },
		{ .lemma = "what loops back is delivered by INPUT",
		  .spot = { AT("filter:OUTPUT", "-A OUTPUT -p tcp -j ACCEPT"),
		    AT("filter:INPUT", "-P INPUT ACCEPT") },
		  .fate = FATE_DELIVERED, .accepted = 2 },
		{ .lemma = "and is sent by OUTPUT",
		  .spot = { AT("filter:OUTPUT", "-A OUTPUT -p tcp -j ACCEPT"),
		    AT("filter:INPUT", "-P INPUT ACCEPT") },
		  .fate = FATE_SENT, .accepted = 1 },
		{ .lemma = "a rule without a condition comes before a policy",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -j ACCEPT"),
		    AT("nft fw:forward", "type filter hook forward priority filter; policy accept;") },
		  .fate = FATE_FORWARDED, .accepted = 1 },
		{ .lemma = "and one with a condition before that",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -i a -j ACCEPT"),
		    AT("nft fw:forward", "accept") },
		  .fate = FATE_FORWARDED, .accepted = 1 },
		{ .lemma = "of several the last one",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -i a -j ACCEPT"),
		    AT("nft fw:forward", "tcp dport 80 accept"),
		    AT("nft fx:forward", "type filter hook forward priority 10; policy accept;") },
		  .fate = FATE_FORWARDED, .accepted = 2 },
		{ .lemma = "tables of nft that only mangle do not filter",
		  .spot = { AT("nft mangle:FORWARD", "-A FORWARD -i a -j ACCEPT"),
		    AT("nft filter:FORWARD", "-P FORWARD ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 2 },
		{ .lemma = "a comment is no condition",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -i a -j ACCEPT"),
		    AT("nft filter:FORWARD", "-A FORWARD -m comment --comment \"-i b\" -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 1 },
		{ .lemma = "user space let it pass",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p tcp -j NFQUEUE --queue-num 1"),
		    AT("mangle:POSTROUTING", "-P POSTROUTING ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 1 },
		{ .lemma = "or had it asked once more",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p tcp -j NFQUEUE --queue-num 1"),
		    FORWARD_END },
		  .fate = FATE_FORWARDED, .accepted = 2 },
		{ .lemma = "who dropped it has accepted nothing",
		  .spot = { RAW_END, AT("filter:FORWARD", "-A FORWARD -i a -j DROP") },
		  .fate = FATE_DROP },
		{ .lemma = "nobody decided",
		  .spot = { RAW_END, FORWARD_END }, .fate = FATE_LOST },
		{ .lemma = "events are missing: no policy",
		  .spot = { FORWARD_END }, .fate = FATE_FORWARDED,
		  .flags = JOURNEY_GAP },
		{ .lemma = "events are missing: a rule that filters",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -i a -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 1, .flags = JOURNEY_GAP },
		{ .lemma = "events are missing: none elsewhere",
		  .spot = { AT("mangle:FORWARD", "-A FORWARD -i a -j ACCEPT") },
		  .fate = FATE_FORWARDED, .flags = JOURNEY_GAP },
	};

	(void)state;
	CHECK(rows);
}

static void test_via(void **state)
{
	static const struct row rows[] = {
		{ .lemma = "through jumps without a condition, and a goto",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -m comment --comment \"cali:a\" -j cali-FORWARD"),
		    AT("filter:cali-FORWARD", "-A cali-FORWARD -i cali+ -j cali-from-wl"),
		    AT("filter:cali-from-wl", "-A cali-from-wl -i cali1 -g cali-fw"),
		    AT("filter:cali-fw", "-A cali-fw -j cali-allow"),
		    AT("filter:cali-allow", "-A cali-allow -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 5, .via = 3 },
		{ .lemma = "a shared chain that rejects as the protocol wants it",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -i eth1 -j MINE"),
		    AT("filter:MINE", "-A MINE -p tcp -m tcp --dport 25 -j reject"),
		    AT("filter:reject", "-A reject -p tcp -j REJECT --reject-with tcp-reset") },
		  .fate = FATE_REJECT, .via = 2 },
		{ .lemma = "a protocol alone, and nobody led there",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p tcp -j REJECT --reject-with tcp-reset") },
		  .fate = FATE_REJECT },
		{ .lemma = "more than a protocol says itself why",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -i eth1 -j MINE"),
		    AT("filter:MINE", "-A MINE -p tcp -m tcp --dport 25 -j REJECT") },
		  .fate = FATE_REJECT },
		{ .lemma = "a shared chain that rejects",
		  .spot = { AT("filter:INPUT", "-A INPUT -p udp -j MINE"),
		    AT("filter:MINE", "-A MINE -p udp -m udp --dport 53 -j REJ"),
		    AT("filter:REJ", "-A REJ -m limit --limit 1/sec -j LOG"),
		    AT("filter:REJ", "-A REJ -j REJECT") },
		  .fate = FATE_REJECT, .via = 2 },
		{ .lemma = "one with a condition needs none",
		  .spot = { AT("filter:INPUT", "-A INPUT -p udp -j MINE"),
		    AT("filter:MINE", "-A MINE -p udp -m udp --dport 53 -j DROP") },
		  .fate = FATE_DROP },
		{ .lemma = "what was left again led nowhere",
		  .spot = { AT("filter:INPUT", "-A INPUT -p udp -j A"),
		    AT("filter:A", ""),
		    AT("filter:INPUT", "-A INPUT -j B"),
		    AT("filter:B", "-A B -j DROP") },
		  .fate = FATE_DROP },
		{ .lemma = "by an explicit return, too",
		  .spot = { AT("nft fw:input", "meta l4proto udp jump a"),
		    AT("nft fw:a", "udp dport 1 return"),
		    AT("nft fw:a", ""),
		    AT("nft fw:input", "drop") },
		  .fate = FATE_DROP },
		{ .lemma = "behind a goto it is the caller's chain that goes on",
		  .spot = { AT("filter:INPUT", "-A INPUT -p udp -j A"),
		    AT("filter:A", "-A A -s 10.0.0.1/32 -g B"),
		    AT("filter:B", ""),
		    AT("filter:INPUT", "-A INPUT -j DROP") },
		  .fate = FATE_DROP },
		{ .lemma = "back in a chain that was called",
		  .spot = { AT("filter:INPUT", "-A INPUT -p udp -j A"),
		    AT("filter:A", "-A A -s 10.0.0.1/32 -j B"),
		    AT("filter:B", ""),
		    AT("filter:A", "-A A -j DROP") },
		  .fate = FATE_DROP, .via = 1 },
		{ .lemma = "nobody asked",
		  .spot = { AT("filter:INPUT", "-A INPUT -j A"),
		    AT("filter:A", "-A A -j DROP") },
		  .fate = FATE_DROP },
		{ .lemma = "what another table asked is over",
		  .spot = { AT("mangle:INPUT", "-A INPUT -p udp -j A"),
		    AT("mangle:A", "-A A -j ACCEPT"),
		    AT("filter:INPUT", "-A INPUT -j DROP") },
		  .fate = FATE_DROP },
		{ .lemma = "and another hook, of the same table",
		  .spot = { AT("nft fw:prerouting", "ip saddr 10.0.0.1 jump a"),
		    AT("nft fw:a", "accept"),
		    AT("nft fw:input", "jump b"),
		    AT("nft fw:b", "drop") },
		  .fate = FATE_DROP },
		{ .lemma = "a jump is missing: it may have asked",
		  .spot = { AT("filter:INPUT", "-A INPUT -p udp -j A"),
		    AT("filter:A", "-A A -p udp -j LOG"),
		    AT("filter:C", "-A C -j DROP") },
		  .fate = FATE_DROP },
		{ .lemma = "a text is missing: it may have asked",
		  .spot = { AT("filter:INPUT", "-A INPUT -p udp -j A"),
		    LED("filter:A", "", EFFECT_JUMP, "B"),
		    AT("filter:B", "-A B -j DROP") },
		  .fate = FATE_DROP },
		{ .lemma = "a verdict map asks",
		  .spot = { AT("nft fw:input", "jump svc"),
		    LED("nft fw:svc", "ip daddr . tcp dport vmap @m", EFFECT_GOTO, "rej"),
		    AT("nft fw:rej", "reject") },
		  .fate = FATE_REJECT, .via = 2 },
		{ .lemma = "what led there makes it a rule with a condition",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -i a -j A"),
		    AT("filter:A", "-A A -j ACCEPT"),
		    AT("nft fw:forward", "accept") },
		  .fate = FATE_FORWARDED, .accepted = 2, .via = 1 },
	};

	(void)state;
	CHECK(rows);
}

static void test_marked(void **state)
{
	static const struct row rows[] = {
		{ .lemma = "a mark that means: drop it",
		  .spot = { AT("nat:PREROUTING", "-A PREROUTING -j KUBE-SERVICES"),
		    AT("nat:KUBE-SERVICES", "-A KUBE-SERVICES -d 10.96.0.9/32 -j KUBE-MARK-DROP"),
		    AT("nat:KUBE-MARK-DROP", "-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000"),
		    AT("nat:KUBE-MARK-DROP", ""),
		    AT("nat:PREROUTING", "-P PREROUTING ACCEPT"),
		    AT("filter:FORWARD", "-A FORWARD -j KUBE-FIREWALL"),
		    AT("filter:KUBE-FIREWALL", "-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP") },
		  .fate = FATE_DROP, .marked = 3, .marked_via = 2,
		  .mark = { { 2, 0, 0x8000, MAKER_RULE } } },
		{ .lemma = "a mark that means: let it pass",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -j cali"),
		    AT("filter:cali", "-A cali -p udp -j MARK --set-xmark 0x10000/0x10000"),
		    AT("filter:cali", "-A cali -m mark --mark 0x10000/0x10000 -j RETURN"),
		    AT("filter:FORWARD", "-A FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 4, .marked = 2,
		  .mark = { { 1, 0, 0x10000, MAKER_RULE } } },
		{ .lemma = "other bits are not asked for",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p udp -j MARK --set-xmark 0x1/0x1"),
		    AT("filter:FORWARD", "-A FORWARD -p udp -j MARK --set-xmark 0x2/0x2"),
		    AT("filter:FORWARD", "-A FORWARD -m mark --mark 0x1/0x1 -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 3, .marked = 1,
		  .mark = { { 0, 0, 1, MAKER_RULE }, { 1, 1, 3, MAKER_RULE } } },
		{ .lemma = "the last one who set them",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p udp -j MARK --set-xmark 0x1/0x1"),
		    AT("filter:FORWARD", "-A FORWARD -p udp -j MARK --set-xmark 0x0/0x1"),
		    AT("filter:FORWARD", "-A FORWARD -p udp -j CONNMARK --restore-mark"),
		    AT("filter:FORWARD", "-A FORWARD -m mark --mark 0x1 -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 4, .marked = 3,
		  .mark = { { 0, 0, 1, MAKER_RULE }, { 1, 1, 0, MAKER_RULE }, { 2, 0, 1, MAKER_RULE } } },
		{ .lemma = "nobody knows who did last",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p udp -j MARK --set-xmark 0x1/0x1"),
		    AT("filter:FORWARD", "-A FORWARD -p udp -j LOG"),
		    AT("filter:FORWARD", "-A FORWARD -m mark --mark 0x3/0x3 -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 3,
		  .mark = { { 0, 0, 1, MAKER_RULE }, { 1, 1, 3, MAKER_UNKNOWN } } },
		{ .lemma = "it came with the packet",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -m mark --mark 0x3/0x3 -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 1 },
		{ .lemma = "it was asked that they are not set",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p udp -j MARK --set-xmark 0x0/0x1"),
		    AT("filter:FORWARD", "-A FORWARD -m mark ! --mark 0x1/0x1 -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 2,
		  .mark = { { 0, 1, 0, MAKER_RULE } } },
		{ .lemma = "who led to it asked for a mark",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p udp -j MARK --set-xmark 0x4/0x4"),
		    AT("filter:FORWARD", "-A FORWARD -m mark --mark 0x4/0x4 -j LOGDROP"),
		    AT("filter:LOGDROP", "-A LOGDROP -j LOG"),
		    AT("filter:LOGDROP", "-A LOGDROP -j DROP") },
		  .fate = FATE_DROP, .via = 2, .marked = 1,
		  .mark = { { 0, 0, 4, MAKER_RULE } } },
		{ .lemma = "what was set behind it was not asked for",
		  .spot = { AT("nft fw:forward", "meta mark 0x1 meta mark set 0x3 accept") },
		  .fate = FATE_FORWARDED, .accepted = 1,
		  .mark = { { 0, 1, 3, MAKER_RULE } } },
		{ .lemma = "the connection's mark is another",
		  .spot = { AT("filter:FORWARD", "-A FORWARD -p udp -j MARK --set-xmark 0x1/0x1"),
		    AT("filter:FORWARD", "-A FORWARD -m connmark --mark 0x1 -j ACCEPT") },
		  .fate = FATE_FORWARDED, .accepted = 2,
		  .mark = { { 0, 0, 1, MAKER_RULE } } },
	};

	(void)state;
	CHECK(rows);
}

/* As a recording tells it, whatever its texts say. */
static void test_told(void **state)
{
	struct place at = { .rule = "", .target = "", .table = "t" };
	struct step step = { .place = &at };
	struct fate_grounds told = { .found = true, .marked = &at };
	struct fate fate = { .kind = FATE_FORWARDED, .told = &told };
	struct journey j = { .branches = 1, .step = &step, .steps = 1,
			     .fate = &fate };
	struct grounds g;

	(void)state;
	grounds_find(&g, &j, 0);
	assert_ptr_equal(g.marked, &at);
	assert_null(g.accepted);
}

/* Translations of the packet, and of a copy what was done before it was one. */
static void test_nat(void **state)
{
	struct place dnat = { .rule = "-A P -j DNAT", .rule_len = 12, .target = "DNAT",
			      .table = "nat", .order = T_DNAT,
			      .mangles = MANGLE_DST, .effect = EFFECT_ACCEPT };
	struct place snat = { .rule = "-A P -j SNAT", .rule_len = 12, .target = "SNAT",
			      .table = "nat", .order = T_SNAT,
			      .mangles = MANGLE_SRC, .effect = EFFECT_ACCEPT };
	struct step step[] = { { .place = &dnat }, { .place = &snat } };
	struct change change[] = {
		{ .step = 0, .field = FIELD_DST, .maker = MAKER_RULE },
		{ .step = 1, .field = FIELD_SRC, .maker = MAKER_CONNTRACK },
	};
	struct fate fate[2] = { { .kind = FATE_FORWARDED }, { .kind = FATE_LOST } };
	struct path path[2] = { { .shared = 0 }, { .shared = 1 } };
	struct journey j = { .branches = 2, .step = step, .steps = 2,
			     .change = change, .changes = 2, .fate = fate,
			     .path = path };
	struct grounds g;

	(void)state;
	path[0].look.since.ends = 2;
	grounds_find(&g, &j, 0);
	assert_int_equal(g.nats, 2);
	assert_ptr_equal(g.nat[0].by, &dnat);
	assert_null(g.nat[1].by);
	assert_null(g.unseen);
	/* The packet was not seen behind it. */
	path[0].look.since.ends = 1;
	j.changes = 1;
	grounds_find(&g, &j, 0);
	assert_ptr_equal(g.unseen, &snat);
	grounds_find(&g, &j, 1);
	assert_int_equal(g.nats, 1);
	assert_null(g.unseen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_via),
		cmocka_unit_test(test_marked),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_nat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
