// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_answer: the supervisor explains why packets went missing. */
#include "supervisor/loss_answer.h"

#include <inttypes.h>
#include <string.h>

#include "base/msg.h"
#include "protocol/losses.h"
#include "supervisor/loss_cause.h"

void losses_answer(const struct losses *ls, struct loss_known *known,
		   struct loss_answer *answer)
{
	for (unsigned int i = 0; i < LOSSES; i++) {
		const struct loss *l = &ls->loss[i];
		struct loss_known *k = &known[i];
		struct cause_question q;

		/* Once: what is asked again is asked by a reader gone wrong. */
		if (k->answered || !losses_asked(l))
			continue;
		memcpy(&q, &l->q, sizeof(q));
		/* The copy is what is answered, whatever the reader does. */
		atomic_signal_fence(memory_order_seq_cst);
		k->queued = q.queued;
		k->answered = true;
		loss_cause_find(&q, k->text);
		memcpy(answer[i].text, k->text, sizeof(answer[i].text));
		atomic_store_explicit(&answer[i].answered, true,
				      memory_order_release);
	}
}

/* Different packets may have one cause. */
static uint64_t with_same_text(const struct losses *ls,
			       const struct loss_known *known, unsigned int i,
			       bool *first)
{
	uint64_t packets = 0;

	*first = true;
	for (unsigned int k = 0; k < LOSSES; k++) {
		if (!known[k].answered ||
		    strcmp(known[k].text, known[i].text) != 0)
			continue;
		packets += ls->loss[k].packets;
		if (k < i)
			*first = false;
	}
	return packets;
}

void losses_say(const struct losses *ls, const struct loss_known *known)
{
	for (unsigned int i = 0; i < LOSSES; i++) {
		const struct loss_known *k = &known[i];
		uint64_t packets;
		bool first;

		if (!k->answered || !k->text[0])
			continue;
		packets = with_same_text(ls, known, i, &first);
		if (first && packets)
			msg("  %" PRIu64 " %s, likely because %s", packets,
			    k->queued ? "queued" : "lost", k->text);
	}
	if (ls->others)
		msg("  %" PRIu64 " more were not looked into", ls->others);
}
