// SPDX-License-Identifier: GPL-2.0-or-later
/* inside_drop: which matches of iptables' rules can have dropped a packet without an event. */
#include "reader/inside_drop.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/slots.h"
#include "place/place.h"
#include "place/table_order.h"
#include "rules/base/strview.h"
#include "rules/base/target.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"

enum { NAMED = 3, CONNTRACK = -200, IPVS_FIRST = 98, IPVS_LAST = 100 };

/*
 * Matches that set the kernel's hotdrop: of a packet whose header they cannot read,
 * or when they have no room to note it.
 */
static const struct dropper {
	const char *name;
	bool no_room;
} droppers[] = {
	{ "hashlimit", true }, { "connlimit", true }, { "recent", true },
	{ "tcp", false }, { "udp", false }, { "udplite", false },
	{ "icmp", false }, { "icmp6", false }, { "multiport", false },
	{ "sctp", false }, { "dccp", false }, { "esp", false },
	{ "ah", false }, { "ipcomp", false }, { "frag", false },
	{ "hbh", false }, { "dst", false }, { "rt", false }, { "mh", false },
	{ "eui64", false }, { "tcpmss", false },
};

/* Where such rules are looked for: those of a chain behind a number. */
struct search {
	const struct journey *j;
	const struct snapshot *rules;
	bool malformed;		/* there may be something that a match cannot read */
	unsigned int found;	/* rules */
	unsigned int named;	/* of the chain at hand */
	char *text;
	size_t size, len;
};

static void add(struct search *s, const char *text)
{
	int n = snprintf(s->text + s->len, s->size - s->len, "%s", text);

	if (n > 0 && (size_t)n < s->size - s->len)
		s->len += (size_t)n;
}

static const struct dropper *find_dropper(struct strview name)
{
	for (size_t i = 0; i < ARRAY_SIZE(droppers); i++)
		if (strview_is(name, droppers[i].name))
			return &droppers[i];
	return NULL;
}

/* A rule for another protocol asks no match of its own. */
static bool is_for_another(struct strview proto, const struct packet *p)
{
	static const struct {
		const char *name;
		uint8_t number;
	} protos[] = {
		{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP }, { "ipv6-icmp", IPPROTO_ICMPV6 },
		{ "sctp", IPPROTO_SCTP }, { "esp", IPPROTO_ESP },
		{ "ah", IPPROTO_AH },
	};

	for (size_t i = 0; i < ARRAY_SIZE(protos); i++)
		if (strview_is(proto, protos[i].name))
			return protos[i].number != p->proto;
	return false;
}

/* The first of a rule's matches that can have dropped the packet, or NULL. */
static const char *find_match(const struct search *s, struct strview text)
{
	struct strview word, value;
	bool inverted = false;
	const char *name = NULL;

	while (!name && strview_quoted(&text, &word)) {
		const struct dropper *d = NULL;

		if (strview_is(word, "-p") && strview_quoted(&text, &value) &&
		    !inverted && is_for_another(value, &s->j->last))
			return NULL;
		if (strview_is(word, "-m") && strview_quoted(&text, &value))
			d = find_dropper(value);
		if (d && (d->no_room || s->malformed))
			name = d->name;
		inverted = strview_is(word, "!");
	}
	return name;
}

static void name_rule(struct search *s, const char *match, uint32_t number)
{
	char text[64];

	s->found++;
	if (s->named < NAMED) {
		snprintf(text, sizeof(text), "%s%s of rule %u",
			 s->named++ ? ", " : "", match, number);
		add(s, text);
	} else if (s->named == NAMED) {
		s->named++;
		add(s, " ...");
	}
}

/* The rules of a chain behind number @after, up to one that would have told. */
static void search_chain(struct search *s, uint32_t chain, uint32_t after)
{
	const struct snap_chain *c = snapshot_chain(s->rules, chain);
	unsigned int before = s->found;
	size_t len = s->len;
	char text[128];

	s->named = 0;
	snprintf(text, sizeof(text), "%s%s:%s (", s->len ? ", or " : "",
		 s->rules->table[c->table].name,
		 snapshot_text(s->rules, c->name));
	add(s, text);
	for (uint32_t n = after; n < c->count; n++) {
		const struct snap_rule *r =
			snapshot_rule(s->rules, c->first + n);
		struct strview words = { snapshot_text(s->rules, r->text),
					 r->len };
		const char *match = find_match(s, words);

		if (r->flags & SNAP_UNCONDITIONAL)
			break;
		if (match && !(r->flags & SNAP_OWN))
			name_rule(s, match, n + 1);
	}
	if (s->found == before)
		s->text[s->len = len] = '\0';
	else
		add(s, ")");
}

/* The base chain of a slot: its key is the table's order. */
static void search_slot(struct search *s, uint32_t key, uint8_t hook)
{
	for (uint32_t i = 0; i < s->rules->chains; i++) {
		const struct snap_chain *c = snapshot_chain(s->rules, i);

		if (c->hook == hook &&
		    table_order(s->rules->table[c->table].name, hook) == key)
			search_chain(s, i, 0);
	}
}

/* Behind a chain's end its caller goes on, whose number is of the rules as read first. */
static void search_caller(struct search *s, const struct path *p)
{
	if (p->state == PATH_IN_CHAIN && p->last->snap == s->rules &&
	    p->chain < s->rules->chains)
		search_chain(s, p->chain, p->after);
}

