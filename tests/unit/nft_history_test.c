// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_history_test: which text an event of nft gets while rules change. */
#include "capture/nft_update.h"
#include "nft_world.h"

#include "place/nft_changelog.h"
#include "place/nft_history.h"
#include "place/nft_lookup.h"
#include "place/nft_place_cache.h"
#include "place/nft_resolve.h"
#include "place/path_map.h"
#include "place/place.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/view/ruleset.h"

enum { HIDDEN = 0x80 };	/* beside enum nft_update_kind */

/* What happens, in the order in which the reader gets to know of it. */
enum op { NOTHING, UPDATE, LOST, ASKED, READ, CLOSED, EVENT };

struct step {
	enum op op;
	uint32_t generation;
	const char *what;	/* names of an update; rules of a reading */
	uint8_t kind;		/* UPDATE: enum nft_update_kind */
	bool yields;		/* UPDATE: all may be in doubt; READ: taken */
};

#define RULE(g, names)	{ UPDATE, g, names, NFT_UPDATE_RULE, false }
/* Of a table whose texts are never shown: another run's. */
#define HIDDEN_RULE(g, names) { UPDATE, g, names, NFT_UPDATE_RULE | HIDDEN, false }
#define LATE_RULE(g, names) { UPDATE, g, names, NFT_UPDATE_RULE, true }
#define NO_RULE(g, names) { UPDATE, g, names, NFT_UPDATE_NO_RULE, false }
#define TABLE(g, names)	{ UPDATE, g, names, NFT_UPDATE_TABLE, false }
#define NO_TABLE(g, names) { UPDATE, g, names, NFT_UPDATE_NO_TABLE, false }
#define CHAIN(g, names)	{ UPDATE, g, names, NFT_UPDATE_CHAIN, false }
#define RENAMED(g, names) { UPDATE, g, names, NFT_UPDATE_CHAIN, true }
/* The end of a transaction: one that made something, one that did not. */
#define MADE(g)		{ UPDATE, g, "", NFT_UPDATE_GENERATION, true }
#define TOLD(g)		{ UPDATE, g, "", NFT_UPDATE_GENERATION, false }
#define SNAP(g, rules)	{ READ, g, rules, 0, true }
#define TOO_EARLY(g, rules) { READ, g, rules, 0, false }
#define DONE		{ CLOSED, 0, NULL, 0, false }
#define LOSS		{ LOST, 0, NULL, 0, false }
#define ASK		{ ASKED, 0, NULL, 0, false }
#define SEEN		{ EVENT, 0, NULL, 0, false }

#define IS(rule)	.outcome = NFT_CERTAIN, .text = (rule)

struct row {
	const char *name;
	const char *rules;	/* of generation 40, the first reading */
	struct step step[16];
	enum nft_outcome outcome;
	const char *text;	/* NFT_CERTAIN */
	uint32_t answer;	/* that the event is no newer; 0: not known */
	const char *at;		/* of the event; NULL: "t c 7" */
	bool early;		/* the trace began under generation 39 */
};

/* All generations of a row are shifted by this: they count round. */
static const uint32_t shifts[] = {
	0, 0u - 39, 0u - 40, 0u - 41, 0u - 42, 0u - 43,
	0x80000000u - 40, 0x80000000u - 41, 0x80000000u - 42,
	0x10000u - 40, 0x10000u - 41, 0x10000u - 42, 0x8000u - 41,
};

struct resolver {
	struct nft_history w;
	struct nft_place_cache ns;
	struct path_map map;
	struct nft_span span;	/* of the event */
	uint32_t shift;
};

/* @early: the trace began a generation before the first reading */
static struct resolver *resolver_open(const char *rules, uint32_t shift, bool early)
{
	static const struct ruleset none;
	struct resolver *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->shift = shift;
	r->ns.idx = place_index_open(&none, NULL);
	r->ns.map = &r->map;
	nft_history_begin(&r->w, world_read(rules, 40 + shift, 0), 40 + shift - early);
	r->ns.now = r->w.first;
	return r;
}

static void resolver_close(struct resolver *r)
{
	const struct nft_snapshot *first = r->w.first;

	nft_history_end(&r->w);
	nft_snapshot_unmap(first);
	nft_place_cache_close(&r->ns);
	place_index_close(r->ns.idx);
	free(r);
}

