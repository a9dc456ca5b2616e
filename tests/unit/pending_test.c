// SPDX-License-Identifier: GPL-2.0-or-later
/* pending_test: packets wait for the rules they met, no longer, in order. */
#include "capture/nft_update.h"
#include "journey/journeys_end.h"
#include "nft_world.h"

#include "journey/journey.h"
#include "journey/journeys.h"
#include "place/path_map.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "reader/pending.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/view/ruleset.h"

enum { HELD_MAX = 8192 };	/* pending.c's */

enum op {
	OP_NONE,
	OP_EVENT, OP_LEGACY,	/* by itself */
	OP_PACKET, OP_END,	/* an event of a journey; all are over */
	OP_SEEN,		/* one more event is counted */
	OP_UPDATE, OP_LOST,
	OP_SNAP, OP_NO_SNAP,	/* the supervisor has read the rules, or failed */
	OP_FENCE,		/* what waited at SNAP has been read */
	OP_ANSWER,		/* to the question which generation it is */
	OP_POLL, OP_POLL_BUSY,	/* the socket is empty, or not */
	OP_FINISH,
};

/* One thing that happens to the reader. */
struct act {
	enum op op;
	uint32_t n;		/* generation, POLL: ms since the start */
	const char *what;	/* names of an event or update, or rules */
	uint8_t kind;		/* UPDATE: enum nft_update_kind */
	char letter;		/* EVENT, PACKET: what it is called */
};

#define EVENT(letter, names)	{ OP_EVENT, 0, names, 0, letter }
#define LEGACY(letter)		{ OP_LEGACY, 0, "", 0, letter }
#define PACKET(letter, names)	{ OP_PACKET, 0, names, 0, letter }
#define SEEN			{ OP_SEEN, 0, NULL, 0, 0 }
#define END			{ OP_END, 0, NULL, 0, 0 }
#define RULE(g, names)		{ OP_UPDATE, g, names, NFT_UPDATE_RULE, 0 }
#define TOLD(g)			{ OP_UPDATE, g, "", NFT_UPDATE_GENERATION, 0 }
#define LOSS			{ OP_LOST, 0, NULL, 0, 0 }
#define SNAP(g, rules)		{ OP_SNAP, g, rules, 0, 0 }
#define NO_SNAP			{ OP_NO_SNAP, 0, NULL, 0, 0 }
#define FENCE			{ OP_FENCE, 0, NULL, 0, 0 }
#define ANSWER(g)		{ OP_ANSWER, g, NULL, 0, 0 }
#define POLL(ms)		{ OP_POLL, ms, NULL, 0, 0 }
#define POLL_BUSY(ms)		{ OP_POLL_BUSY, ms, NULL, 0, 0 }
#define FINISH			{ OP_FINISH, 0, NULL, 0, 0 }

/*
 * What comes out: "?G" and "?N", the reader asks for the generation or the
 * rules; "A:text" an event or journey, its rules' texts; "-" for one that was
 * given up, "*" for one that is still pending, which must never be.
 */
struct row {
	const char *name;
	const char *rules;	/* of generation 40 */
	struct act act[20];
	const char *out;
};

struct fixture {
	struct path_map map;
	struct place_index *idx;
	const struct nft_snapshot *first;
	struct place_nft *nft;
	struct journeys *js;
	struct pending *held;
	struct stats stats;
	struct bulletin bulletin;
	struct place legacy;
	uint64_t now_ns;
	bool quiet;		/* count .gone_out only */
	unsigned int gone_out;
	char out[256];
};

static const uint64_t START_NS = 5000000000, MS = 1000000;

static void say(struct fixture *f, const char *words)
{
	f->gone_out++;
	if (f->quiet)
		return;
	assert_true(strlen(f->out) + strlen(words) + 2 < sizeof(f->out));
	if (f->out[0] && words[0] != ',')
		strcat(f->out, " ");
	strcat(f->out, words + (words[0] == ','));
}

static const char *text_of(const struct place *at)
{
	return at->backend == EVENT_LEGACY ? "legacy"
	     : at->state == PLACE_LOST	   ? "-"
	     : at->state == PLACE_PENDING  ? "*"
					   : at->rule;
}