/* In the middle of a chain: its later rules, or those of the one called. */
static void search_midway(struct search *s, const struct path *p)
{
	const struct place *at = p->last;
	bool calls = at->effect == EFFECT_JUMP || at->effect == EFFECT_GOTO;
	const char *name = calls ? at->target : at->chain;
	int table = snapshot_table(s->rules, at->table, strlen(at->table));
	uint32_t chain = table < 0 ? SNAP_NONE :
		snapshot_find_chain(s->rules, (unsigned int)table, name,
				    calls ? strlen(name) : at->chain_len);

	if (at->effect == EFFECT_RETURN)
		search_caller(s, p);
	else if (chain != SNAP_NONE)
		search_chain(s, chain, calls ? 0 : at->number);
}

/* Of slots that see every packet the one that comes first; SLOT_NONE: none. */
static uint8_t first_slot(const struct path_hook *h, uint64_t slots)
{
	uint8_t first = SLOT_NONE;

	for (uint8_t i = 0; i < h->count; i++)
		if (slots & BIT64(i) && (first == SLOT_NONE ||
					 h->priority[i] < h->priority[first]))
			first = i;
	return first;
}

/* Slots that may see a packet between two priorities: nat. */
static void search_between(struct search *s, const struct path_hook *h,
			   uint8_t hook, int32_t from, int32_t to)
{
	for (uint8_t i = 0; i < h->count; i++)
		if (h->may & BIT64(i) && h->key[i] < T_COUNT &&
		    h->priority[i] > from && h->priority[i] < to)
			search_slot(s, h->key[i], hook);
}

static bool is_between(int32_t n, int32_t from, int32_t to)
{
	return n >= from && n <= to;
}

/* Do others than tables of iptables work at the hook between the two? */
static bool others_work(const struct path *p, int32_t from, int32_t to)
{
	switch (p->hook) {
	case NF_INET_PRE_ROUTING:
		return is_between(CONNTRACK, from, to);
	case NF_INET_LOCAL_OUT:
		/* What mangle and nat write makes the kernel choose a new way. */
		return true;
	default:
		return is_between(IPVS_FIRST, from, to) ||
		       is_between(IPVS_LAST, from, to);
	}
}

/* At the hook where it was seen last: who had to see it next there? */
static enum inside_drop search_here(struct search *s, const struct path *p,
				    const struct path_map *map)
{
	const struct path_hook *h = slots_hook(map, p->last, p->hook);
	uint8_t here = slots_here(map, p);
	uint8_t next = first_slot(h, slots_must_see(map, p));
	int32_t from, to;

	if (next == SLOT_NONE || here == SLOT_NONE || h->key[next] >= T_COUNT)
		return INSIDE_NOT;
	from = h->priority[here];
	to = h->priority[next];
	search_between(s, h, p->hook, from, to);
	search_slot(s, h->key[next], p->hook);
	if (!s->found)
		return INSIDE_NOT;
	return others_work(p, from, to) ? INSIDE_MAYBE : INSIDE_CERTAIN;
}

/* At the hooks where it could turn up next. */
static enum inside_drop search_next(struct search *s, const struct path *p,
				    const struct path_map *map, uint8_t at)
{
	uint8_t hooks = slots_hooks_after(p);

	/* The kernel may have told at which of them. */
	if (at != p->hook)
		hooks = (uint8_t)(hooks & BIT(at));
	if (p->hook == NF_INET_POST_ROUTING)
		return INSIDE_NOT;
	for (uint8_t i = 0; i < NF_INET_NUMHOOKS; i++) {
		const struct path_hook *h = slots_hook(map, p->last, i);
		uint8_t next = first_slot(h, h->must);

		if (hooks & BIT(i) && next != SLOT_NONE &&
		    h->key[next] < T_COUNT)
			search_slot(s, h->key[next], i);
	}
	return s->found ? INSIDE_MAYBE : INSIDE_NOT;
}

static bool is_malformed(const struct packet *p)
{
	enum { FIRST_UNIT = 8 };	/* bytes: where no fragment may begin */

	return p->layer != PACKET_TRANSPORT || p->flags & PACKET_MALFORMED ||
	       p->frag_offset == FIRST_UNIT;
}

static bool is_midway(const struct path *p)
{
	return (p->state == PATH_IN_CHAIN || p->state == PATH_POLICY) &&
	       p->last->backend != EVENT_NFT &&
	       p->last->effect != EFFECT_UNKNOWN;
}

static bool is_doubtful(const struct path_map *map, const struct path *p)
{
	return map->untraced || map->changing || p->straddles ||
	       slots_hook(map, p->last, p->hook)->overflow;
}

enum inside_drop inside_drop_find(const struct journey *j, unsigned int b,
				  const struct path_map *map,
				  const struct snapshot *rules, char *text,
				  size_t size)
{
	const struct path *p = &j->path[b];
	struct search s = {
		.j = j, .rules = rules, .malformed = is_malformed(&j->last),
		.text = text, .size = size,
	};

	text[0] = '\0';
	if (!rules || is_doubtful(map, p))
		return INSIDE_NOT;
	if (is_midway(p)) {
		search_midway(&s, p);
		return s.found ? INSIDE_CERTAIN : INSIDE_NOT;
	}
	if (p->state != PATH_TABLE_DONE)
		return INSIDE_NOT;
	return slots_must_see(map, p) ? search_here(&s, p, map)
				      : search_next(&s, p, map, j->fate[b].hook);
}

bool inside_drop_by_target(const struct journey *j, unsigned int b,
			   const struct path_map *map)
{
	const struct path *p = &j->path[b];
	const struct target *t = target_find(p->last->target);

	return is_midway(p) && !is_doubtful(map, p) && t &&
	       t->does & DOES_DROP && p->last->effect == EFFECT_CONTINUE;
}
