// SPDX-License-Identifier: GPL-2.0-or-later
/* place: where in the rules an event was made; looked up once, then by hash. */
#include "place.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doubt.h"
#include "event.h"
#include "family.h"
#include "nft_snapshot.h"
#include "path_map.h"
#include "safe.h"
#include "snapshot.h"

/* What the targets of the kernel and of xtables-addons do. */
static const struct target_row {
	const char *name;
	uint8_t effect, changes;
} target_rows[] = {
	{ "AUDIT", EFFECT_CONTINUE, 0 },
	{ "CHECKSUM", EFFECT_CONTINUE, 0 },
	{ "CLASSIFY", EFFECT_CONTINUE, 0 },
	{ "CONNMARK", EFFECT_CONTINUE, CHANGE_MARK },
	{ "CONNSECMARK", EFFECT_CONTINUE, 0 },
	{ "CT", EFFECT_CONTINUE, 0 },
	{ "DNAT", EFFECT_ACCEPT, CHANGE_DST },
	{ "DNPT", EFFECT_CONTINUE, CHANGE_DST },
	{ "DSCP", EFFECT_CONTINUE, CHANGE_TOS },
	{ "ECN", EFFECT_CONTINUE, CHANGE_TOS | CHANGE_OTHER },
	{ "HL", EFFECT_CONTINUE, CHANGE_TTL },
	{ "HMARK", EFFECT_CONTINUE, CHANGE_MARK },
	{ "IDLETIMER", EFFECT_CONTINUE, 0 },
	{ "LED", EFFECT_CONTINUE, 0 },
	{ "LOG", EFFECT_CONTINUE, 0 },
	{ "MARK", EFFECT_CONTINUE, CHANGE_MARK },
	{ "MASQUERADE", EFFECT_ACCEPT, CHANGE_SRC },
	{ "NETMAP", EFFECT_ACCEPT, CHANGE_SRC | CHANGE_DST },
	{ "NFLOG", EFFECT_CONTINUE, 0 },
	{ "NFQUEUE", EFFECT_QUEUE, CHANGE_MARK | CHANGE_SRC | CHANGE_DST |
	  CHANGE_TTL | CHANGE_TOS | CHANGE_OTHER },
	{ "NOTRACK", EFFECT_CONTINUE, 0 },
	{ "RATEEST", EFFECT_CONTINUE, 0 },
	{ "REDIRECT", EFFECT_ACCEPT, CHANGE_DST },
	{ "REJECT", EFFECT_REJECT, 0 },
	{ "SECMARK", EFFECT_CONTINUE, 0 },
	{ "SET", EFFECT_CONTINUE, CHANGE_MARK },
	{ "SNAT", EFFECT_ACCEPT, CHANGE_SRC },
	{ "SNPT", EFFECT_CONTINUE, CHANGE_SRC },
	{ "SYNPROXY", EFFECT_MAYBE, 0 },
	{ "TCPMSS", EFFECT_CONTINUE, CHANGE_OTHER },
	{ "TCPOPTSTRIP", EFFECT_CONTINUE, CHANGE_OTHER },
	{ "TEE", EFFECT_CONTINUE, CHANGE_CLONE | CHANGE_TTL },
	{ "TOS", EFFECT_CONTINUE, CHANGE_TOS },
	{ "TPROXY", EFFECT_MAYBE, CHANGE_MARK },
	{ "TRACE", EFFECT_CONTINUE, 0 },
	{ "TTL", EFFECT_CONTINUE, CHANGE_TTL },
	{ "ULOG", EFFECT_CONTINUE, 0 },
};

static const char *const kind_words[] = {
	[PLACE_RULE] = "rule",
	[PLACE_RETURN] = "return",
	[PLACE_POLICY] = "policy",
};

static const char *const table_words[] = {
	[T_RAW] = "raw", [T_MANGLE] = "mangle", [T_DNAT] = "nat",
	[T_FILTER] = "filter", [T_SECURITY] = "security",
};

enum { BUCKETS = 4096, RESTORED_MAX = 1 << 17 };

