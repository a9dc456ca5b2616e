// SPDX-License-Identifier: GPL-2.0-or-later
/* place: where in the rules an event was made; looked up once, then by hash. */
#include "place/place.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "capture/event.h"
#include "place/nft_names.h"
#include "place/path_map.h"
#include "place/place_restored.h"
#include "place/prefix.h"
#include "place/table_order.h"
#include "place/text_doubt.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"
#include "rules/view/ruleset.h"

enum { BUCKETS = 4096, RESTORED_MAX = 1 << 17 };

struct node {
	struct node *next;
	struct node *then;		/* what was looked for behind it, or NULL */
	uint64_t hash;
	struct place place;
	struct place_texts texts;
};

struct place_index {
	const struct snapshot *snap[FAMILY_COUNT];
	const struct path_map *map;
	struct forgers forgers[FAMILY_COUNT];
	uint8_t changed[FAMILY_COUNT];
	uint8_t phase;			/* enum place_phase */
	struct node *bucket[BUCKETS];
	struct node *retired;		/* found in an earlier epoch */
	struct node *last;		/* found last, or NULL */
	struct nft_names names;		/* of restored places */
	uint32_t count;			/* ids that were given */
	uint32_t *free_id;		/* of these, to be given again */
	uint32_t free_ids, free_room;
	void (*on_release)(void *arg, uint32_t id);
	void *release_arg;
};

struct place_index *place_index_open(const struct ruleset *rules,
				     const struct path_map *map)
{
	struct place_index *idx = calloc(1, sizeof(*idx));

	if (!idx)
		return NULL;
	idx->map = map;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct ruleset seen = { .nft = rules->nft };

		idx->snap[i] = seen.legacy[i] = rules->legacy[i];
		forgers_find(&idx->forgers[i], &seen);
	}
	return idx;
}

void place_texts_free(struct place_texts *t)
{
	free(t->prefix);
	free(t->rule);
	free(t->line);
}

static void node_free(struct node *n)
{
	place_texts_free(&n->texts);
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
	nft_names_close(&idx->names);
	free(idx->free_id);
	free(idx);
}

void place_index_new_epoch(struct place_index *idx, enum place_phase phase,
			   const uint8_t changed[])
{
	idx->phase = (uint8_t)phase;
	idx->last = NULL;
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

/* A chain's name must not look like the end of the prefix and a rule behind it. */
static size_t put_prefix(char *to, size_t size, const char *text, size_t len)
{
	const char *parting;
	size_t n = 0;

	while ((parting = memmem(text, len, "  \"", 3))) {
		size_t head = (size_t)(parting - text) + 1;

		n += escape_text(to + n, size - n, text, head);
		memcpy(to + n, "\\x20", 4);
		n += 4;
		text += head + 1;
		len -= head + 1;
	}
	return n + escape_text(to + n, size - n, text, len);
}

/* A line of output: the prefix, two blanks, the rule in quotes. */
bool place_build_line(struct place *p, struct place_texts *t)
{
	size_t room = 4 * ((size_t)p->prefix_len + p->rule_len) + 16;
	char *line = malloc(room), *cut;
	size_t n;

	if (!line)
		return false;
	n = put_prefix(line, room, p->prefix, p->prefix_len);
	if (p->rule_len) {
		memcpy(line + n, "  \"", 3);
		n += 3;
		n += escape_text(line + n, room - n, p->rule, p->rule_len);
		line[n++] = '"';
	}
	line[n++] = '\n';
	cut = realloc(line, n);
	p->line = t->line = cut ? cut : line;
	p->line_len = (uint32_t)n;
	return true;
}

/* Does the kernel's word fit what the snapshot says of this rule? */
static bool kind_fits(const struct snap_chain *c, const struct snap_rule *r,
		      const struct prefix *p)
{
	bool labelled = p->number == c->count + 1 ||
			(r->flags & SNAP_UNCONDITIONAL);

	if (!labelled)
		return p->kind == PLACE_RULE;
	return p->kind == (c->hook == NOT_A_HOOK ? PLACE_RETURN : PLACE_POLICY);
}

static bool number_fits(const struct snapshot *s, const struct snap_chain *c,
			const struct prefix *p)
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
			struct prefix *p, uint8_t *doubt)
{
	struct prefix undone = *p;
	bool armed_fits = number_fits(s, c, p), undone_fits;

	undone.number += c->own_before;
	undone_fits = c->own_before && idx->phase != PHASE_ARMED &&
		number_fits(s, c, &undone);
	if (armed_fits && undone_fits && idx->phase == PHASE_UNDOING &&
	    p->number > c->own_before)
		*doubt = TEXT_DOUBT_RENUMBERED;
	else if (undone_fits && (idx->phase == PHASE_UNDONE || !armed_fits))
		*p = undone;
	return armed_fits || undone_fits;
}