static void on_event(void *arg, const struct event *e, const struct place *at,
		     uint64_t wall_ns)
{
	char word[32];

	(void)wall_ns;
	snprintf(word, sizeof(word), "%c:%s", (int)e->mark, text_of(at));
	say(arg, word);
}

static void on_journey(void *arg, struct journey *j)
{
	struct fixture *f = arg;
	char word[64];
	int n = snprintf(word, sizeof(word), "%c:", (int)j->trace_id);

	for (uint32_t i = 0; i < journey_kept(j); i++)
		n += snprintf(word + n, sizeof(word) - (size_t)n, "%s%s",
			      i ? "+" : "", text_of(j->step[i].place));
	say(f, word);
	journeys_give_back(f->js, j);
}

static void on_tell(void *arg, int word)
{
	say(arg, word == READER_GENERATION ? "?G" : "?N");
}

static bool on_done(void *arg, struct journey *j)
{
	struct fixture *f = arg;

	if (!pending_journey(f->held, j, f->now_ns))
		on_journey(f, j);
	return true;
}

static void on_take_back(void *arg, struct journey *j)
{
	struct fixture *f = arg;

	pending_take_back(f->held, j);
}

static struct fixture *fixture_open(const char *rules)
{
	static const struct pending_ops ops = { on_journey, on_event, on_tell };
	static const struct journey_ops done = {
		.done = on_done, .take_back = on_take_back,
	};
	static const struct ruleset none;
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->first = world_read(rules, 40, 0);
	f->idx = place_index_open(&none, &f->map);
	f->nft = place_nft_open(f->idx, &f->map, f->first, f->first->generation);
	f->js = journeys_open(&f->map, 128, true, true, &done, f);
	f->held = pending_open(f->nft, f->js, &f->stats, &f->bulletin, &ops, f);
	assert_non_null(f->held);
	f->now_ns = START_NS;
	return f;
}

static void fixture_close(struct fixture *f)
{
	f->quiet = true;
	pending_close(f->held);
	journeys_close(f->js);
	place_nft_close(f->nft);
	place_index_close(f->idx);
	nft_snapshot_unmap(f->first);
	free(f);
}

/* As reader_events does it. */
static void event(struct fixture *f, const struct act *s)
{
	struct world_names names;
	const struct place *at;
	struct event_nft nft;
	struct event e;

	world_names(&names, s->what);
	world_event(&e, &nft, &names);
	nft.id = e.mark = (uint32_t)s->letter;
	if (s->op == OP_LEGACY) {
		e.nft = NULL;
		at = &f->legacy;
	} else {
		at = place_nft_find(f->nft, &e);
		assert_non_null(at);
		nft.span = place_nft_span(f->nft);
	}
	if (s->op == OP_PACKET)
		journeys_add(f->js, &e, at, f->now_ns, f->now_ns);
	else if (!pending_event(f->held, &e, at, f->now_ns, f->now_ns))
		on_event(f, &e, at, f->now_ns);
}

static void update(struct fixture *f, const struct act *s)
{
	struct world_names names;
	struct nft_update c;

	world_names(&names, s->what);
	world_update(&c, s->kind, s->n, &names);
	pending_update(f->held, &c);
}

static void snap(struct fixture *f, const struct act *s)
{
	size_t size = 0;
	int fd = s->op == OP_SNAP ? world_file(s->what, s->n, &size) : -1;

	pending_snapshot(f->held, fd, size);
}

static int poll_at(struct fixture *f, uint32_t ms, bool empty)
{
	f->now_ns = START_NS + ms * MS;
	return pending_poll(f->held, f->now_ns, empty);
}

static void answer(struct fixture *f, uint32_t generation)
{
	bulletin_post_generation(&f->bulletin, atomic_load(&f->stats.nft_ask),
				 generation);
}

static void take_act(struct fixture *f, const struct act *s)
{
	switch (s->op) {
	case OP_NONE:
		return;
	case OP_EVENT:
	case OP_LEGACY:
	case OP_PACKET:
		event(f, s);
		return;
	case OP_SEEN:
		stats_add(&f->stats.events, 1);
		return;
	case OP_END:
		journeys_finish(f->js);
		return;
	case OP_UPDATE:
		update(f, s);
		return;
	case OP_LOST:
		pending_lost(f->held);
		return;
	case OP_SNAP:
	case OP_NO_SNAP:
		snap(f, s);
		return;
	case OP_FENCE:
		pending_drained(f->held);
		return;
	case OP_ANSWER:
		answer(f, s->n);
		return;
	case OP_POLL:
	case OP_POLL_BUSY:
		poll_at(f, s->n, s->op == OP_POLL);
		return;
	case OP_FINISH:
		pending_finish(f->held);
		return;
	}
}

