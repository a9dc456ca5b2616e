// SPDX-License-Identifier: GPL-2.0-or-later
/* reroute: did rules at OUTPUT make the kernel choose the packet's way once more? */
#include "journey/reroute.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>
#include <string.h>

#include "capture/event.h"
#include "journey/journey_types.h"
#include "place/place_types.h"
#include "place/table_order.h"

enum { ROUTED_BY = MANGLE_MARK | MANGLE_SRC | MANGLE_DST | MANGLE_TOS };

enum reroute {
	REROUTE_NOT,
	REROUTE_MAYBE,	/* and nothing was seen of it since */
	REROUTE_ALIVE,	/* maybe, and the packet was seen at a later chain */
};

/* A text of nft's does not tell a chain's type: iptables-nft's table has that name. */
static bool routes_again(const struct place *base)
{
	if (base->hook != NF_INET_LOCAL_OUT)
		return false;
	if (base->backend == EVENT_LEGACY)
		return base->order == T_MANGLE;
	return base->routes || strcmp(base->table, "mangle") == 0;
}

static enum reroute find_reroute(const struct journey *j, unsigned int branch)
{
	const struct place *base = NULL, *route = NULL;

	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place *at = j->step[i].place;

		if (j->step[i].branch != branch)
			continue;
		if (at->hook < NF_INET_NUMHOOKS)
			base = at;
		if (route && base->chain_index != route->chain_index)
			return REROUTE_ALIVE;
		if (base && routes_again(base) && at->table == base->table &&
		    at->mangles & ROUTED_BY)
			route = base;
	}
	return route ? REROUTE_MAYBE : REROUTE_NOT;
}

void reroute_doubt(const struct journey *j, unsigned int branch,
		   struct fate *fate)
{
	enum reroute found;

	if (fate->kind != FATE_SENT || fate->hook != NF_INET_LOCAL_OUT)
		return;
	found = find_reroute(j, branch);
	if (found == REROUTE_NOT)
		return;
	fate->out = 0;
	if (found == REROUTE_ALIVE)
		return;
	fate->kind = FATE_UNKNOWN;
	fate->cause = "a rule there changed its mark, TOS or addresses, the kernel "
		      "then chose its way again, and no chain behind that sees it";
}
