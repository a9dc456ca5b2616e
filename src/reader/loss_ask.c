// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_ask: each question once, with the number of its answer. */
#include "reader/loss_ask.h"

#include <string.h>

#include "protocol/losses.h"
#include "rules/base/units.h"

enum {
	NARROW_MAX = LOSSES / 2,	/* is_narrow() */
	AGAIN_MS = 1000,
};

/* The count has one writer, the reader: no locked instruction is needed. */
static void count_one(_Atomic uint64_t *count)
{
	uint64_t n = atomic_load_explicit(count, memory_order_relaxed);

	atomic_store_explicit(count, n + 1, memory_order_relaxed);
}

/* Room is left for others: then nothing is said that the destination decides. */
static void close_question(struct cause_question *q)
{
	if (q->dst != CAUSE_DST_OPEN)
		return;
	q->dst = CAUSE_DST_UNKNOWN;
	q->look.src.port = q->look.dst.port = -1;
	memset(q->look.dst.addr, 0, sizeof(q->look.dst.addr));
}

/* Packets of one connection, or to one port, have it for themselves. */
static bool is_narrow(const struct cause_question *q)
{
	return q->dst == CAUSE_DST_OPEN || q->about == ABOUT_INPUT ||
	       q->about == ABOUT_SOCKET;
}

/* Who listens, and which addresses there are, may be another while a run goes on. */
static bool may_change(const struct cause_question *q)
{
	return q->about == ABOUT_QUEUE || q->about == ABOUT_TARGET ||
	       q->about == ABOUT_SOCKET;
}

static void ask_causes(struct loss *l)
{
	atomic_store_explicit(&l->asked, losses_asked(l) + 1,
			      memory_order_release);
}

/* Return: the number of one like it, or of a place for it; LOSSES: there is none. */
static int find_loss(const struct losses *ls, const struct cause_question *q)
{
	int i = 0;

	while (i < LOSSES && losses_asked(&ls->loss[i]) &&
	       memcmp(&ls->loss[i].q, q, sizeof(*q)) != 0)
		i++;
	return i;
}

int losses_find(struct losses *ls, struct loss_times *times,
		struct cause_question *q, uint64_t now_ns, bool *fresh)
{
	int i = find_loss(ls, q);

	if (i >= NARROW_MAX && is_narrow(q) &&
	    (i == LOSSES || !losses_asked(&ls->loss[i]))) {
		close_question(q);
		i = is_narrow(q) ? LOSSES : find_loss(ls, q);
	}
	*fresh = false;
	if (i == LOSSES)
		return -1;
	if (!losses_asked(&ls->loss[i])) {
		ls->loss[i].q = *q;
		*fresh = true;
	} else if (may_change(q)) {
		*fresh = now_ns - times->asked_ns[i] >= AGAIN_MS * NS_PER_MS;
	}
	if (!*fresh)
		return i;
	times->asked_ns[i] = now_ns;
	ask_causes(&ls->loss[i]);
	return i;
}

void losses_once(struct losses *ls, const struct cause_question *q)
{
	ls->loss[LOSS_ONCE].q = *q;
	ask_causes(&ls->loss[LOSS_ONCE]);
}

void losses_count(struct losses *ls, int i)
{
	count_one(i < 0 ? &ls->others : &ls->loss[i].packets);
}