static const struct {
	uint8_t effect;
	const char *name;
} verdicts[] = {
	[SNAP_CONTINUE] = { EFFECT_CONTINUE, "" },
	[SNAP_ACCEPT] = { EFFECT_ACCEPT, "ACCEPT" },
	[SNAP_DROP] = { EFFECT_DROP, "DROP" },
	[SNAP_QUEUE] = { EFFECT_QUEUE, "QUEUE" },
	[SNAP_RETURN] = { EFFECT_RETURN, "RETURN" },
	[SNAP_JUMP] = { EFFECT_JUMP, "" },
	[SNAP_GOTO] = { EFFECT_GOTO, "" },
};

static void describe_target(struct place *p, const struct snapshot *s,
			    const struct snap_rule *r)
{
	const struct target *t = NULL;

	if (r->verdict < SNAP_TARGET) {
		p->effect = verdicts[r->verdict].effect;
		p->target = r->chain == SNAP_NONE ? verdicts[r->verdict].name :
			snapshot_text(s, snapshot_chain(s, r->chain)->name);
	} else {
		p->target = s->target[r->target];
		t = target_find(p->target);
		p->effect = t ? (uint8_t)t->effect : EFFECT_MAYBE;
	}
	p->mangles = p->effect == EFFECT_QUEUE ? DOES_QUEUED & MANGLE_ALL :
		t ? t->does & MANGLE_ALL : 0;
	p->target_chain = r->chain;
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
	p->doubt = TEXT_DOUBT_CHANGED;
	p->effect = EFFECT_UNKNOWN;
	p->mangles = 0;
}

/* What was traced since a TRACE rule need not have met those before it. */
static uint32_t sure_before(const struct snapshot *s,
			    const struct snap_chain *c, uint32_t number)
{
	uint32_t n = number <= c->count + 1 ? number : c->count + 1;

	while (--n) {
		uint8_t flags = snapshot_rule(s, c->first + n - 1)->flags;

		if (flags & SNAP_TRACE)
			return 0;
		if (flags & SNAP_ALWAYS)
			return n;
	}
	return 0;
}

static bool fill(const struct place_index *idx, struct place *p,
		 const struct snapshot *s, struct prefix *parts)
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
	if (idx->map && idx->map->excerpt)
		p->sure_before = sure_before(s, c, p->number);
	p->own_before = parts->number > c->own_before ? c->own_before : 0;
	p->kind = parts->kind;
	p->hook = c->hook;
	p->order = table_order(p->table, c->hook);
	describe_rule(p, s, r);
	if (idx->changed[family_index_by_nfproto(s->nfproto)] &
	    1u << table || !r)
		doubt_all(p);
	return true;
}

bool place_adopt(struct place_index *idx, struct place *p)
{
	if (!idx->free_ids && idx->count == UINT32_MAX)
		return false;
	p->id = idx->free_ids ? idx->free_id[--idx->free_ids] : idx->count++;
	return true;
}

void place_on_release(struct place_index *idx,
		      void (*fn)(void *arg, uint32_t id), void *arg)
{
	idx->on_release = fn;
	idx->release_arg = arg;
}

/* Without memory its id is nobody's. */
void place_release(struct place_index *idx, const struct place *p)
{
	uint32_t room = idx->free_room ? idx->free_room * 2 : 256, *more;

	if (idx->on_release)
		idx->on_release(idx->release_arg, p->id);
	if (idx->free_ids == idx->free_room) {
		more = realloc(idx->free_id, room * sizeof(*more));
		if (!more)
			return;
		idx->free_id = more;
		idx->free_room = room;
	}
	idx->free_id[idx->free_ids++] = p->id;
}

static struct place *add(struct place_index *idx, struct node *n)
{
	if (!place_adopt(idx, &n->place))
		return NULL;
	n->next = idx->bucket[n->hash % BUCKETS];
	idx->bucket[n->hash % BUCKETS] = n;
	return &n->place;
}

static uint8_t slot_of(const struct place_index *idx, const struct place *p)
{
	const struct family *f = family_by_nfproto(p->nfproto);

	if (!idx->map || p->hook >= NF_INET_NUMHOOKS)
		return SLOT_NONE;
	return path_map_slot(idx->map, family_index(f), p->hook, p->order);
}

