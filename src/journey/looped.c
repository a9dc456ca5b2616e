// SPDX-License-Identifier: GPL-2.0-or-later
/* looped: what this host sends to many and gets itself: of the two that may have been seen once. */
#include "journey/looped.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/event.h"
#include "journey/fate.h"
#include "journey/journey.h"
#include "journey/slots.h"
#include "place/place.h"

static const char likely[] =
	"likely: a copy of it for this host came in, and no chain is where it goes out "
	"itself";

static bool is_looped(const struct journey *j, const struct path_map *map)
{
	const struct path *p = &j->path[0];

	return p->born_local && !p->local && j->branches == 1 &&
	       j->flags & JOURNEY_COPIES && p->out &&
	       p->out != LOOPBACK_IFINDEX && p->look.view.in == p->out &&
	       !map->excerpt && j->first.ttl &&
	       !slots_hook(map, p->last, NF_INET_POST_ROUTING)->must;
}

/* Events before it came in. */
static uint32_t steps_before(const struct journey *j)
{
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].place->hook == NF_INET_PRE_ROUTING ||
		    j->step[i].place->hook == NF_INET_LOCAL_IN)
			return i;
	return journey_kept(j);
}

void looped_add(struct journey *j, const struct path_map *map)
{
	struct path *p = is_looped(j, map) ? journey_add_branch(j) : NULL;

	if (!p)
		return;
	*p = j->path[0];
	memset(&p->drop, 0, sizeof(p->drop));
	p->looped = true;
	p->state = PATH_TABLE_DONE;
	p->hook = NF_INET_LOCAL_OUT;
	p->local = true;
	p->shared = steps_before(j);
}

void looped_fate(const struct path *p, struct fate *fate)
{
	*fate = (struct fate){
		.kind = FATE_SENT, .hook = p->hook, .out = p->out,
		.cause = likely,
	};
}
