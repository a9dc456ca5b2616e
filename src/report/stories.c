// SPDX-License-Identifier: GPL-2.0-or-later
/* stories: what is written of packets to which the same happened, made once. */
#include "report/stories.h"

#include <stdlib.h>
#include <string.h>

#include "base/outbuf.h"
#include "capture/ifnames.h"
#include "journey/journey_types.h"
#include "report/report.h"
#include "rules/base/hash.h"

enum {
	STORIES = 128,		/* that are kept; a later one takes the place of another */
	STORY_STEPS_MOST = 128,	/* events of one */
	BYTES_MOST = 32768,	/* of one with all */
	BYTES_ALL = 1 << 20,
};

/* Of a branch's end and of its journey, what is written beside events and changes. */
struct facts {
	const struct place *by;
	const char *way;
	const char *cause;	/* NULL, or fate_unheard */
	uint32_t out, lost;
	uint16_t port, flags, ends;
	uint8_t kind, hook, inside, nfproto, way_change, way_shown;
};

/* Steps, changes and text are behind it. */
struct kept {
	uint64_t hash;
	const struct place *by;
	uint32_t steps, changes;
	size_t len, size;
	uint8_t part;
	struct facts facts;
	char bytes[];
};

struct stories {
	struct kept *at[STORIES];
	/* That was told, of each part: most packets fare as the one before. */
	const struct kept *last[STORY_PARTS];
	size_t bytes;		/* of all */
	uint32_t names;		/* ifnames_version(), with which they were written */
};

/* What is over by now says nothing of the packet. */
static const uint16_t FLAGS = (uint16_t)~(JOURNEY_STAMPED | JOURNEY_OVER |
					  JOURNEY_KEPT | JOURNEY_SETTLED);

struct stories *stories_open(void)
{
	return calloc(1, sizeof(struct stories));
}

void stories_forget(struct stories *ss)
{
	if (!ss || !ss->bytes)
		return;
	for (unsigned int i = 0; i < STORIES; i++) {
		free(ss->at[i]);
		ss->at[i] = NULL;
	}
	memset(ss->last, 0, sizeof(ss->last));
	ss->bytes = 0;
}

void stories_close(struct stories *ss)
{
	stories_forget(ss);
	free(ss);
}

/* Both ends are another connection's. */
static bool is_translated(const struct journey *j)
{
	for (unsigned int i = 0; i < j->changes; i++)
		if (j->change[i].field == FIELD_SRC ||
		    j->change[i].field == FIELD_DST)
			return true;
	return false;
}

/*
 * Of what did not go on more is told than its events: why, and by which of its headers.
 * Elements of maps come and go, and a recording may tell more than its events.
 */
static bool is_plain(const struct report_env *env, const struct journey *j)
{
	const struct fate *f = &j->fate[0];

	return (f->kind == FATE_FORWARDED || f->kind == FATE_DELIVERED ||
		f->kind == FATE_SENT) &&
	       (!f->cause || f->cause == fate_unheard) && !f->drop && !f->told && !f->near &&
	       j->branches == 1 &&
	       j->steps && j->steps <= STORY_STEPS_MOST && !j->omitted &&
	       !j->verdicts && !env->verbose && !is_translated(j);
}

static void fill_facts(struct facts *t, const struct journey *j)
{
	const struct fate *f = &j->fate[0];

	memset(t, 0, sizeof(*t));
	t->by = f->by;
	t->way = j->way.text;
	t->cause = f->cause;
	t->out = f->out;
	t->lost = j->lost;
	t->port = f->port;
	t->flags = j->flags & FLAGS;
	t->ends = j->path[0].look.since.ends;
	t->kind = f->kind;
	t->hook = f->hook;
	t->inside = f->inside;
	t->nfproto = j->nfproto;
	t->way_change = j->way.change;
	t->way_shown = j->way.shown;
}

static uint64_t hash_of(const struct journey *j, enum story_part part)
{
	const struct step *s = j->step, *end = s + j->steps;
	uint64_t h = part;

	for (; s < end; s++)
		h = (h ^ (uintptr_t)s->place) * UINT64_C(0x9e3779b97f4a7c15);
	return hash_mix(h, j->steps);
}

static bool is_of(const struct kept *k, enum story_part part,
		  const struct journey *j)
{
	size_t steps = j->steps * sizeof(*j->step);
	size_t changes = j->changes * sizeof(*j->change);
	struct facts facts;

	if (k->part != part || k->steps != j->steps ||
	    k->changes != j->changes ||
	    memcmp(k->bytes, j->step, steps) != 0 ||
	    (changes && memcmp(k->bytes + steps, j->change, changes) != 0))
		return false;
	fill_facts(&facts, j);
	return memcmp(&k->facts, &facts, sizeof(facts)) == 0;
}

struct story stories_tell(const struct report_env *env, struct outbuf *o,
			  const struct journey *j, enum story_part part)
{
	struct stories *ss = env->stories;
	struct story s = { .of = NULL };
	const struct kept *k;

	if (!ss || !is_plain(env, j))
		return s;
	if (ss->names != ifnames_version(env->names)) {
		stories_forget(ss);
		ss->names = ifnames_version(env->names);
	}
	s.of = ss;
	s.part = (uint8_t)part;
	s.at = outbuf_written(o);
	k = ss->last[part];
	if (!k || !is_of(k, part, j)) {
		s.hash = hash_of(j, part);
		k = ss->at[s.hash % STORIES];
		if (!k || k->hash != s.hash || !is_of(k, part, j))
			return s;
		ss->last[part] = k;
	}
	outbuf_bytes(o, k->bytes + k->size - k->len, k->len);
	s.told = true;
	s.by = k->by;
	return s;
}

static struct kept *make_room(struct stories *ss, uint64_t hash, size_t size)
{
	struct kept **at = &ss->at[hash % STORIES], *k;

	memset(ss->last, 0, sizeof(ss->last));
	if (ss->bytes + size > BYTES_ALL)
		stories_forget(ss);
	if (*at)
		ss->bytes -= (*at)->size;
	k = realloc(*at, sizeof(*k) + size);
	if (!k) {
		free(*at);
		*at = NULL;
		return NULL;
	}
	*at = k;
	k->size = size;
	ss->bytes += size;
	return k;
}

void stories_keep(const struct report_env *env, const struct story *s,
		  const struct outbuf *o, const struct journey *j,
		  const struct place *by)
{
	size_t steps = j->steps * sizeof(*j->step);
	size_t changes = j->changes * sizeof(*j->change);
	size_t len = outbuf_written(o) - s->at;
	struct kept *k;

	if (!s->of || o->overflow || steps + changes + len > BYTES_MOST)
		return;
	k = make_room(env->stories, s->hash, steps + changes + len);
	if (!k)
		return;
	k->hash = s->hash;
	k->part = s->part;
	k->by = by;
	k->steps = j->steps;
	k->changes = j->changes;
	k->len = len;
	fill_facts(&k->facts, j);
	memcpy(k->bytes, j->step, steps);
	if (changes)
		memcpy(k->bytes + steps, j->change, changes);
	memcpy(k->bytes + steps + changes, o->buf + o->mark + s->at, len);
}