static void check_row(const struct row *row)
{
	struct fixture *f = fixture_open(row->rules);
	uint64_t given_up = 0;

	for (size_t i = 0; i < ARRAY_SIZE(row->act); i++)
		take_act(f, &row->act[i]);
	if (strcmp(f->out, row->out) != 0)
		fail_msg("%s:\n  '%s', not\n  '%s'", row->name, f->out,
			 row->out);
	for (const char *c = f->out; *c; c++)
		given_up += *c == '-';
	assert_int_equal(stats_get(&f->stats.gone), given_up);
	fixture_close(f);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_row(&rows[i]);
}

#define CHECK_ROWS(rows) check_rows(rows, ARRAY_SIZE(rows))

static const struct row waits[] = {
	{ "until the generation is answered", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), POLL(2), ANSWER(40), POLL(3) },
	  "?G A:a" },
	{ "asked when the socket is empty", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL_BUSY(1), POLL_BUSY(2) }, "" },
	{ "until what was answered is told of", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), ANSWER(41), POLL(2), TOLD(41),
	    POLL(3) }, "?G A:a" },
	{ "what was answered is not told of yet", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), ANSWER(41), POLL(2) }, "?G" },
	{ "its rule was made anew while it waited", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), RULE(41, "t c 7"), TOLD(41),
	    ANSWER(41), POLL(2), SNAP(41, "t c 7 a"), FENCE, POLL(3) },
	  "?G ?N A:a" },
	{ "read behind the change of a rule that was met before", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), ANSWER(40), POLL(2),
	    RULE(41, "t c 7"), TOLD(41), EVENT('B', "t c 7"), POLL(3),
	    ANSWER(41), POLL(4), SNAP(41, "t c 7 b"), FENCE, POLL(5) },
	  "?G A:a ?N ?G B:-" },
	{ "read behind the reading of a rule that was met before", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), ANSWER(40), POLL(2),
	    RULE(41, "t c 7"), TOLD(41), POLL(3), SNAP(41, "t c 7 b"), FENCE,
	    POLL(4), EVENT('B', "t c 7"), POLL(5), ANSWER(41), POLL(6) },
	  "?G A:a ?N ?G B:b" },
	{ "another's answer is not its own", "t c 7 a; t c 8 b",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(1),
	    ANSWER(41), POLL(2), EVENT('B', "t c 8"), POLL(3), ANSWER(43),
	    SNAP(41, "t c 7 a; t c 8 b"), FENCE, POLL(4) },
	  "?N ?G ?G A:a" },
	{ "an older answer narrows it", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), ANSWER(40), RULE(41, "t c 7"),
	    TOLD(41), POLL(2) }, "?G ?N A:a" },
	{ "a question answers what was asked for, no more", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), EVENT('B', "t c 7"), POLL(2),
	    ANSWER(40), POLL(3), POLL(4), ANSWER(40), POLL(5) },
	  "?G A:a ?G B:a" },
	{ "one question at a time", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(1), EVENT('B', "t c 7"), POLL(2),
	    POLL(3) }, "?G" },
	{ "for the rules, when they changed", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(1),
	    ANSWER(41), POLL(2), SNAP(41, "t c 7 a"), FENCE, POLL(3) },
	  "?N ?G A:a" },
	{ "and then it is certain that it is not", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(1),
	    ANSWER(41), POLL(2), SNAP(41, "t c 7 b"), FENCE, POLL(3) },
	  "?N ?G A:-" },
	{ "a reading counts when what was before it is read", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(1),
	    ANSWER(41), SNAP(41, "t c 7 a"), POLL(2), POLL(3) }, "?N ?G" },
	{ "the fence of the reading before does not do", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(1),
	    ANSWER(41), FENCE, SNAP(41, "t c 7 a"), POLL(2) }, "?N ?G" },
	{ "a reading ahead of what is told waits as well", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(1),
	    ANSWER(41), SNAP(42, "t c 7 a"), FENCE, POLL(2),
	    RULE(42, "t c 8"), TOLD(42), POLL(3) }, "?N ?G A:a" },
	{ "a reading that failed is asked for again", "t c 7 a",
	  { RULE(41, "t c 7"), POLL(1), POLL(2), NO_SNAP, POLL(3) },
	  "?N ?N" },
	{ "rules that are behind are asked for again", "t c 7 a",
	  { RULE(41, "t c 7"), TOLD(41), POLL(1), RULE(42, "t c 7"), TOLD(42),
	    SNAP(41, "t c 7 b"), FENCE, POLL(2), SNAP(42, "t c 7 b"), FENCE,
	    POLL(3) }, "?N ?N" },
	{ "a rule that nobody told of: given up once the rules are read", "t c 7 a",
	  { EVENT('A', "t c 9"), POLL(1), ANSWER(40), POLL(2),
	    SNAP(40, "t c 7 a"), FENCE, POLL(3) }, "?N ?G A:-" },
	{ "a rule that nobody told of: not before", "t c 7 a",
	  { EVENT('A', "t c 9"), POLL(1), ANSWER(40), POLL(2) }, "?N ?G" },
	{ "a rule that is told of behind a reading without it", "t c 7 a",
	  { EVENT('A', "t c 9"), POLL(1), SNAP(40, "t c 7 a"), FENCE, POLL(2),
	    RULE(41, "t c 9"), TOLD(41), ANSWER(41), POLL(3),
	    SNAP(41, "t c 7 a; t c 9 b"), FENCE, POLL(4) },
	  "?N ?G ?N A:b" },
	{ "a rule that is told of behind its event", "t c 7 a",
	  { EVENT('A', "t c 9"), POLL(1), RULE(41, "t c 9"), TOLD(41),
	    ANSWER(41), POLL(2), SNAP(41, "t c 7 a; t c 9 b"), FENCE,
	    POLL(3) }, "?N ?G A:b" },
	{ "messages lost: until the rules are read anew", "t c 7 a",
	  { EVENT('A', "t c 7"), LOSS, POLL(1), ANSWER(40), POLL(2),
	    SNAP(40, "t c 7 a"), FENCE, POLL(3) }, "?N ?G A:a" },
	{ "messages lost once more: the rules are asked for once more", "t c 7 a",
	  { LOSS, POLL(0), LOSS, SNAP(40, "t c 7 a"), FENCE, POLL(1),
	    SNAP(40, "t c 7 a"), FENCE, EVENT('A', "t c 7"), POLL(2),
	    ANSWER(40), POLL(3) }, "?N ?N ?G A:a" },
	{ "a reading comes in the middle of what a transaction tells",
	  "t c 7 a",
	  { RULE(41, "t c 9"), TOLD(41), POLL(0), RULE(42, "t c 7"),
	    SNAP(41, "t c 7 a; t c 9 x"), FENCE, POLL(1),
	    EVENT('A', "t c 7"), TOLD(42), POLL(2), ANSWER(42),
	    SNAP(42, "t c 7 b; t c 9 x"), FENCE, POLL(3) },
	  "?N ?N ?G A:-" },
	{ "messages lost, and rules made", "t c 7 a",
	  { EVENT('A', "t c 7"), LOSS, POLL(1), ANSWER(41), POLL(2),
	    SNAP(41, "t c 7 a"), FENCE, POLL(3) }, "?N ?G A:-" },
};