static const char NFT_HEAD[] = "TRACE: nft ";

struct node {
	struct node *next;
	uint64_t hash;
	struct place place;
};

struct place_index {
	const struct snapshot *snap[FAMILY_COUNT];
	const struct path_map *map;
	struct forgers forgers[FAMILY_COUNT];
	uint8_t changed[FAMILY_COUNT];
	uint8_t phase;			/* enum place_phase */
	struct node *bucket[BUCKETS];
	struct node *retired;		/* found before the last turn */
	const struct place **by_id;
	uint32_t count, room;
};

struct place_index *place_index_open(const struct snapshot *const snaps[],
				     const struct path_map *map)
{
	struct place_index *idx = calloc(1, sizeof(*idx));

	if (!idx)
		return NULL;
	idx->map = map;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		idx->snap[i] = snaps[i];
		forgers_find(&idx->forgers[i], snaps[i]);
	}
	return idx;
}

static void node_free(struct node *n)
{
	free((void *)n->place.prefix);
	free((void *)n->place.line);
	/* Else they are the snapshot's. */
	if (!n->place.snap) {
		free((void *)n->place.rule);
		free((void *)n->place.chain);
	}
	free(n);
}

static void free_list(struct node *n)
{
	struct node *next;

	for (; n; n = next) {
		next = n->next;
		node_free(n);
	}
}

void place_index_close(struct place_index *idx)
{
	if (!idx)
		return;
	for (unsigned int b = 0; b < BUCKETS; b++)
		free_list(idx->bucket[b]);
	free_list(idx->retired);
	free(idx->by_id);
	free(idx);
}

void place_index_turn(struct place_index *idx, enum place_phase phase,
		      const volatile uint8_t changed[])
{
	idx->phase = (uint8_t)phase;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		idx->changed[i] = changed[i];
	/* Journeys under way hold on to what was found. */
	for (unsigned int b = 0; b < BUCKETS; b++) {
		struct node *n = idx->bucket[b], *next;

		for (; n; n = next) {
			next = n->next;
			n->next = idx->retired;
			idx->retired = n;
		}
		idx->bucket[b] = NULL;
	}
}

static uint64_t hash_prefix(uint8_t nfproto, const char *p, size_t len)
{
	uint64_t h = nfproto + len * 0x9e3779b97f4a7c15, w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0xff51afd7ed558ccd;
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, p, len);
	h = (h ^ w) * 0xc4ceb9fe1a85ec53;
	return h ^ h >> 29;
}

/* The parts of a prefix, which are borrowed from it. */
struct parts {
	const char *table, *chain;
	size_t table_len, chain_len;
	uint8_t kind;
	uint32_t number;
};

static const char *last_colon(const char *from, const char *to)
{
	return memrchr(from, ':', (size_t)(to - from));
}

