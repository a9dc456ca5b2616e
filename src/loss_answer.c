// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_answer: the supervisor explains why packets went missing. */
#include "loss_answer.h"

#include <inttypes.h>
#include <string.h>

#include "cause.h"
#include "losses.h"
#include "safe.h"
#include "say.h"

void losses_answer(struct losses *ls)
{
	for (unsigned int i = 0; i < LOSSES; i++) {
		struct loss *l = &ls->loss[i];
		struct cause_question q;

		if (losses_state(l) != LOSS_ASKED)
			continue;
		q = l->q;
		cause_find(&q, l->text);
		losses_set_state(l, LOSS_ANSWERED);
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

		if (losses_state(l) != LOSS_ANSWERED ||
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

		if (losses_state(l) != LOSS_ANSWERED || !l->text[0])
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