static struct node *look_up(struct place_index *idx, uint8_t nfproto,
			    uint64_t hash, const char *prefix, size_t len)
{
	const struct family *f = family_by_nfproto(nfproto);
	const struct snapshot *s = f ? idx->snap[family_index(f)] : NULL;
	struct prefix parts;
	struct node *n;

	if (!s || !prefix_split(prefix, len, &parts))
		return NULL;
	n = calloc(1, sizeof(*n));
	if (!n)
		return NULL;
	n->hash = hash;
	n->place.prefix = n->texts.prefix = strndup(prefix, len);
	n->place.prefix_len = (uint32_t)len;
	if (n->place.prefix && fill(idx, &n->place, s, &parts) &&
	    place_build_line(&n->place, &n->texts) && add(idx, n)) {
		n->place.slot = slot_of(idx, &n->place);
		if (forgers_write(&idx->forgers[family_index(f)], prefix, len))
			n->place.doubt = TEXT_DOUBT_FORGED;
		return n;
	}
	node_free(n);
	return NULL;
}

static bool is_named(const struct node *n, uint8_t nfproto, const char *prefix,
		     size_t len)
{
	return n->place.snap && n->place.prefix_len == len &&
	       n->place.nfproto == nfproto &&
	       memcmp(n->place.prefix, prefix, len) == 0;
}

static struct node *find(struct place_index *idx, uint8_t nfproto,
			 const char *prefix, size_t len)
{
	uint64_t hash = prefix_hash(nfproto, prefix, len);

	for (struct node *n = idx->bucket[hash % BUCKETS]; n; n = n->next)
		if (n->hash == hash && is_named(n, nfproto, prefix, len))
			return n;
	return look_up(idx, nfproto, hash, prefix, len);
}

/* Most packets take the way of the one before. */
const struct place *place_find(struct place_index *idx, uint8_t nfproto,
			       const char *prefix, size_t len)
{
	struct node *last = idx->last, *n = last ? last->then : NULL;

	len = prefix_trim(prefix, len);
	if (!n || !is_named(n, nfproto, prefix, len)) {
		n = find(idx, nfproto, prefix, len);
		if (!n)
			return NULL;
		if (last)
			last->then = n;
	}
	idx->last = n;
	return &n->place;
}

/* Terminated, but a NUL inside is a byte as any other. */
static char *copy_bytes(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

static bool is_restored(const struct place *p, const struct place_known *k)
{
	return !p->snap && p->nfproto == k->nfproto &&
	       p->own_before == k->own_before && p->doubt == k->doubt &&
	       p->queue == k->queue &&
	       k->handle == (p->counted ? p->handle : 0) &&
	       k->position == (p->counted ? 0 : p->position) &&
	       p->prefix_len == k->prefix_len && p->rule_len == k->rule_len &&
	       memcmp(p->prefix, k->prefix, k->prefix_len) == 0 &&
	       memcmp(p->rule, k->rule, k->rule_len) == 0;
}

static const struct place *make_restored(struct place_index *idx,
					 struct node *n)
{
	struct place *p = &n->place;

	if (p->prefix && p->rule &&
	    place_describe_restored(p, &idx->names) &&
	    place_build_line(p, &n->texts) && add(idx, n))
		return p;
	node_free(n);
	return NULL;
}

const struct place *place_restore(struct place_index *idx,
				  const struct place_known *k)
{
	uint64_t hash = prefix_hash(k->nfproto, k->prefix, k->prefix_len) +
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
	n->place.handle = k->handle;
	n->place.position = k->position;
	n->place.prefix = n->texts.prefix = copy_bytes(k->prefix, k->prefix_len);
	n->place.prefix_len = (uint32_t)k->prefix_len;
	n->place.rule = n->texts.rule = copy_bytes(k->rule, k->rule_len);
	n->place.rule_len = (uint32_t)k->rule_len;
	return make_restored(idx, n);
}

uint32_t place_count(const struct place_index *idx)
{
	return idx->count;
}

/* Behind one of its words; 0 as the kernel takes it where none is. */
static const char *find_queue(const struct place *at)
{
	static const char *const words[] = { "--queue-num ",
					     "--queue-balance " };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *found = memmem(at->rule, at->rule_len, words[i],
					   strlen(words[i]));

		if (found)
			return found + strlen(words[i]);
	}
	return "0";
}

unsigned int place_queue(const struct place *at, unsigned int *last)
{
	unsigned int first = at->queue;
	char *end = NULL;

	if (at->backend != EVENT_NFT)
		first = (unsigned int)strtoul(find_queue(at), &end, 10);
	if (last)
		*last = end && *end == ':' ?
			(unsigned int)strtoul(end + 1, NULL, 10) : first;
	return first;
}