static bool take_number(const char *p, const char *end, uint32_t *number)
{
	uint64_t n = 0;

	if (p == end || *p == '0')
		return false;
	for (; p < end; p++) {
		if (*p < '0' || *p > '9')
			return false;
		n = n * 10 + (uint64_t)(*p - '0');
		if (n > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)n;
	return true;
}

static bool take_kind(const char *p, size_t len, uint8_t *kind)
{
	for (unsigned int k = 0; k < 3; k++) {
		if (strlen(kind_words[k]) == len &&
		    memcmp(kind_words[k], p, len) == 0) {
			*kind = (uint8_t)k;
			return true;
		}
	}
	return false;
}

/* From the right: a chain's name may contain a colon, a table's may not. */
static bool split_prefix(const char *prefix, size_t len, struct parts *p)
{
	static const char head[] = "TRACE: ";
	const char *end = prefix + len, *at, *before;

	if (len < sizeof(head) - 1 || memcmp(prefix, head, sizeof(head) - 1))
		return false;
	p->table = prefix + sizeof(head) - 1;
	at = last_colon(p->table, end);
	if (!at || !take_number(at + 1, end, &p->number))
		return false;
	before = last_colon(p->table, at);
	if (!before || !take_kind(before + 1, (size_t)(at - before - 1),
				  &p->kind))
		return false;
	at = memchr(p->table, ':', (size_t)(before - p->table));
	if (!at)
		return false;
	p->table_len = (size_t)(at - p->table);
	p->chain = at + 1;
	p->chain_len = (size_t)(before - p->chain);
	return p->chain_len > 0;
}

static size_t trim(const char *prefix, size_t len)
{
	while (len && prefix[len - 1] == ' ')
		len--;
	return len;
}

bool place_looks_like_trace(const char *prefix, size_t len)
{
	struct parts p;

	return split_prefix(prefix, trim(prefix, len), &p);
}

uint8_t place_table_order(const char *name, uint8_t hook)
{
	for (uint8_t t = 0; t <= T_SECURITY; t++)
		if (strcmp(table_words[t], name) == 0)
			return t == T_DNAT && (hook == NF_INET_LOCAL_IN ||
					       hook == NF_INET_POST_ROUTING)
				? T_SNAT : t;
	return T_OTHER;
}

static void describe_target(struct place *p, const struct snapshot *s,
			    const struct snap_rule *r)
{
	static const struct {
		uint8_t effect;
		const char *name;
	} standard[] = {
		[SNAP_CONTINUE] = { EFFECT_CONTINUE, "" },
		[SNAP_ACCEPT] = { EFFECT_ACCEPT, "ACCEPT" },
		[SNAP_DROP] = { EFFECT_DROP, "DROP" },
		[SNAP_QUEUE] = { EFFECT_QUEUE, "QUEUE" },
		[SNAP_RETURN] = { EFFECT_RETURN, "RETURN" },
		[SNAP_JUMP] = { EFFECT_JUMP, "" },
		[SNAP_GOTO] = { EFFECT_GOTO, "" },
	};

	p->target_chain = r->chain;
	if (r->verdict < SNAP_TARGET) {
		p->effect = standard[r->verdict].effect;
		p->target = standard[r->verdict].name;
		if (r->verdict == SNAP_QUEUE)
			p->changes = CHANGE_MARK | CHANGE_OTHER;
		if (r->chain != SNAP_NONE)
			p->target = snapshot_text(
				s, snapshot_chain(s, r->chain)->name);
		return;
	}
	p->target = s->target[r->target];
	p->effect = EFFECT_MAYBE;
	for (size_t i = 0; i < sizeof(target_rows) / sizeof(target_rows[0]);
	     i++) {
		if (strcmp(target_rows[i].name, p->target) == 0) {
			p->effect = target_rows[i].effect;
			p->changes = target_rows[i].changes;
		}
	}
}

/* The line of design.md: the prefix, two blanks, the rule in quotes. */
bool place_build_line(struct place *p)
{
	size_t room = 4 * ((size_t)p->prefix_len + p->rule_len) + 16;
	char *line = malloc(room);
	size_t n;

	if (!line)
		return false;
	n = safe_text(line, room, p->prefix, p->prefix_len);
	if (p->rule_len) {
		memcpy(line + n, "  \"", 3);
		n += 3;
		n += safe_text(line + n, room - n, p->rule, p->rule_len);
		line[n++] = '"';
	}
	line[n++] = '\n';
	p->line = realloc(line, n);
	p->line_len = (uint32_t)n;
	if (!p->line)
		free(line);
	return p->line != NULL;
}

/* Does the kernel's word fit what the snapshot says of this rule? */
static bool kind_fits(const struct snap_chain *c, const struct snap_rule *r,
		      const struct parts *p)
{
	bool labelled = p->number == c->count + 1 ||
			(r->flags & SNAP_UNCONDITIONAL);

	if (!labelled)
		return p->kind == PLACE_RULE;
	return p->kind == (c->hook == 0xff ? PLACE_RETURN : PLACE_POLICY);
}

static bool number_fits(const struct snapshot *s, const struct snap_chain *c,
			const struct parts *p)
{
	return p->number <= c->count + 1 &&
	       kind_fits(c, snapshot_rule(s, c->first + p->number - 1), p);
}

/*
 * Without the run's rules at its top a chain's numbers are lower.  In between
 * both are possible, and the snapshot's number stands, with a mark.
 */
static bool find_number(const struct place_index *idx,
			const struct snapshot *s, const struct snap_chain *c,
			struct parts *p, uint8_t *doubt)
{
	struct parts undone = *p;
	bool armed_fits = number_fits(s, c, p), undone_fits;

	undone.number += c->own_before;
	undone_fits = c->own_before && idx->phase != PHASE_ARMED &&
		number_fits(s, c, &undone);
	if (armed_fits && undone_fits && idx->phase == PHASE_UNDOING &&
	    p->number > c->own_before)
		*doubt = DOUBT_RENUMBERED;
	else if (undone_fits && (idx->phase == PHASE_UNDONE || !armed_fits))
		*p = undone;
	return armed_fits || undone_fits;
}

/* A number that the chain did not have is shown, with no text. */
static void describe_rule(struct place *p, const struct snapshot *s,
			  const struct snap_rule *r)
{
	p->rule = "";
	p->target = "";
	p->target_chain = SNAP_NONE;
	if (!r)
		return;
	p->own = p->hidden = r->flags & SNAP_OWN;
	p->rule = r->len ? snapshot_text(s, r->text) : "";
	p->rule_len = r->len;
	describe_target(p, s, r);
}

/* The rules of this table are others by now: what they do is not known. */
static void doubt_all(struct place *p)
{
	p->doubt = DOUBT_CHANGED;
	p->effect = EFFECT_UNKNOWN;
	p->changes = 0;
}

static bool fill(const struct place_index *idx, struct place *p,
		 const struct snapshot *s, struct parts *parts)
{
	int table = snapshot_table(s, parts->table, parts->table_len);
	const struct snap_chain *c;
	const struct snap_rule *r = NULL;
	uint32_t ci;

	if (table < 0)
		return false;
	ci = snapshot_find_chain(s, (unsigned int)table, parts->chain,
				 parts->chain_len);
	if (ci == SNAP_NONE)
		return false;
	c = snapshot_chain(s, ci);
	if (find_number(idx, s, c, parts, &p->doubt))
		r = snapshot_rule(s, c->first + parts->number - 1);
	p->snap = s;
	p->nfproto = s->nfproto;
	p->table = s->table[table].name;
	p->chain = snapshot_text(s, c->name);
	p->chain_len = c->name_len;
	p->chain_index = ci;
	p->number = parts->number;
	p->last = c->count + 1;
	p->at_end = parts->number == p->last;
	p->own_before = parts->number > c->own_before ? c->own_before : 0;
	p->kind = parts->kind;
	p->hook = c->hook;
	p->order = place_table_order(p->table, c->hook);
	describe_rule(p, s, r);
	if (idx->changed[family_index(family_by_nfproto(s->nfproto))] &
	    1u << table || !r)
		doubt_all(p);
	return true;
}

bool place_adopt(struct place_index *idx, struct place *p)
{
	uint32_t room = idx->room ? idx->room * 2 : 256;

	if (idx->count == idx->room) {
		const struct place **more = realloc(idx->by_id,
						    room * sizeof(*more));

		if (!more)
			return false;
		idx->by_id = more;
		idx->room = room;
	}
	p->id = idx->count;
	idx->by_id[idx->count++] = p;
	return true;
}

static struct place *add(struct place_index *idx, struct node *n)
{
	if (!place_adopt(idx, &n->place))
		return NULL;
	n->next = idx->bucket[n->hash % BUCKETS];
	idx->bucket[n->hash % BUCKETS] = n;
	return &n->place;
}

static uint8_t station_of(const struct place_index *idx, const struct place *p)
{
	const struct family *f = family_by_nfproto(p->nfproto);

	if (!idx->map || p->hook >= NF_INET_NUMHOOKS)
		return STATION_NONE;
	return path_map_station(idx->map, family_index(f), p->hook, p->order);
}

static const struct place *look_up(struct place_index *idx, uint8_t nfproto,
				   uint64_t hash, const char *prefix,
				   size_t len)
{
	const struct family *f = family_by_nfproto(nfproto);
	const struct snapshot *s = f ? idx->snap[family_index(f)] : NULL;
	struct parts parts;
	struct node *n;

	if (!s || !split_prefix(prefix, len, &parts))
		return NULL;
	n = calloc(1, sizeof(*n));
	if (!n)
		return NULL;
	n->hash = hash;
	n->place.prefix = strndup(prefix, len);
	n->place.prefix_len = (uint32_t)len;
	if (n->place.prefix && fill(idx, &n->place, s, &parts) &&
	    place_build_line(&n->place) && add(idx, n)) {
		n->place.station = station_of(idx, &n->place);
		if (forgers_write(&idx->forgers[family_index(f)], prefix, len))
			n->place.doubt = DOUBT_FORGED;
		return &n->place;
	}
	node_free(n);
	return NULL;
}

const struct place *place_find(struct place_index *idx, uint8_t nfproto,
			       const char *prefix, size_t len)
{
	uint64_t hash;

	len = trim(prefix, len);
	hash = hash_prefix(nfproto, prefix, len);
	for (struct node *n = idx->bucket[hash % BUCKETS]; n; n = n->next)
		if (n->hash == hash && n->place.snap &&
		    n->place.prefix_len == len && n->place.nfproto == nfproto &&
		    memcmp(n->place.prefix, prefix, len) == 0)
			return &n->place;
	return look_up(idx, nfproto, hash, prefix, len);
}

static bool is_restored(const struct place *p, const struct place_known *k)
{
	return !p->snap && p->nfproto == k->nfproto &&
	       p->own_before == k->own_before && p->doubt == k->doubt &&
	       p->queue == k->queue &&
	       p->prefix_len == k->prefix_len && p->rule_len == k->rule_len &&
	       memcmp(p->prefix, k->prefix, k->prefix_len) == 0 &&
	       memcmp(p->rule, k->rule, k->rule_len) == 0;
}

/* Tables are compared by their names' addresses: the kernel's have one each. */
static const char *table_name(const char *name, size_t len)
{
	for (size_t t = 0; t < sizeof(table_words) / sizeof(table_words[0]);
	     t++)
		if (table_words[t] && strlen(table_words[t]) == len &&
		    memcmp(table_words[t], name, len) == 0)
			return table_words[t];
	return NULL;
}

static uint8_t hook_of_chain(const char *name, size_t len)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (strlen(snapshot_hook_name(h)) == len &&
		    memcmp(snapshot_hook_name(h), name, len) == 0)
			return (uint8_t)h;
	return 0xff;
}

