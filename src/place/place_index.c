// SPDX-License-Identifier: GPL-2.0-or-later
/* place_index: the inside of the index of places, and the places' ids. */
#include "place/place_index.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdlib.h>

#include "capture/event.h"
#include "place/table_order.h"

bool place_has_only_steps(const struct place *p)
{
	bool start = p->order == T_RAW && (p->hook == NF_INET_PRE_ROUTING ||
					   p->hook == NF_INET_LOCAL_OUT);

	return p->backend == EVENT_LEGACY && !start && !p->own && !p->hidden &&
	       p->order != T_DNAT && !(p->mangles & MANGLE_CLONE);
}

bool place_adopt(struct place_index *idx, struct place *p)
{
	if (!idx->free_ids && idx->count == UINT32_MAX)
		return false;
	p->id = idx->free_ids ? idx->free_id[--idx->free_ids] : idx->count++;
	p->only_steps = place_has_only_steps(p);
	return true;
}

void place_on_release(struct place_index *idx,
		      void (*fn)(void *arg, uint32_t id), void *arg)
{
	idx->on_release = fn;
	idx->release_arg = arg;
}

/* Without memory its id is nobody's. */
void place_release(struct place_index *idx, const struct place *p)
{
	uint32_t room = idx->free_room ? idx->free_room * 2 : 256, *more;

	if (idx->on_release)
		idx->on_release(idx->release_arg, p->id);
	if (idx->free_ids == idx->free_room) {
		more = realloc(idx->free_id, room * sizeof(*more));
		if (!more)
			return;
		idx->free_id = more;
		idx->free_room = room;
	}
	idx->free_id[idx->free_ids++] = p->id;
}

uint32_t place_count(const struct place_index *idx)
{
	return idx->count;
}
