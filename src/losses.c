// SPDX-License-Identifier: GPL-2.0-or-later
/* losses: packets that went missing: the reader asks, the supervisor answers. */
#include "losses.h"

#include <inttypes.h>
#include <string.h>

#include "journey.h"
#include "place.h"
#include "report.h"
#include "safe.h"
#include "say.h"

enum { SMALL = 1280 };		/* no link refuses a packet of this length */

static uint32_t state_of(const struct loss *l)
{
	return __atomic_load_n(&l->state, __ATOMIC_ACQUIRE);
}

static void set_state(struct loss *l, uint32_t state)
{
	__atomic_store_n(&l->state, state, __ATOMIC_RELEASE);
}

/* Alike are packets whose difference cannot matter to the answer. */
static void fill(struct cause_question *q, const struct journey *j,
		 unsigned int b)
{
	const struct path *p = &j->path[b];

	memset(q, 0, sizeof(*q));
	q->look = p->look;
	q->look.src.port = q->look.dst.port = -1;
	q->look.mss = 0;
	q->look.ttl = q->look.ttl > 1 ? 64 : q->look.ttl;
	q->look.length = q->look.length > SMALL ? q->look.length : SMALL;
	q->nfproto = j->nfproto;
	q->order = p->order;
	q->whole = j->last.flags & PACKET_DONT_FRAGMENT;
	q->queued = j->fate[b].kind == FATE_QUEUE;
	if (!q->queued)
		return;
	/* Then only the queue matters. */
	memset(&q->look, 0, sizeof(q->look));
	q->nfproto = q->order = 0;
	q->whole = false;
	q->queue = report_queue(j->fate[b].by);
}

struct loss *losses_note(struct losses *ls, const struct journey *j,
			 unsigned int b, bool *fresh)
{
	struct cause_question q;

	*fresh = false;
	fill(&q, j, b);
	for (unsigned int i = 0; i < LOSSES; i++) {
		struct loss *l = &ls->loss[i];

		if (state_of(l) == LOSS_FREE) {
			l->q = q;
			*fresh = true;
		}
		if (memcmp(&l->q, &q, sizeof(q)) == 0) {
			l->packets++;
			if (*fresh)
				set_state(l, LOSS_ASKED);
			return l;
		}
	}
	ls->others++;
	return NULL;
}

bool losses_answered(const struct loss *l)
{
	return state_of(l) == LOSS_ANSWERED;
}

const char *losses_cause(const struct loss *l)
{
	return losses_answered(l) && l->text[0] ? l->text : NULL;
}

void losses_answer(struct losses *ls)
{
	for (unsigned int i = 0; i < LOSSES; i++) {
		struct loss *l = &ls->loss[i];
		struct cause_question q;

		if (state_of(l) != LOSS_ASKED)
			continue;
		q = l->q;
		cause_find(&q, l->text);
		set_state(l, LOSS_ANSWERED);
	}
}

/* Different packets may have one cause. */
static uint64_t with_same_text(const struct losses *ls, unsigned int i,
			       const char *text, bool *first)
{
	uint64_t packets = 0;

	*first = true;
	for (unsigned int k = 0; k < LOSSES; k++) {
		const struct loss *l = &ls->loss[k];

		if (state_of(l) != LOSS_ANSWERED ||
		    strncmp(l->text, text, sizeof(l->text)) != 0)
			continue;
		packets += l->packets;
		if (k < i)
			*first = false;
	}
	return packets;
}

void losses_say(const struct losses *ls)
{
	for (unsigned int i = 0; i < LOSSES; i++) {
		const struct loss *l = &ls->loss[i];
		char raw[CAUSE_TEXT], text[4 * CAUSE_TEXT];
		uint64_t packets;
		bool first;

		if (state_of(l) != LOSS_ANSWERED || !l->text[0])
			continue;
		memcpy(raw, l->text, sizeof(raw));
		raw[sizeof(raw) - 1] = '\0';
		packets = with_same_text(ls, i, raw, &first);
		safe_text(text, sizeof(text), raw, strlen(raw));
		if (first)
			say("  %" PRIu64 " %s, likely because %s", packets,
			    l->q.queued ? "queued" : "lost", text);
	}
	if (ls->others)
		say("  %" PRIu64 " more were not looked into", ls->others);
}