/* What a prefix alone tells; @rule is owned by the node. */
static bool describe_restored(struct place *p, const struct parts *parts)
{
	const char *table = table_name(parts->table, parts->table_len);

	if (!table)
		return false;
	p->table = table;
	p->chain = strndup(parts->chain, parts->chain_len);
	p->chain_len = (uint32_t)parts->chain_len;
	/* No snapshot: a number that stands for the chain. */
	p->chain_index = (uint32_t)hash_prefix(p->nfproto, parts->table,
					       (size_t)(parts->chain +
							parts->chain_len -
							parts->table)) & INT32_MAX;
	p->number = p->last = parts->number;
	p->at_end = true;
	p->target_chain = SNAP_NONE;
	p->kind = parts->kind;
	p->hook = hook_of_chain(parts->chain, parts->chain_len);
	p->order = place_table_order(table, p->hook);
	p->station = STATION_NONE;
	p->effect = EFFECT_UNKNOWN;
	p->target = "";
	return p->chain != NULL;
}

static bool nft_family(const char *word, size_t len, uint8_t *family)
{
	static const uint8_t all[] = { NFPROTO_IPV4, NFPROTO_IPV6,
				       NFPROTO_INET };

	for (size_t i = 0; i < sizeof(all); i++) {
		const char *name = nft_snapshot_family(all[i]);

		*family = all[i];
		if (strlen(name) == len && memcmp(name, word, len) == 0)
			return true;
	}
	return false;
}