static void a_packet_waits(void **state)
{
	(void)state;
	CHECK_ROWS(waits);
}

/* Of two texts of a rule the one that it had when the packet met it. */
static const struct row straddling[] = {
	{ "a packet that began behind the change", "own o 1 x; t c 7 a",
	  { RULE(41, "t c 7"), TOLD(41), PACKET('A', "own o 1"),
	    PACKET('A', "t c 7"), END, POLL(1), ANSWER(41), POLL(2),
	    SNAP(41, "own o 1 x; t c 7 b"), FENCE, POLL(3) },
	  "?N ?G A:x+b" },
	{ "a packet that began before it was told of", "own o 1 x; t c 7 a",
	  { RULE(41, "t c 7"), PACKET('A', "own o 1"), TOLD(41),
	    PACKET('A', "t c 7"), END, POLL(1), ANSWER(41), POLL(2),
	    SNAP(41, "own o 1 x; t c 7 b"), FENCE, POLL(3) },
	  "?N ?G A:x+-" },
	{ "its first event tells nothing of itself", "t c 7 a",
	  { RULE(41, "t c 7"), TOLD(41), PACKET('A', "t c 7"), END, POLL(1),
	    ANSWER(41), POLL(2), SNAP(41, "t c 7 b"), FENCE, POLL(3) },
	  "?N ?G A:-" },
	{ "asked behind its last event, and over behind the change", "t c 7 a",
	  { PACKET('A', "t c 7"), SEEN, POLL(1000), ANSWER(40), POLL(1001),
	    RULE(41, "t c 7"), TOLD(41), POLL(1002), SNAP(41, "t c 7 b"),
	    FENCE, POLL(1003), END, POLL(1004) }, "?G ?N A:a" },
	{ "asked at its last event, not behind it", "t c 7 a",
	  { SEEN, POLL(1000), PACKET('A', "t c 7"), ANSWER(40), POLL(1001),
	    RULE(41, "t c 7"), TOLD(41), POLL(1002), SNAP(41, "t c 7 b"),
	    FENCE, POLL(1003), END, POLL(1004), ANSWER(41), POLL(1005) },
	  "?G ?N ?G A:-" },
	{ "over, and the change is read before it is let go", "t c 7 a; t c 8 b",
	  { PACKET('A', "t c 7"), SEEN, POLL(1000), ANSWER(40), POLL(1001),
	    PACKET('B', "t c 8"), RULE(41, "t c 7"), TOLD(41), END,
	    POLL(1002), SNAP(41, "t c 7 c; t c 8 b"), FENCE, POLL(1003),
	    ANSWER(41), POLL(1004) }, "?G ?N A:a ?G B:b" },
	{ "not asked again for nothing", "t c 7 a",
	  { SEEN, POLL(1000), ANSWER(40), POLL(1001), POLL(2000), SEEN,
	    POLL(2001) }, "?G ?G" },
};

