// SPDX-License-Identifier: GPL-2.0-or-later
/* kept: a journey that outlives whoever has read it. */
#include "diff/kept.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "journey/near_miss.h"

/* Gone through twice: .at is NULL while it is counted how much is needed. */
struct block {
	char *at;
	size_t used;
};

static void *keep_text(struct block *b, const void *from, size_t size)
{
	const size_t step = _Alignof(max_align_t);
	void *to = b->at ? b->at + b->used : NULL;

	b->used += (size + step - 1) / step * step;
	if (to && size)
		memcpy(to, from, size);
	return to;
}

static const char *take_text(struct block *b, const char *text)
{
	return text ? keep_text(b, text, strlen(text) + 1) : NULL;
}

static void take_verdicts(struct block *b, struct journey *to,
			  const struct journey *j)
{
	struct map_verdict *list = keep_text(b, j->verdict,
					     j->verdicts * sizeof(*list));

	for (uint32_t i = 0; i < j->verdicts; i++) {
		const struct map_verdict *from = &j->verdict[i];
		struct map_verdict v = {
			from->step, take_text(b, from->verdict),
			take_text(b, from->key), take_text(b, from->comment),
		};

		if (list)
			list[i] = v;
	}
	to->verdict = list;
}

static const struct fate_grounds *take_told(struct block *b,
					    const struct fate_grounds *from)
{
	struct fate_grounds *told = keep_text(b, from, sizeof(*told));
	const struct fate_owner *owner = !from->owner ? NULL :
		keep_text(b, from->owner, sizeof(*owner));

	if (told)
		told->owner = owner;
	return told;
}

static void take_fates(struct block *b, struct journey *to,
		       const struct journey *j)
{
	struct fate *fate = keep_text(b, j->fate, j->branches * sizeof(*fate));

	for (unsigned int i = 0; i < j->branches; i++) {
		struct fate f = j->fate[i];

		f.cause = take_text(b, f.cause);
		f.drop = f.drop ? keep_text(b, f.drop, sizeof(*f.drop)) : NULL;
		f.told = f.told ? take_told(b, f.told) : NULL;
		f.near = f.near ? keep_text(b, f.near, sizeof(*f.near)) : NULL;
		if (fate)
			fate[i] = f;
	}
	to->fate = fate;
}

static void take_packet(struct block *b, struct packet *to,
			const struct packet *p)
{
	uint8_t *bytes = keep_text(b, p->data, p->caplen);

	if (bytes)
		packet_keep(to, bytes, p->caplen, p);
}

static void copy(struct block *b, struct journey *to, const struct journey *j)
{
	to->links = (struct journey_links){ NULL };
	to->tie = NULL;
	to->ties = 0;
	to->bytes = (struct journey_bytes){ NULL };
	to->step = keep_text(b, j->step, journey_kept(j) * sizeof(*j->step));
	to->change = keep_text(b, j->change, j->changes * sizeof(*j->change));
	to->path = keep_text(b, j->path, j->branches * sizeof(*j->path));
	to->way.text = take_text(b, j->way.text);
	take_verdicts(b, to, j);
	take_fates(b, to, j);
	take_packet(b, &to->first, &j->first);
	take_packet(b, &to->last, &j->last);
}

struct journey *kept_journey(const struct journey *j)
{
	struct block b = { NULL, 0 };
	struct journey counted = *j, *to;

	keep_text(&b, j, sizeof(*j));
	copy(&b, &counted, j);
	b = (struct block){ malloc(b.used), 0 };
	to = b.at ? keep_text(&b, j, sizeof(*j)) : NULL;
	if (to)
		copy(&b, to, j);
	return to;
}
