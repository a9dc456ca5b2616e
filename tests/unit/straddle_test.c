// SPDX-License-Identifier: GPL-2.0-or-later
/* straddle_test: which rules of iptables a packet met while they were changed. */
#include "journey/journeys_end.h"
#include "legacy_world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "place/path_map.h"
#include "place/place.h"
#include "rules/base/units.h"
#include "rules/view/ruleset.h"

enum { STEPS = 16, SPORT = 1000 };

/* What happens, in the order in which the reader gets to know of it. */
enum op { NOTHING, READ, READ_UNSURE, FENCE, EVENT, OTHER, DONE };

struct op_step {
	enum op op;
	const char *what;	/* READ: rules; EVENT: "rule:2", "one:rule:1" */
};

/* Rules of OUTPUT are words, "a b"; a chain begins with its name, "> one c d". */
#define CHANGED(rules)	{ READ, rules }
#define CHANGED_OFTEN(rules) { READ_UNSURE, rules }
#define FENCED		{ FENCE, NULL }
#define MET(at)		{ EVENT, at }
/* The same of another packet. */
#define ANOTHER_MET(at)	{ OTHER, at }
#define OVER		{ DONE, NULL }

struct row {
	const char *name;
	const char *rules;	/* at the start */
	struct op_step step[STEPS];
	const char *texts;	/* of the packet's events in OUTPUT; "?": in doubt */
};

struct world {
	struct path_map map;
	struct ruleset rules;
	struct place_index *idx;
	struct journeys *journeys;
	char texts[256];
	uint32_t fence;
	uint64_t now_ns;
};

/* The word of a text, or "?". */
static bool done(void *arg, struct journey *j)
{
	static const char comment[] = "--comment ";
	struct world *w = arg;
	size_t at = 0;

	if (j->first.sport != SPORT)
		return false;
	for (uint32_t i = 0; i < j->steps; i++) {
		const struct place *p = j->step[i].place;
		const char *word = memmem(p->rule, p->rule_len, comment,
					  sizeof(comment) - 1);

		if (p->kind != PLACE_RULE)
			continue;
		at += (size_t)snprintf(w->texts + at, sizeof(w->texts) - at,
				       "%s%.1s", at ? " " : "",
				       p->doubt ? "?" : word + sizeof(comment) - 1);
	}
	return false;
}

static void meet(struct world *w, const char *what, uint16_t sport)
{
	struct {
		struct iphdr ip;
		uint16_t sport, dport, len, sum;
	} bytes = { .ip = {
		.version = 4, .ihl = 5, .tot_len = htons(sizeof(bytes)),
		.ttl = 64, .protocol = IPPROTO_UDP, .saddr = htonl(1),
		.daddr = htonl(2),
	}, .sport = htons(sport), .len = htons(8) };
	struct event e = {
		.nfproto = NFPROTO_IPV4, .hook = NF_INET_LOCAL_OUT, .out = 2,
		.payload = (void *)&bytes, .payload_len = sizeof(bytes),
	};
	const struct place *at;
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "TRACE: filter:%s%s ",
		 strncmp(what, "one:", 4) == 0 ? "" : "OUTPUT:", what);
	at = place_find(w->idx, NFPROTO_IPV4, prefix, strlen(prefix));
	assert_non_null(at);
	w->now_ns += 1000;
	journeys_add(w->journeys, &e, at, w->now_ns, w->now_ns);
}

static void take_step(struct world *w, const struct op_step *s)
{
	switch (s->op) {
	case READ:
	case READ_UNSURE:
		place_index_renew(w->idx, 0, read_rules(s->what),
				  s->op == READ, ++w->fence);
		break;
	case FENCE:
		place_index_settle(w->idx, w->fence);
		break;
	case EVENT:
		meet(w, s->what, SPORT);
		break;
	case OTHER:
		meet(w, s->what, SPORT + 1);
		break;
	case DONE:
		journeys_finish(w->journeys);
		break;
	case NOTHING:
		break;
	}
}

static const struct row rows[] = {
	{ "nothing changes", "a b",
	  { MET("rule:1"), MET("rule:2"), OVER }, "a b" },
	{ "before the fence either: a number that only the old rules have tells",
	  "a b", { CHANGED("c"), MET("rule:1"), MET("rule:2"), OVER }, "a b" },
	{ "... and one that only the new have",
	  "a", { CHANGED("c d"), MET("rule:1"), MET("rule:2"), OVER }, "c d" },
	{ "nothing tells", "a b",
	  { CHANGED("c d"), MET("rule:1"), MET("rule:2"), OVER }, "? ?" },
	{ "the same rule in both is no doubt", "a b",
	  { CHANGED("a d"), MET("rule:1"), OVER }, "a" },
	{ "behind the fence the new ones", "a b",
	  { CHANGED("c d"), FENCED, MET("rule:1"), MET("rule:2"), OVER },
	  "c d" },
	{ "several changes at once: nothing tells",
	  "a b", { CHANGED_OFTEN("c"), MET("rule:1"), MET("rule:2"), OVER },
	  "? ?" },
	{ "a second change before the fence: nothing tells", "a b",
	  { CHANGED("c"), CHANGED("d"), MET("rule:1"), MET("rule:2"), OVER },
	  "? ?" },
	{ "jumps tell: by the old rules none leads there", "a b > one e",
	  { CHANGED("C b > one f"), MET("rule:1"), MET("one:rule:1"), OVER },
	  "C f" },
	/* Rule b comes back: what its number tells is of the change then. */
	{ "a later change, met by others, tells nothing of this one", "a b",
	  { CHANGED("c"), MET("rule:1"), MET("rule:2"), FENCED,
	    CHANGED("d b"), ANOTHER_MET("rule:2"), OVER }, "a b" },
	/* Under c d: the old rules of the second change are the new ones of the first. */
	{ "in the middle of a table between two changes: nothing tells", "a b",
	  { CHANGED("c d"), MET("rule:1"), FENCED, CHANGED("e"), MET("rule:2"),
	    OVER }, "? d" },
};

static void decides(void **state)
{
	const struct row *row = *state;
	static const struct journey_ops ops = { .done = done };
	struct snapshot *first = read_rules(row->rules);
	struct world w = { .now_ns = 1000000000 };

	w.rules.legacy[0] = first;
	path_map_fill(&w.map, w.rules.legacy);
	w.idx = place_index_open(&w.rules, &w.map);
	w.journeys = journeys_open(&w.map, 128, true, false, &ops, &w);
	assert_non_null(w.journeys);
	for (unsigned int i = 0; i < STEPS; i++)
		take_step(&w, &row->step[i]);
	assert_string_equal(w.texts, row->texts);
	journeys_close(w.journeys);
	place_index_close(w.idx);
	munmap(first, first->end);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = decides,
			.initial_state = (void *)&rows[i],
		};
	return cmocka_run_group_tests_name("straddle", tests, NULL, NULL);
}