/* One block of memory for both names: the chain's owns it. */
static bool name_chain(struct place *p, const char *table, size_t table_len,
		       const char *chain, size_t chain_len)
{
	char *both = malloc(table_len + chain_len + 2);

	if (!both)
		return false;
	memcpy(both, chain, chain_len);
	both[chain_len] = '\0';
	memcpy(both + chain_len + 1, table, table_len);
	both[chain_len + 1 + table_len] = '\0';
	p->chain = both;
	p->chain_len = (uint32_t)chain_len;
	p->table = both + chain_len + 1;
	return true;
}

/* "TRACE: nft FAMILY TABLE:CHAIN:KIND", ":HANDLE" behind it for a rule */
static bool describe_nft(struct place *p)
{
	const char *at = p->prefix + sizeof(NFT_HEAD) - 1;
	const char *end = p->prefix + p->prefix_len;
	const char *blank = memchr(at, ' ', (size_t)(end - at));
	const char *table, *chain, *kind = end, *last;
	uint8_t which;

	if (!blank || !nft_family(at, (size_t)(blank - at), &p->family))
		return false;
	table = blank + 1;
	last = last_colon(table, end);
	if (!last)
		return false;
	if (!take_kind(last + 1, (size_t)(end - last - 1), &which)) {
		p->handle = strtoull(last + 1, NULL, 10);
		kind = last;
		last = last_colon(table, kind);
		if (!last || !take_kind(last + 1, (size_t)(kind - last - 1),
					&which))
			return false;
	}
	chain = memchr(table, ':', (size_t)(last - table));
	if (!chain)
		return false;
	p->backend = EVENT_NFT;
	p->kind = which;
	p->hook = 0xff;
	p->order = T_OTHER;
	p->station = STATION_NONE;
	p->target_chain = SNAP_NONE;
	p->effect = EFFECT_UNKNOWN;
	p->target = "";
	return name_chain(p, table, (size_t)(chain - table), chain + 1,
			  (size_t)(last - chain - 1));
}

