// SPDX-License-Identifier: GPL-2.0-or-later
/* seen_lines: lines of a log that it holds a second time, as several files of one have them. */
#include "replay/seen_lines.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "replay/trace_line.h"
#include "rules/base/hash.h"

enum {
	/* What is looked for may cost so many steps a line: times in no order at all cost more. */
	STEPS = 192,
	STEPS_AT_ONCE = 8,	/* hashes that are compared in one */
	FREE_STEPS = 1 << 20,
};

void seen_lines_clear(struct seen_lines *s)
{
	for (uint32_t i = 0; i < s->chunks; i++)
		free(s->chunk[i]);
	/* What was used of it: the rest is as it was made. */
	memset(s->chunk, 0, s->chunks * sizeof(s->chunk[0]));
	memset(&s->chunks, 0, offsetof(struct seen_lines, last) -
	       offsetof(struct seen_lines, chunks));
}

static bool chunk_has(const struct seen_chunk *c, uint32_t hash)
{
	for (uint32_t i = 0; i < c->count; i++)
		if (c->line[i] == hash)
			return true;
	return false;
}

/* What is there twice mostly goes on behind the last such line. */
static bool find(struct seen_lines *s, uint64_t ns, uint32_t hash)
{
	uint32_t at = s->cursor;

	for (uint32_t i = 0; i < s->chunks; i++, at++) {
		const struct seen_chunk *c;

		if (at == s->chunks)
			at = 0;
		c = s->chunk[at];
		s->spent++;
		if (ns < c->from_ns || ns > c->to_ns)
			continue;
		s->spent += c->count / STEPS_AT_ONCE;
		if (!chunk_has(c, hash))
			continue;
		s->cursor = at;
		return true;
	}
	return false;
}

static struct seen_chunk *room_for_one(struct seen_lines *s)
{
	struct seen_chunk *c = s->chunks ? s->chunk[s->chunks - 1] : NULL;

	if (c && c->count < SEEN_LINES_CHUNK)
		return c;
	if (s->chunks == SEEN_LINES_CHUNKS)
		return NULL;
	c = malloc(sizeof(*c));
	if (!c)
		return NULL;
	c->from_ns = UINT64_MAX;
	c->to_ns = c->count = 0;
	s->chunk[s->chunks++] = c;
	return c;
}

static void remember(struct seen_lines *s, uint64_t ns, uint32_t hash)
{
	struct seen_chunk *c = room_for_one(s);

	if (!c)
		return;
	c->line[c->count++] = hash;
	if (ns < c->from_ns)
		c->from_ns = ns;
	if (ns > c->to_ns)
		c->to_ns = ns;
}

/* Further up; times that go on were not there before. */
static bool is_above(struct seen_lines *s, uint64_t ns, uint32_t hash)
{
	s->lines++;
	if (ns < s->newest_ns)
		s->behind = true;
	if (s->behind && s->spent < FREE_STEPS + STEPS * s->lines &&
	    find(s, ns, hash))
		return true;
	if (ns > s->newest_ns) {
		s->newest_ns = ns;
		s->behind = false;
	}
	remember(s, ns, hash);
	return false;
}

/* With a time that no second one has. */
static bool is_last(struct seen_lines *s, const struct trace_text *t,
		    struct strview line)
{
	if (line.len == s->last_len && memcmp(line.at, s->last, line.len) == 0 &&
	    (t->boot_ns || t->exact))
		return true;
	s->last_len = line.len <= sizeof(s->last) ? line.len : 0;
	memcpy(s->last, line.at, s->last_len);
	return false;
}

bool seen_lines_again(struct seen_lines *s, const struct trace_text *t,
		      struct strview line)
{
	const struct event *e = &t->e;
	uint64_t ns = t->boot_ns ? t->boot_ns : t->wall_ns, hash = ns;

	if (is_last(s, t, line))
		return true;
	if (!ns)
		return false;
	hash = hash_bytes(hash, e->prefix, e->prefix_len);
	hash = hash_bytes(hash, e->payload, e->payload_len);
	hash = hash_name(hash, t->out.at, t->out.len);
	hash = hash_name(hash, t->phys_out.at, t->phys_out.len);
	/* Among the thousand lines of that time 32 bits of it tell them apart. */
	return is_above(s, ns, (uint32_t)(hash >> 32));
}
