// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * component_tool FILE: for each rule of an iptables-save or an `nft -a list ruleset`
 * whose it is: "filter cali-FORWARD:3<TAB>Calico", "-" for nobody's.  A packet is made up
 * that came there by the first rules that jump to its chain, and met what jumps from there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grounds/component.h"
#include "grounds/component_match.h"
#include "journey/journey.h"
#include "place/place.h"
#include "place/place_restored.h"
#include "replay/rules_text.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"
#include "rules/view/ruleset.h"

enum { PLACES = 8192 };

static const struct place *place[PLACES];
static unsigned int places;
static struct step steps[JOURNEY_STEPS];

static void add(const struct place *at)
{
	if (at && places < PLACES)
		place[places++] = at;
}

/* As the kernel calls it: what always decides is like the end of its chain. */
static const char *kind_of(const struct snapshot *s, const struct snap_chain *c,
			   uint32_t number)
{
	const struct snap_rule *r = snapshot_rule(s, c->first + number - 1);

	return number <= c->count && !(r->flags & SNAP_UNCONDITIONAL) ? "rule" :
	       c->hook == NOT_A_HOOK ? "return" : "policy";
}

/* "TRACE: filter:INPUT:rule:3 " of each rule, and of the policies. */
static void add_legacy(struct place_index *idx, const struct snapshot *s)
{
	for (uint32_t i = 0; i < s->chains; i++) {
		const struct snap_chain *c = snapshot_chain(s, i);

		for (uint32_t n = 1; n <= c->count + (c->hook != NOT_A_HOOK); n++) {
			char prefix[160];
			int len = snprintf(prefix, sizeof(prefix),
					   "TRACE: %s:%s:%s:%u ",
					   s->table[c->table].name,
					   snapshot_text(s, c->name),
					   kind_of(s, c, n), n);

			add(place_find(idx, s->nfproto, prefix, (size_t)len));
		}
	}
}

static void add_nft_rule(struct place_index *idx, const char *table,
			 const char *chain, struct strview text)
{
	static const char mark[] = " # handle ";
	const char *handle = memmem(text.at, text.len, mark, sizeof(mark) - 1);
	struct place_known known = { .rule = text.at, .nfproto = 2 };
	char prefix[512];

	if (strncmp(table, "ip6 ", 4) == 0)
		known.nfproto = 10;
	if (!handle)
		return;
	known.rule_len = (size_t)(handle - text.at);
	known.prefix = prefix;
	known.prefix_len = (size_t)snprintf(
		prefix, sizeof(prefix), "TRACE: nft %s:%s:rule:handle %d",
		table, chain, atoi(handle + sizeof(mark) - 1));
	add(place_restore(idx, &known));
}

static void add_nft(struct place_index *idx, struct strview text)
{
	char table[128] = "", chain[128] = "";
	struct strview line;

	while (strview_line(&text, &line)) {
		char family[16], name[128];

		if (sscanf(line.at, "table %15s %127s", family, name) == 2)
			snprintf(table, sizeof(table), "%s %.100s", family, name);
		else if (sscanf(line.at, "chain %127s {", name) == 1)
			snprintf(chain, sizeof(chain), "%.120s", name);
		else if (strview_is(line, "}"))
			*chain = '\0';
		else if (*chain && !strview_starts(line, "type "))
			add_nft_rule(idx, table, chain, line);
	}
}

static struct strview called(const struct place *at)
{
	return rule_calls((struct strview){ at->rule, at->rule_len });
}

static bool same_chain(const struct place *a, const struct place *b)
{
	return a->table == b->table && a->family == b->family &&
	       strcmp(a->chain, b->chain) == 0;
}

static bool calls(const struct place *at, const struct place *to)
{
	return at->table == to->table && at->family == to->family &&
	       strview_is(called(at), to->chain);
}

/* Before it those that called its chain, outermost first; returns how many. */
static uint32_t make_way(const struct place *to, unsigned int depth)
{
	uint32_t n;

	for (unsigned int i = 0; depth < 16 && i < places; i++) {
		if (place[i] == to || !calls(place[i], to))
			continue;
		n = make_way(place[i], depth + 1);
		steps[n].place = place[i];
		return n + 1;
	}
	return 0;
}

static void print_owner(const struct place *at)
{
	struct journey j = { .step = steps };
	struct component_found f;
	char text[COMPONENT_OBJECT + 64] = "-";
	uint32_t n = make_way(at, 0);

	for (unsigned int i = 0; i < places && place[i] != at &&
	     n < JOURNEY_STEPS_FIRST; i++)
		if (same_chain(place[i], at) && called(place[i]).len)
			steps[n++].place = place[i];
	steps[n++].place = at;
	j.steps = n;
	if (component_find(&f, &j, 0, at))
		component_text(text, sizeof(text), &f);
	printf("%s %s:%llu\t%s", at->table, at->chain, (unsigned long long)
	       (at->handle ? at->handle : at->number), text);
	for (unsigned int i = 0; i < f.asked; i++)
		printf("%s%s", i ? ", " : "; asked: ", *f.ask[i] ? f.ask[i] : "?");
	printf("\n");
}

int main(int argc, char *argv[])
{
	struct helper_result res[FAMILY_COUNT] = { 0 };
	struct ruleset rules = { 0 };
	struct place_index *idx;
	struct strview nft = { NULL, 0 };

	if (argc != 2 || rules_text_load(argv + 1, res, rules.legacy, &nft))
		return 2;
	idx = place_index_open(&rules, NULL);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (rules.legacy[i])
			add_legacy(idx, rules.legacy[i]);
	if (nft.len)
		add_nft(idx, nft);
	for (unsigned int i = 0; i < places; i++)
		print_owner(place[i]);
	place_index_close(idx);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		helper_release(&res[i]);
	free((char *)nft.at);
	return 0;
}