static void a_change_comes_in_between(void **state)
{
	(void)state;
	CHECK_ROWS(straddling);
}

static const struct row limits[] = {
	{ "an answer that does not come, nearly", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), POLL(9999) }, "?G" },
	{ "an answer that does not come", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), POLL(10000) }, "?G A:-" },
	{ "an answer that is late, and no rule has changed", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), POLL(9000), ANSWER(40), POLL(9001) },
	  "?G A:a" },
	{ "asked late, as more was coming, and as late an answer", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL_BUSY(0), POLL_BUSY(5000), POLL_BUSY(9999),
	    ANSWER(40), POLL(14000) }, "?G A:a" },
	{ "rules that are read behind a late answer", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(0), POLL(5000),
	    ANSWER(41), POLL(5001), SNAP(41, "t c 7 a"), FENCE, POLL(6000) },
	  "?N ?G A:a" },
	{ "rules that do not come, nearly", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(0),
	    ANSWER(41), POLL(1), POLL(29999) }, "?N ?G" },
	{ "rules that do not come", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(0),
	    ANSWER(41), POLL(1), POLL(30000) }, "?N ?G A:-" },
	{ "rules that take long to be read", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(0),
	    ANSWER(41), POLL(1), POLL(20000), SNAP(41, "t c 7 a"), FENCE,
	    POLL(20001) }, "?N ?G A:a" },
	{ "the same of messages that were lost", "t c 7 a",
	  { EVENT('A', "t c 7"), LOSS, POLL(0), ANSWER(40), POLL(1), POLL(20000),
	    SNAP(40, "t c 7 a"), FENCE, POLL(20001) }, "?N ?G A:a" },
	{ "a reading that began before the answer has failed, and the next", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(0),
	    ANSWER(41), POLL(1), NO_SNAP, POLL(20000), POLL(40000), NO_SNAP,
	    POLL(40001) }, "?N ?G ?N ?N A:-" },
	{ "a reading that began behind the answer has failed", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), ANSWER(41), POLL(1), RULE(41, "t c 7"),
	    TOLD(41), POLL(2), POLL(9000), NO_SNAP, POLL(9001) },
	  "?G ?N ?N A:-" },
	{ "nobody reads, and what was answered is not told of", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), ANSWER(41), POLL(1), POLL(1500),
	    POLL(1501) }, "?G A:-" },
	{ "what is certain goes with its text, however late", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), ANSWER(40), POLL(5000) },
	  "?G A:a" },
	{ "not asked for, and gone: nothing is asked any more", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL_BUSY(0), POLL_BUSY(10000), POLL(10001) },
	  "A:-" },
	{ "at the end, answered", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), ANSWER(40), RULE(41, "t c 7"),
	    POLL_BUSY(1), EVENT('B', "t c 7"), FINISH }, "?G ?N A:a B:-" },
	{ "at the end, not answered", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), FINISH }, "?G A:-" },
	{ "at the end, and not read", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(0),
	    ANSWER(41), POLL(1), FINISH }, "?N ?G A:-" },
};

