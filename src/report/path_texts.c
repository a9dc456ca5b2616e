// SPDX-License-Identifier: GPL-2.0-or-later
/* path_texts: what is written of all packets that met the same rules, made once. */
#include "report/path_texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/outbuf.h"
#include "journey/journey_types.h"
#include "journey/map_verdict.h"
#include "rules/base/hash.h"

enum {
	TEXTS = 256,		/* that are kept; a later one takes the place of another */
	STEPS_MOST = 128,	/* of a path that is remembered */
	TEXT_MOST = 4096,	/* bytes of a text */
};

struct step_met {
	const struct place *place;
	uint8_t branch;
};

struct path_text {
	uint64_t hash;
	const struct place *by, *also;
	enum path_form form;
	unsigned int branch;
	uint32_t steps;
	size_t len;
	char *text;		/* behind .step */
	struct step_met step[];
};

struct path_texts {
	struct path_text *at[TEXTS];
	struct path_key asked;	/* .j NULL: nothing that could be kept */
	uint64_t hash;		/* of .asked */
};

struct path_texts *path_texts_open(void)
{
	return calloc(1, sizeof(struct path_texts));
}

void path_texts_forget(struct path_texts *ts)
{
	for (unsigned int i = 0; ts && i < TEXTS; i++) {
		free(ts->at[i]);
		ts->at[i] = NULL;
	}
}

void path_texts_close(struct path_texts *ts)
{
	path_texts_forget(ts);
	free(ts);
}

static uint64_t hash_of_path(const struct path_key *key)
{
	const struct step *s = key->j->step, *end = s + journey_kept(key->j);
	uint64_t h = hash_mix((uintptr_t)key->by, (uintptr_t)key->also);

	for (; s < end; s++)
		h = (h ^ (uintptr_t)s->place ^ s->branch) *
		    UINT64_C(0x9e3779b97f4a7c15);
	return hash_mix(h, key->branch << 2 | key->form);
}

static bool is_path_of(const struct path_text *t, uint64_t hash,
		       const struct path_key *key)
{
	const struct step *s = key->j->step;

	if (t->hash != hash || t->by != key->by || t->also != key->also ||
	    t->branch != key->branch || t->form != key->form ||
	    t->steps != journey_kept(key->j))
		return false;
	for (const struct step_met *m = t->step, *end = m + t->steps; m < end;
	     m++, s++)
		if (m->place != s->place || m->branch != s->branch)
			return false;
	return true;
}

/* What an element of a verdict map says is not of all packets that met its rule. */
static bool has_remarks(const struct journey *j)
{
	for (uint32_t i = 0; i < j->verdicts; i++)
		if (j->verdict[i].comment)
			return true;
	return false;
}

/* Of a recording more may be told than its events tell. */
static bool can_be_kept(const struct path_key *key)
{
	const struct journey *j = key->j;

	return !j->omitted && j->steps <= STEPS_MOST &&
	       !j->fate[key->branch].told && !has_remarks(j);
}

bool path_texts_put(struct path_texts *ts, struct outbuf *o,
		    const struct path_key *key)
{
	const struct path_text *t;

	if (!ts)
		return false;
	ts->asked.j = NULL;
	if (!can_be_kept(key))
		return false;
	ts->asked = *key;
	ts->hash = hash_of_path(key);
	t = ts->at[ts->hash % TEXTS];
	if (!t || !is_path_of(t, ts->hash, key))
		return false;
	outbuf_bytes(o, t->text, t->len);
	return true;
}

static struct path_text *make_path_text(const struct path_texts *ts, const char *text,
					size_t len)
{
	const struct path_key *key = &ts->asked;
	uint32_t steps = key->j->steps;
	struct path_text *t = malloc(sizeof(*t) + steps * sizeof(t->step[0]) + len);

	if (!t)
		return NULL;
	t->hash = ts->hash;
	t->by = key->by;
	t->also = key->also;
	t->branch = key->branch;
	t->form = key->form;
	t->steps = steps;
	for (uint32_t i = 0; i < steps; i++)
		t->step[i] = (struct step_met){ key->j->step[i].place,
						key->j->step[i].branch };
	t->len = len;
	t->text = (char *)&t->step[steps];
	memcpy(t->text, text, len);
	return t;
}

void path_texts_keep(struct path_texts *ts, const struct outbuf *o, size_t at)
{
	size_t len = outbuf_written(o) - at;
	struct path_text **to;

	if (!ts || !ts->asked.j || o->overflow || len > TEXT_MOST)
		return;
	to = &ts->at[ts->hash % TEXTS];
	free(*to);
	*to = make_path_text(ts, o->buf + o->mark + at, len);
	ts->asked.j = NULL;
}