static bool is_nft(const struct place *p)
{
	return p->prefix_len > sizeof(NFT_HEAD) - 1 &&
	       memcmp(p->prefix, NFT_HEAD, sizeof(NFT_HEAD) - 1) == 0;
}

static bool describe_any(struct place *p)
{
	struct parts parts;

	if (is_nft(p))
		return describe_nft(p);
	return split_prefix(p->prefix, p->prefix_len, &parts) &&
	       describe_restored(p, &parts);
}

static const struct place *make_restored(struct place_index *idx,
					 struct node *n)
{
	struct place *p = &n->place;

	if (p->prefix && p->rule && describe_any(p) && place_build_line(p) &&
	    add(idx, n))
		return p;
	node_free(n);
	return NULL;
}

const struct place *place_restore(struct place_index *idx,
				  const struct place_known *k)
{
	uint64_t hash = hash_prefix(k->nfproto, k->prefix, k->prefix_len) +
			k->own_before;
	struct node *n;

	for (n = idx->bucket[hash % BUCKETS]; n; n = n->next)
		if (n->hash == hash && is_restored(&n->place, k))
			return &n->place;
	n = idx->count < RESTORED_MAX ? calloc(1, sizeof(*n)) : NULL;
	if (!n)
		return NULL;
	n->hash = hash;
	n->place.nfproto = k->nfproto;
	n->place.own_before = k->own_before;
	n->place.doubt = k->doubt;
	n->place.queue = k->queue;
	n->place.prefix = strndup(k->prefix, k->prefix_len);
	n->place.prefix_len = (uint32_t)k->prefix_len;
	n->place.rule = strndup(k->rule, k->rule_len);
	n->place.rule_len = (uint32_t)k->rule_len;
	return make_restored(idx, n);
}

uint32_t place_count(const struct place_index *idx)
{
	return idx->count;
}

const struct place *place_by_id(const struct place_index *idx, uint32_t id)
{
	return id < idx->count ? idx->by_id[id] : NULL;
}