static void it_does_not_wait_for_ever(void **state)
{
	(void)state;
	CHECK_ROWS(limits);
}

static const struct row orders[] = {
	{ "nothing waits: a legacy event goes at once", "t c 7 a",
	  { LEGACY('L'), EVENT('A', "t c 7"), POLL(0) }, "L:legacy ?G" },
	{ "it does not overtake", "t c 7 a",
	  { EVENT('A', "t c 7"), LEGACY('L'), EVENT('B', "t c 7"), POLL(0),
	    ANSWER(40), POLL(1), LEGACY('M') },
	  "?G A:a L:legacy B:a M:legacy" },
	{ "who is certain waits behind who is not", "t c 7 a; t c 8 b",
	  { EVENT('A', "t c 7"), EVENT('B', "t c 8"), RULE(41, "t c 7"),
	    TOLD(41), POLL(0), ANSWER(41), POLL(1), SNAP(41, "t c 7 a;t c 8 b"),
	    FENCE, POLL(2) }, "?N ?G A:a B:b" },
	{ "packets and events", "t c 7 a; t c 8 b",
	  { PACKET('P', "t c 7"), END, EVENT('A', "t c 8"),
	    PACKET('Q', "t c 8"), END, POLL(0), ANSWER(40), POLL(1) },
	  "?G P:a A:b Q:b" },
	{ "an event behind one that cannot wait longer", "t c 7 a",
	  { EVENT('A', "t c 7"), POLL(0), POLL(10), EVENT('B', "t c 7"),
	    POLL(10000), ANSWER(40), POLL(10001) }, "?G A:- ?G B:a" },
};

static void the_order_is_kept(void **state)
{
	(void)state;
	CHECK_ROWS(orders);
}

