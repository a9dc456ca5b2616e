// SPDX-License-Identifier: GPL-2.0-or-later
/* fate_finding: a question to the supervisor, and what its answer makes of a fate. */
#include "reader/fate_finding.h"

#include "journey/drop_meaning.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "journey/path_fate.h"
#include "place/place.h"
#include "protocol/bulletin.h"
#include "protocol/losses.h"
#include "protocol/stats.h"
#include "reader/loss_ask.h"
#include "reader/reader_control.h"
#include "reader/reader_state.h"

/* Each changes the fate of branch @b by what an answer says. */

static void it_is_likely(struct reader_state *s, struct journey *j,
			 unsigned int b, const char *text)
{
	struct fate *f = &j->fate[b];

	(void)s;
	/* A setting that contradicts the record is not why. */
	if (f->drop && !drop_meaning_is_cause(f->drop, text))
		return;
	if (f->kind == FATE_LOST || f->kind == FATE_QUEUE)
		f->cause = text;
}

void fate_finding_dropped(struct reader_state *s, struct journey *j,
			  unsigned int b, const char *text)
{
	struct fate *f = &j->fate[b];

	(void)s;
	f->kind = FATE_DROP;
	f->by = j->path[b].last;
	f->out = 0;
	f->cause = text;
}

/* Where it was seen behind the queue its fate is known. */
static void it_went_on(struct reader_state *s, struct journey *j,
		       unsigned int b, const char *text)
{
	struct fate *f = &j->fate[b];

	if (f->drop)
		return;
	if (f->kind == FATE_QUEUE)
		journey_goes_on(j, b, &s->map);
	if (f->kind != FATE_LOST && !f->cause)
		f->cause = text;
}

/* Whoever listens may have let it go on, where nobody would have seen it. */
static void it_was_held(struct reader_state *s, struct journey *j,
			unsigned int b, const char *text)
{
	struct fate *f = &j->fate[b];

	if (f->kind != FATE_QUEUE || f->drop)
		return;
	f->cause = text;
	if (path_would_show(&s->map, &j->path[b]))
		return;
	f->kind = FATE_UNKNOWN;
	f->by = NULL;
}

static void it_went_to_ipvs(struct reader_state *s, struct journey *j,
			    unsigned int b, const char *text)
{
	(void)s;
	j->fate[b].kind = FATE_STOLEN;
	j->fate[b].cause = text;
}

static void it_is_unconfirmed(struct reader_state *s, struct journey *j,
			      unsigned int b, const char *text)
{
	(void)s;
	j->fate[b].kind = FATE_UNKNOWN;
	j->fate[b].cause = text;
}

static void (*const on_finding[FINDING_COUNT])(struct reader_state *s,
					       struct journey *j,
					       unsigned int b,
					       const char *text) = {
	[FINDING_LIKELY] = it_is_likely, [FINDING_NOT_OURS] = it_is_likely,
	[FINDING_DROPPED] = fate_finding_dropped, [FINDING_GOES_ON] = it_went_on,
	[FINDING_HELD] = it_was_held, [FINDING_IPVS] = it_went_to_ipvs,
	[FINDING_UNCONFIRMED] = it_is_unconfirmed,
};

/* A question and where its answer will be. */
struct loss_asked {
	const struct loss *loss;
	const struct loss_answer *answer;
};

static bool is_finding_answered(const struct reader_state *s, const void *arg)
{
	const struct loss_asked *q = arg;

	(void)s;
	return losses_answered(q->answer, q->loss);
}

/* Return: the finding; FINDING_COUNT: there is no answer, or not yet. */
uint8_t fate_finding_take(struct reader_state *s, struct journey *j,
			  unsigned int b, int i, bool fresh)
{
	struct loss_asked at = { &s->stats->losses.loss[i], &s->bulletin->loss[i] };
	uint8_t finding;

	if (fresh)
		reader_ask(s, READER_LOST, is_finding_answered, &at, 1);
	if (!losses_answered(at.answer, at.loss))
		return FINDING_COUNT;
	finding = at.answer->finding;
	if (finding < FINDING_COUNT && on_finding[finding])
		on_finding[finding](s, j, b, at.answer->text);
	return finding;
}