static bool update(struct resolver *r, const struct step *s)
{
	struct world_names names;
	struct nft_update c;

	world_names(&names, s->what);
	world_update(&c, s->kind & ~HIDDEN, s->generation + r->shift, &names);
	c.hidden = s->kind & HIDDEN;
	return nft_history_update(&r->w, &c);
}

static bool read_rules(struct resolver *r, const struct step *s)
{
	const struct nft_snapshot *snap =
		world_read(s->what, s->generation + r->shift, 0);

	if (nft_history_push(&r->w, snap)) {
		nft_place_cache_new_epoch(&r->ns, snap);
		return true;
	}
	nft_snapshot_unmap(snap);
	return false;
}

/* What was made before .since is told by the reading of .since. */
static bool since_is_read(const struct nft_history *w)
{
	for (unsigned int i = 0; i < w->snaps; i++)
		if (w->snap[i]->generation == w->since)
			return true;
	return false;
}

static bool take_step(struct resolver *r, const struct step *s)
{
	switch (s->op) {
	case UPDATE:
		return update(r, s);
	case READ:
		return read_rules(r, s);
	case LOST:
		nft_history_lost(&r->w);
		break;
	case ASKED:
		nft_history_asked(&r->w);
		break;
	case CLOSED:
		nft_history_close(&r->w);
		break;
	case EVENT:
		r->span = nft_history_span(&r->w);
		break;
	case NOTHING:
		break;
	}
	return false;
}

static enum nft_outcome resolve(struct resolver *r, const char *at,
				const char **text)
{
	struct nft_node n, *found;
	enum nft_outcome outcome;
	struct world_names names;
	struct event_nft nft;
	struct event e;

	world_names(&names, at);
	world_event(&e, &nft, &names);
	assert_true(nft_place_cache_fill(&r->ns, &n, &e));
	outcome = nft_resolve(&r->w, &r->ns, &n, r->span, &found);
	*text = outcome == NFT_CERTAIN ? found->place.rule : "";
	nft_place_cache_empty(&n);
	return outcome;
}

static void check_row(const struct row *row, uint32_t shift)
{
	struct resolver *r = resolver_open(row->rules, shift, row->early);
	const size_t steps = ARRAY_SIZE(row->step);
	enum nft_outcome outcome;
	const char *text;

	for (size_t i = 0; i < steps; i++) {
		if (take_step(r, &row->step[i]) != row->step[i].yields)
			fail_msg("%s: step %zu says otherwise", row->name, i);
		if (!since_is_read(&r->w))
			fail_msg("%s: step %zu: no reading of .since",
				 row->name, i);
	}
	if (row->answer)
		r->span.to = row->answer + shift;
	outcome = resolve(r, row->at ? row->at : "t c 7", &text);
	if (outcome != row->outcome ||
	    strcmp(text, row->text ? row->text : "") != 0)
		fail_msg("%s: outcome %d, text '%s' (from generation %u)",
			 row->name, outcome, text, 40 + shift);
	resolver_close(r);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < ARRAY_SIZE(shifts); k++)
			check_row(&rows[i], shifts[k]);
}

#define CHECK_ROWS(rows) check_rows(rows, ARRAY_SIZE(rows))

/* Rules that were changed before the first reading: an event may have met those of before. */
static const struct row first_reading[] = {
	{ "changed before the first reading", "t c 7 a", { SEEN },
	  .early = true, .outcome = NFT_NOT_CERTAIN },
	{ "the same, and read again", "t c 7 a",
	  { SEEN, ASK, SNAP(40, "t c 7 a") },
	  .early = true, .outcome = NFT_NOT_CERTAIN },
	{ "an event behind that reading", "t c 7 a",
	  { ASK, SNAP(40, "t c 7 a"), SEEN }, IS("a"), .early = true },
};

