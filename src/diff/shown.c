// SPDX-License-Identifier: GPL-2.0-or-later
/* shown: a pair of packets and what parted them, as far as the forms may see it. */
#include "diff/shown.h"

#include <stddef.h>

#include "journey/journey.h"
#include "mask/mask_journey.h"
#include "place/place_types.h"

const struct place *shown_place(const struct place *at, struct masker *masker)
{
	return at && masker ? masker_place(masker, at) : at;
}

const struct journey *shown_packet(struct report_env *own,
				   const struct journey *j,
				   const struct report_env *env,
				   struct masker *masker)
{
	*own = *env;
	if (!masker)
		return j;
	j = masker_journey(masker, j);
	own->names = masker_names(masker);
	return j;
}

/* The masker knows what a packet nearly met: so what it lacked goes there. */
static const struct journey *mask_pair_side(struct shown *s, unsigned int i,
					    const struct journey *j,
					    const struct report_env *env,
					    struct masker *masker)
{
	struct fate fate[JOURNEY_BRANCHES];
	struct journey with = *j;

	s->lack[i] = &s->p->lack[i];
	if (!masker)
		return shown_packet(&s->env[i], j, env, NULL);
	for (unsigned int b = 0; b < j->branches; b++)
		fate[b] = j->fate[b];
	fate[0].near = s->lack[i];
	with.fate = fate;
	j = shown_packet(&s->env[i], &with, env, masker);
	s->lack[i] = j ? j->fate[0].near : NULL;
	return s->lack[i] ? j : NULL;
}

static const struct place *last_before(const struct journey *j, uint32_t at)
{
	while (at-- > 0)
		if (!j->step[at].branch && !j->step[at].place->hidden)
			return j->step[at].place;
	return NULL;
}

bool shown_pair(struct shown *s, const struct parting *p, unsigned int rung,
		const struct journey *const j[PAIR_SIDES],
		const struct report_env *env,
		struct masker *const masker[PAIR_SIDES])
{
	bool ok = true;

	s->p = p;
	s->rung = (uint8_t)rung;
	for (unsigned int i = 0; i < PAIR_SIDES; i++) {
		s->j[i] = mask_pair_side(s, i, j[i], env, masker[i]);
		s->next[i] = shown_place(p->next[i], masker[i]);
		ok = ok && s->j[i] && !s->next[i] == !p->next[i];
	}
	if (!ok)
		return false;
	s->rule = p->rule ? s->next[p->met] : NULL;
	s->instead = shown_place(p->instead, masker[!p->met]);
	s->last = last_before(s->j[0], p->at[0]);
	return true;
}
