// SPDX-License-Identifier: GPL-2.0-or-later
/* builder: a snapshot of nft under construction; in its helper child only. */
#include "rules/nft/builder.h"

#include <string.h>

/* So much of the heap at a time is made ready to be written. */
enum { HEAP_STEP = 128 << 10 };

static void make_ready(struct nft_maker *m, uint64_t here, size_t len)
{
	size_t step = len > HEAP_STEP ? len : HEAP_STEP;

	if (step > m->heap_end - here)
		step = m->heap_end - here;
	helper_populate(m->base + m->s->heap_at + here, step);
	m->heap_ready = here + step;
}

uint32_t nft_make_text(struct nft_maker *m, const char *bytes, size_t len)
{
	struct nft_snapshot *s = m->s;
	uint64_t here = s->heap_size;

	/* A NUL behind each, for what is used as a string. */
	if (here + len + 1 > m->heap_end || here + len + 1 > UINT32_MAX) {
		m->failed = true;
		return 0;
	}
	if (here + len + 1 > m->heap_ready)
		make_ready(m, here, len + 1);
	memcpy(m->base + s->heap_at + here, bytes, len);
	s->heap_size += len + 1;
	return (uint32_t)here;
}