/* Every version that the event can have met has been read. */
static const struct row versions[] = {
	{ "nothing changes", "t c 7 a", { SEEN }, IS("a") },
	{ "a replaced rule keeps its handle", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), SEEN, ASK, SNAP(41, "t c 7 b") },
	  .outcome = NFT_NOT_CERTAIN },
	{ "replaced by the same", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), SEEN, ASK, SNAP(41, "t c 7 a") },
	  IS("a") },
	{ "replaced, and not read yet", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), SEEN }, .outcome = NFT_NOT_READ },
	{ "replaced twice and as it was, both read", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), SEEN, ASK, SNAP(41, "t c 7 b"),
	    RULE(42, "t c 7"), MADE(42), ASK, SNAP(42, "t c 7 a") },
	  .outcome = NFT_NOT_CERTAIN },
	{ "replaced twice and as it was, the second read", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), SEEN, RULE(42, "t c 7"), MADE(42),
	    ASK, SNAP(42, "t c 7 a") }, .outcome = NFT_NOT_CERTAIN },
	{ "replaced twice by the same, all read", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), SEEN, ASK, SNAP(41, "t c 7 a"),
	    RULE(42, "t c 7"), MADE(42), ASK, SNAP(42, "t c 7 a") },
	  IS("a") },
	{ "a table made anew, its rule of this handle in another chain",
	  "t c 7 a", { NO_TABLE(41, "t"), TABLE(41, "t"), CHAIN(41, "t c 2"),
	    RULE(41, "t d 7"), MADE(41), SEEN, ASK, SNAP(41, "t c; t d 7 b") },
	  .outcome = NFT_NOT_READ },
	{ "a table made anew, its rule of this handle here", "t c 7 a",
	  { NO_TABLE(41, "t"), TABLE(41, "t"), CHAIN(41, "t c 2"),
	    RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b"), SEEN },
	  IS("b") },
	{ "a rule made, not there before", "t c",
	  { RULE(41, "t c 7"), MADE(41), SEEN, ASK, SNAP(41, "t c 7 a") },
	  IS("a") },
	{ "a rule deleted, and none made", "t c 7 a",
	  { NO_RULE(41, "t c 7"), TOLD(41), SEEN, ASK, SNAP(41, "t c") },
	  IS("a") },
	{ "another rule made", "t c 7 a",
	  { RULE(41, "t c 8"), MADE(41), SEEN, ASK,
	    SNAP(41, "t c 8 b; t c 7 a") }, IS("a") },
	{ "a rule of this handle in another table", "t c 7 a",
	  { RULE(41, "u c 7"), MADE(41), SEEN }, IS("a") },
	{ "a rule of the run's own table", "t c 7 a; own c 1 x",
	  { RULE(41, "own c 7"), TOLD(41), SEEN }, IS("a") },
	{ "nobody has told of such a rule", "t c", { SEEN },
	  .outcome = NFT_NEVER_MADE },
	{ "a policy, set to what it was", "t c policy accept",
	  { CHAIN(41, "t c 100"), MADE(41), SEEN, ASK,
	    SNAP(41, "t c policy accept") }, IS("accept"),
	  .at = "t c" },
	{ "a policy, set and not read yet", "t c policy accept",
	  { CHAIN(41, "t c 100"), MADE(41), SEEN }, .outcome = NFT_NOT_READ,
	  .at = "t c" },
};

static void no_version_is_missed(void **state)
{
	(void)state;
	CHECK_ROWS(versions);
	CHECK_ROWS(first_reading);
}

/* What an event was read behind tells the oldest generation it can be of. */
static const struct row oldest[] = {
	{ "read behind the reading", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b"), SEEN },
	  IS("b") },
	{ "read before it, behind the change", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), ASK, SEEN, SNAP(41, "t c 7 b") },
	  .outcome = NFT_NOT_CERTAIN },
	{ "read behind it, when the earlier rules are put away", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b"), DONE,
	    SEEN }, IS("b") },
	{ "read before it, when the earlier rules are put away", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), SEEN, ASK, SNAP(41, "t c 7 a"),
	    DONE }, .outcome = NFT_NOT_CERTAIN },
	{ "they stay in the middle of what a transaction tells", "t c 7 a",
	  { RULE(41, "t c 8"), MADE(41), SEEN, RULE(42, "t c 9"), ASK,
	    SNAP(41, "t c 7 a"), DONE }, IS("a") },
	{ "what is told in the middle stays as well", "t c 7 a",
	  { RULE(41, "t c 8"), MADE(41), RULE(42, "t c 7"), ASK,
	    SNAP(41, "t c 7 a"), DONE, SEEN, MADE(42) },
	  .outcome = NFT_NOT_READ },
	{ "they stay while the rules go on changing", "t c 7 a",
	  { RULE(41, "t c 8"), MADE(41), SEEN, RULE(42, "t c 9"), MADE(42),
	    ASK, SNAP(41, "t c 7 a"), DONE }, IS("a") },
	{ "deleted since then: no other was ever made", "t c 7 a",
	  { NO_RULE(41, "t c 7"), TOLD(41), ASK, SNAP(41, "t c"), SEEN },
	  IS("a") },
};