/* Journeys under way: their places are looked at again as well. */
static const struct row journeys[] = {
	{ "its rule is replaced while it is under way", "t c 7 a",
	  { PACKET('P', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(0),
	    SNAP(41, "t c 7 b"), FENCE, POLL(1), END, POLL(2), ANSWER(41),
	    POLL(3) }, "?N ?G P:-" },
	{ "by the same", "t c 7 a",
	  { PACKET('P', "t c 7"), RULE(41, "t c 7"), TOLD(41), POLL(0),
	    SNAP(41, "t c 7 a"), FENCE, POLL(1), END, POLL(2), ANSWER(41),
	    POLL(3) }, "?N ?G P:a" },
	{ "unchanged, it is as if made under the rules of now", "t c 7 a",
	  { PACKET('P', "t c 7"), RULE(41, "t c 8"), TOLD(41), POLL(0),
	    SNAP(41, "t c 7 a; t c 8 b"), FENCE, POLL(1), PACKET('P', "t c 8"),
	    RULE(42, "t c 7"), TOLD(42), POLL(2),
	    SNAP(42, "t c 7 a; t c 8 b"), FENCE, POLL(3), END, POLL(4),
	    ANSWER(42), POLL(5) }, "?N ?N ?G P:a+b" },
	{ "the same of an event that waits", "t c 7 a",
	  { EVENT('A', "t c 7"), RULE(41, "t c 8"), TOLD(41), POLL(0),
	    SNAP(41, "t c 7 a; t c 8 b"), FENCE, POLL(1), LOSS, POLL(2),
	    ANSWER(41), SNAP(41, "t c 7 a; t c 8 b"), FENCE, POLL(3) },
	  "?N ?G ?N A:a" },
	{ "it was not over: what waits behind it stays", "t c 7 a; t c 8 b",
	  { PACKET('P', "t c 7"), END, EVENT('A', "t c 7"),
	    PACKET('P', "t c 8"), POLL(0), ANSWER(40), POLL(1), END, POLL(2),
	    ANSWER(40), POLL(3) }, "?G A:a ?G P:a+b" },
	{ "it was not over: nothing is asked for it", "t c 7 a; t c 8 b",
	  { PACKET('P', "t c 7"), END, PACKET('P', "t c 8"), POLL(0) }, "" },
	{ "it was the last, and not over", "t c 7 a; t c 8 b",
	  { EVENT('A', "t c 7"), PACKET('P', "t c 7"), END,
	    PACKET('P', "t c 8"), EVENT('B', "t c 7"), POLL(0), ANSWER(40),
	    POLL(1), END, POLL(2), ANSWER(40), POLL(3) },
	  "?G A:a B:a ?G P:a+b" },
};

static void journeys_are_looked_at_again(void **state)
{
	(void)state;
	CHECK_ROWS(journeys);
}

/* More wait than there is room for: the first one goes as it is. */
static void room_for_so_many(void **state)
{
	struct fixture *f = fixture_open("t c 7 a");
	const struct act one = EVENT('A', "t c 7");

	(void)state;
	f->quiet = true;
	for (unsigned int i = 0; i < HELD_MAX; i++)
		take_act(f, &one);
	assert_int_equal(f->gone_out, 0);
	f->quiet = false;
	take_act(f, &one);
	assert_string_equal(f->out, "A:-");
	fixture_close(f);
}

/* Who goes, or is taken back, leaves room. */
static void room_again(void **state)
{
	struct fixture *f = fixture_open("t c 7 a; t c 8 b");
	const struct act one = EVENT('A', "t c 7"), end = END;
	const struct act head = PACKET('P', "t c 7"), tail = PACKET('P', "t c 8");

	(void)state;
	f->quiet = true;
	for (unsigned int i = 0; i < HELD_MAX; i++)
		take_act(f, &one);
	poll_at(f, 0, true);
	answer(f, 40);
	poll_at(f, 1, true);
	assert_int_equal(f->gone_out, 1 + HELD_MAX);
	take_act(f, &head);
	take_act(f, &end);
	take_act(f, &tail);
	for (unsigned int i = 0; i < HELD_MAX; i++)
		take_act(f, &one);
	assert_int_equal(f->gone_out, 1 + HELD_MAX);
	fixture_close(f);
}

/* So many wait that it is asked though more is coming. */
static void many_are_asked_for_at_once(void **state)
{
	struct fixture *f = fixture_open("t c 7 a");
	const struct act one = EVENT('A', "t c 7");

	(void)state;
	for (unsigned int i = 0; i < 255; i++)
		take_act(f, &one);
	poll_at(f, 0, false);
	assert_string_equal(f->out, "");
	take_act(f, &one);
	poll_at(f, 0, false);
	assert_string_equal(f->out, "?G");
	fixture_close(f);
}

/* When to come again, at the latest. */
static void when_to_poll_again(void **state)
{
	struct fixture *f = fixture_open("t c 7 a");
	const struct act one = EVENT('A', "t c 7");

	(void)state;
	assert_int_equal(poll_at(f, 0, true), -1);
	assert_false(pending_waits(f->held));
	take_act(f, &one);
	assert_true(pending_waits(f->held));
	assert_int_equal(poll_at(f, 0, true), 10001);
	assert_int_equal(poll_at(f, 9000, true), 1001);
	assert_int_equal(poll_at(f, 10000, true), -1);
	fixture_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_waits),
		cmocka_unit_test(a_change_comes_in_between),
		cmocka_unit_test(it_does_not_wait_for_ever),
		cmocka_unit_test(the_order_is_kept),
		cmocka_unit_test(journeys_are_looked_at_again),
		cmocka_unit_test(room_for_so_many),
		cmocka_unit_test(room_again),
		cmocka_unit_test(many_are_asked_for_at_once),
		cmocka_unit_test(when_to_poll_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
