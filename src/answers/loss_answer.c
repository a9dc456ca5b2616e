// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_answer: the supervisor explains why packets went missing. */
#include "answers/loss_answer.h"

#include <inttypes.h>
#include <string.h>

#include "answers/loss_cause.h"
#include "base/msg.h"
#include "protocol/losses.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"

enum { AGAIN_MS = 500 };	/* the host is not asked the same more often */

static void find_answer(const struct loss *l, struct loss_known *k)
{
	struct cause_question q;

	memcpy(&q, &l->q, sizeof(q));
	/* The copy is what is answered, whatever the reader does. */
	atomic_signal_fence(memory_order_seq_cst);
	k->about = q.about;
	k->asked_ns = clock_monotonic_ns();
	k->finding = loss_cause_find(&q, k->text);
}

void losses_answer(const struct losses *ls, struct loss_known *known,
		   struct loss_answer *answer)
{
	for (unsigned int i = 0; i < LOSS_SLOTS; i++) {
		const struct loss *l = &ls->loss[i];
		struct loss_known *k = &known[i];
		uint32_t asked = losses_asked(l);

		if (k->answered == asked)
			continue;
		if (i == LOSS_ONCE || !k->answered || clock_monotonic_ns() - k->asked_ns >=
				    AGAIN_MS * NS_PER_MS)
			find_answer(l, k);
		k->answered = asked;
		answer[i].finding = k->finding;
		memcpy(answer[i].text, k->text, sizeof(answer[i].text));
		atomic_store_explicit(&answer[i].answered, asked,
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

/* What they are said to be in the summary; NULL: the fates tell. */
static const char *word_for(const struct loss_known *k)
{
	switch (k->finding) {
	case FINDING_LIKELY:
		return k->about == ABOUT_QUEUE ? "queued, likely: "
					       : "lost, likely: ";
	case FINDING_NOT_OURS:
		return "";
	case FINDING_DROPPED:
		return "dropped, likely: ";
	default:
		return NULL;
	}
}

void losses_say(const struct losses *ls, const struct loss_known *known)
{
	for (unsigned int i = 0; i < LOSSES; i++) {
		const struct loss_known *k = &known[i];
		uint64_t packets;
		bool first;

		if (!k->answered || !k->text[0] || !word_for(k))
			continue;
		packets = with_same_text(ls, known, i, &first);
		if (first && packets)
			msg("  %" PRIu64 " %s%s", packets, word_for(k), k->text);
	}
	if (ls->others)
		msg("  %" PRIu64 " more were not looked into", ls->others);
}