static void no_event_is_older(void **state)
{
	(void)state;
	CHECK_ROWS(oldest);
}

/* One generation more than told at most, and no newer than an answer says. */
static const struct row newest[] = {
	{ "made in the generation that is told of next", "t c 7 a",
	  { SEEN, RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b") },
	  .outcome = NFT_NOT_CERTAIN },
	{ "made in the one behind that", "t c 7 a",
	  { SEEN, TOLD(41), RULE(42, "t c 7"), MADE(42), ASK,
	    SNAP(42, "t c 7 b") }, IS("a") },
	{ "made in the one behind that, and not read", "t c 7 a",
	  { SEEN, TOLD(41), RULE(42, "t c 7"), MADE(42) }, IS("a") },
	{ "told of, then read: the next one once more", "t c 7 a",
	  { TOLD(41), SEEN, RULE(42, "t c 7"), MADE(42), ASK,
	    SNAP(42, "t c 7 b") }, .outcome = NFT_NOT_CERTAIN },
	{ "the answer: it is older", "t c 7 a",
	  { SEEN, RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b") },
	  IS("a"), .answer = 40 },
	{ "the answer: it may be of that one", "t c 7 a",
	  { SEEN, RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b") },
	  .outcome = NFT_NOT_CERTAIN, .answer = 41 },
	{ "the answer was given before the event was read", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b"), SEEN },
	  IS("b"), .answer = 40 },
};

static void none_is_newer(void **state)
{
	(void)state;
	CHECK_ROWS(newest);
}

/* A reading vouches for what was in force in its generation, and no other. */
static const struct row readings[] = {
	{ "ahead of what is told", "t c 7 a",
	  { RULE(41, "t c 7"), TOO_EARLY(41, "t c 7 b"), MADE(41),
	    SNAP(41, "t c 7 b"), SEEN }, IS("b") },
	{ "ahead by more than one", "t c 7 a",
	  { TOO_EARLY(42, "t c 7 b"), RULE(41, "t c 7"), MADE(41),
	    TOO_EARLY(42, "t c 7 b"), TOLD(42), SNAP(42, "t c 7 b"), SEEN },
	  IS("b") },
	{ "behind what is told", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), RULE(42, "t c 7"), MADE(42), ASK,
	    SNAP(41, "t c 7 b"), SEEN }, .outcome = NFT_NOT_READ },
	{ "of each version one", "t c 7 a",
	  { RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b"), SEEN,
	    RULE(42, "t c 7"), MADE(42), ASK, SNAP(42, "t c 7 b"), TOLD(43),
	    SNAP(43, "t c 7 b") }, IS("b") },
	{ "the text could not be had", "t c 8 a",
	  { RULE(41, "t c 7"), TOO_EARLY(41, "t c 7 a"), MADE(41), SEEN },
	  .outcome = NFT_NOT_READ },
};

static void a_reading_is_of_one_generation(void **state)
{
	(void)state;
	CHECK_ROWS(readings);
}

/* Messages are missing: nothing is certain until the rules are read anew. */
static const struct row losses[] = {
	{ "lost", "t c 7 a", { SEEN, LOSS }, .outcome = NFT_NOT_CERTAIN },
	{ "lost, and asked", "t c 7 a", { SEEN, LOSS, ASK },
	  .outcome = NFT_NOT_CERTAIN },
	{ "read anew: what comes then is certain", "t c 7 a",
	  { LOSS, ASK, SNAP(43, "t c 7 b"), SEEN }, IS("b") },
	{ "read anew: what came before is not", "t c 7 a",
	  { SEEN, LOSS, ASK, SNAP(43, "t c 7 a") }, .outcome = NFT_NOT_CERTAIN },
	{ "read anew: nothing had changed", "t c 7 a",
	  { SEEN, LOSS, ASK, SNAP(40, "t c 7 a") }, IS("a") },
	{ "the reading was under way when they were lost", "t c 7 a",
	  { ASK, LOSS, SNAP(40, "t c 7 a"), SEEN }, .outcome = NFT_NOT_CERTAIN },
	{ "lost once more, while they were read", "t c 7 a",
	  { LOSS, ASK, LOSS, SNAP(41, "t c 7 a"), SEEN }, .outcome = NFT_NOT_CERTAIN },
	{ "then read anew once more", "t c 7 a",
	  { LOSS, ASK, LOSS, SNAP(41, "t c 7 a"), ASK, SNAP(41, "t c 7 a"),
	    SEEN }, IS("a") },
	{ "lost twice, a change between the two", "t c 7 a",
	  { SEEN, LOSS, TOLD(41), LOSS, ASK, SNAP(41, "t c 7 b") },
	  .outcome = NFT_NOT_CERTAIN },
	{ "nothing had changed since then, though before", "t c 7 a",
	  { RULE(41, "t c 8"), MADE(41), SEEN, LOSS, ASK,
	    SNAP(41, "t c 7 a; t c 8 b") }, IS("a") },
	{ "changed and told of before the reading that heals came",
	  "t c 7 a",
	  { LOSS, ASK, TOLD(41), RULE(42, "t c 8"), MADE(42),
	    SNAP(41, "t c 7 a"), SEEN, RULE(43, "t c 7"), MADE(43) },
	  .outcome = NFT_NOT_READ },
	{ "made and deleted in the generation that is read", "t c",
	  { LOSS, RULE(41, "t c 7"), NO_RULE(41, "t c 7"), ASK, MADE(41),
	    SNAP(41, "t c"), SEEN }, .outcome = NFT_NEVER_MADE },
	{ "changed behind the loss, read with it", "t c 7 a",
	  { LOSS, RULE(41, "t c 7"), MADE(41), ASK, SNAP(41, "t c 7 b"),
	    SEEN }, IS("b") },
	{ "what is told behind the reading that heals goes on", "t c 7 a",
	  { LOSS, ASK, SNAP(43, "t c 7 b"), RULE(44, "t c 7"), MADE(44), SEEN,
	    ASK, SNAP(44, "t c 7 c") }, .outcome = NFT_NOT_CERTAIN },
	{ "a number is left out", "t c 7 a",
	  { SEEN, MADE(42) }, .outcome = NFT_NOT_CERTAIN },
	{ "a number is left out, then read anew", "t c 7 a",
	  { MADE(42), ASK, SNAP(42, "t c 7 b"), SEEN }, IS("b") },
	{ "a rule is told of late", "t c 7 a",
	  { SEEN, LATE_RULE(40, "t c 7") }, .outcome = NFT_NOT_CERTAIN },
	{ "a rule whose text is not shown is told of late", "t c 7 a",
	  { SEEN, HIDDEN_RULE(40, "t c 7") }, IS("a") },
	{ "a deletion is told of late", "t c 7 a",
	  { SEEN, NO_RULE(40, "t c 7") }, IS("a") },
	{ "a rule is told of very late", "t c 7 a",
	  { SEEN, LATE_RULE(39, "t c 7") }, .outcome = NFT_NOT_CERTAIN },
	{ "a generation is told of twice", "t c 7 a",
	  { SEEN, TOLD(41), TOLD(41) }, IS("a") },
	{ "a chain renamed: who jumps there reads otherwise",
	  "t d@5; t c 7 jump-d", { SEEN, RENAMED(41, "t new 5") },
	  .outcome = NFT_NOT_CERTAIN },
	{ "a chain renamed, then read anew", "t d@5; t c 7 jump-d",
	  { RENAMED(41, "t new 5"), TOLD(41), ASK,
	    SNAP(41, "t new@5; t c 7 jump-new"), SEEN },
	  IS("jump-new") },
	{ "a chain that was there told of again", "t d@5; t c 7 jump-d",
	  { SEEN, CHAIN(41, "t d 5"), MADE(41) }, IS("jump-d") },
	{ "a new chain", "t d@5; t c 7 jump-d",
	  { SEEN, CHAIN(41, "t new 6"), MADE(41) }, IS("jump-d") },
	{ "a new chain of the same number in another table",
	  "t d@5; t c 7 jump-d; u c", { SEEN, CHAIN(41, "u new 5"), MADE(41) },
	  IS("jump-d") },
};

static void what_is_lost_is_in_doubt(void **state)
{
	(void)state;
	CHECK_ROWS(losses);
}

/* The kernel's count leaves out 0: to us that is a loss, and heals as one. */
static void the_count_goes_round(void **state)
{
	const uint32_t last = UINT32_MAX;
	struct step told = { UPDATE, 1, "", NFT_UPDATE_GENERATION, true };
	struct step again = { READ, 1, "t c 7 b", 0, true };
	struct resolver *r = resolver_open("t c 7 a", last - 40, false);
	const char *text;

	(void)state;
	r->shift = 0;
	r->span = nft_history_span(&r->w);
	assert_true(take_step(r, &told));
	assert_int_equal(resolve(r, "t c 7", &text), NFT_NOT_CERTAIN);
	nft_history_asked(&r->w);
	assert_true(take_step(r, &again));
	assert_int_equal(resolve(r, "t c 7", &text), NFT_NOT_CERTAIN);
	r->span = nft_history_span(&r->w);
	assert_int_equal(resolve(r, "t c 7", &text), NFT_CERTAIN);
	assert_string_equal(text, "b");
	resolver_close(r);
}

static void make(struct resolver *r, uint32_t generation, const char *rules)
{
	const struct step made = RULE(generation, "t c 7");
	const struct step told = MADE(generation);
	const struct step snap = SNAP(generation, rules);

	assert_false(take_step(r, &made));
	assert_true(take_step(r, &told));
	nft_history_asked(&r->w);
	assert_true(take_step(r, &snap));
}

/* So many versions of one rule are looked through, and no more. */
static void many_versions(void **state)
{
	struct resolver *r = resolver_open("t c 7 a", 0, false);
	const char *text;
	struct event_name table = { "t", 1 };
	uint64_t key = nft_key_rule(NFPROTO_IPV4, &table, 7);
	struct nft_span early;

	(void)state;
	r->span = nft_history_span(&r->w);
	early = r->span;
	r->span.to = 100;
	for (uint32_t g = 41; g <= 56; g++)
		make(r, g, "t c 7 a");
	assert_int_equal(resolve(r, "t c 7", &text), NFT_CERTAIN);
	assert_true(nft_history_has_update(&r->w, key, early));
	make(r, 57, "t c 7 a");
	assert_int_equal(resolve(r, "t c 7", &text), NFT_NOT_CERTAIN);
	resolver_close(r);
}

/* The oldest reading is given up, and with it events of that time. */
static void more_readings_than_are_kept(void **state)
{
	struct resolver *r = resolver_open("t c 8 a", 0, false);
	const struct nft_snapshot *first = r->w.first;
	const struct step other = RULE(41, "t c 9");
	struct nft_span early = nft_history_span(&r->w);
	const char *text;

	(void)state;
	/* Something is always under way, else one reading is enough. */
	assert_false(take_step(r, &other));
	for (uint32_t n = 1; n < NFT_HISTORY_SNAPS; n++)
		make(r, 40 + n, "t c 8 a");
	assert_int_equal(r->w.snaps, NFT_HISTORY_SNAPS);
	r->span = early;
	assert_int_equal(resolve(r, "t c 8", &text), NFT_CERTAIN);
	make(r, 40 + NFT_HISTORY_SNAPS, "t c 8 a");
	assert_int_equal(r->w.snaps, NFT_HISTORY_SNAPS);
	assert_int_equal(r->w.since, 41);
	assert_int_equal(resolve(r, "t c 8", &text), NFT_NOT_CERTAIN);
	r->span = (struct nft_span){ 41, 42 };
	assert_int_equal(resolve(r, "t c 8", &text), NFT_CERTAIN);
	/* It is the caller's. */
	assert_int_equal(first->generation, 40);
	resolver_close(r);
}

/* Of large ones fewer are kept, but enough to tell before from behind. */
static void more_bytes_than_are_kept(void **state)
{
	struct resolver *r = resolver_open("t c 7 a", 0, false);

	(void)state;
	for (uint32_t g = 40; g < 50; g++)
		assert_true(nft_history_push(&r->w, world_read("t c 7 a", 40,
							       20 << 20)));
	assert_int_equal(r->w.snaps, 4);
	resolver_close(r);
}

/* More changes than can be remembered are as good as never told. */
static void more_changes_than_are_kept(void **state)
{
	struct resolver *r = resolver_open("t c 7 a", 0, false);
	const struct step one = RULE(41, "t c 8"), told = MADE(41);
	const char *text;

	(void)state;
	for (unsigned int i = 0; i < NFT_CHANGELOG_ENTRIES; i++)
		take_step(r, &one);
	r->span = nft_history_span(&r->w);
	assert_int_equal(resolve(r, "t c 7", &text), NFT_CERTAIN);
	take_step(r, &one);
	assert_int_equal(resolve(r, "t c 7", &text), NFT_NOT_CERTAIN);
	assert_true(take_step(r, &told));
	resolver_close(r);
}

/* When the earlier rules are put away, their changes are as well. */
static void there_is_room_again(void **state)
{
	struct resolver *r = resolver_open("t c 7 a", 0, false);
	const struct step early = RULE(41, "t c 8"), told = MADE(41);
	const struct step snap = SNAP(41, "t c 7 a; t c 8 b");
	const struct step late = RULE(42, "t c 8");
	const char *text;

	(void)state;
	for (unsigned int i = 0; i < NFT_CHANGELOG_ENTRIES; i++)
		take_step(r, &early);
	assert_true(take_step(r, &told));
	assert_true(take_step(r, &snap));
	nft_history_close(&r->w);
	r->span = nft_history_span(&r->w);
	take_step(r, &late);
	assert_int_equal(resolve(r, "t c 7", &text), NFT_CERTAIN);
	resolver_close(r);
}

static void the_changelog_finds_what_was_noted(void **state)
{
	struct nft_changelog *m = calloc(1, sizeof(*m));
	uint32_t g[2];

	(void)state;
	assert_non_null(m);
	assert_int_equal(nft_changelog_find(m, 5, g, 2), 0);
	assert_true(nft_changelog_note(m, 5, 41));
	assert_true(nft_changelog_note(m, 5, 41));
	assert_true(nft_changelog_note(m, 5 + NFT_CHANGELOG_BUCKETS, 42));
	assert_true(nft_changelog_note(m, 5, 43));
	assert_int_equal(nft_changelog_find(m, 5, g, 2), 2);
	assert_int_equal(g[0], 43);
	assert_int_equal(g[1], 41);
	assert_true(nft_changelog_note(m, 5, 44));
	assert_int_equal(nft_changelog_find(m, 5, g, 2), 3);
	nft_changelog_clear(m);
	assert_int_equal(nft_changelog_find(m, 5, g, 2), 0);
	for (unsigned int i = 0; i < NFT_CHANGELOG_ENTRIES; i++)
		assert_true(nft_changelog_note(m, i, 41));
	assert_false(nft_changelog_note(m, 5, 45));
	free(m);
}

/* Is what an event of this span was found to be in doubt? */
static void an_update_within_the_span(void **state)
{
	static const struct {
		struct nft_span span;
		bool has;
	} rows[] = {
		/* made in 42 */
		{ { 40, 41 }, false }, { { 40, 42 }, true }, { { 41, 42 }, true },
		{ { 41, 43 }, true }, { { 42, 43 }, false },
		{ { 43, 44 }, false },
	};
	const struct step made = RULE(42, "t c 7");

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(shifts); k++) {
		struct resolver *r = resolver_open("t c 7 a", shifts[k], false);
		struct event_name table = { "t", 1 };
		uint64_t key = nft_key_rule(NFPROTO_IPV4, &table, 7);

		assert_false(take_step(r, &made));
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct nft_span span = { rows[i].span.from + shifts[k],
						 rows[i].span.to + shifts[k] };

			assert_int_equal(nft_history_has_update(&r->w, key,
								span),
					 rows[i].has);
			assert_false(nft_history_has_update(&r->w, key + 1,
							    span));
		}
		nft_history_lost(&r->w);
		assert_true(nft_history_has_update(&r->w, key + 1,
						   nft_history_span(&r->w)));
		resolver_close(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_version_is_missed),
		cmocka_unit_test(no_event_is_older),
		cmocka_unit_test(none_is_newer),
		cmocka_unit_test(a_reading_is_of_one_generation),
		cmocka_unit_test(what_is_lost_is_in_doubt),
		cmocka_unit_test(the_count_goes_round),
		cmocka_unit_test(many_versions),
		cmocka_unit_test(more_readings_than_are_kept),
		cmocka_unit_test(more_bytes_than_are_kept),
		cmocka_unit_test(more_changes_than_are_kept),
		cmocka_unit_test(there_is_room_again),
		cmocka_unit_test(the_changelog_finds_what_was_noted),
		cmocka_unit_test(an_update_within_the_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
