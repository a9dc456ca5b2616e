// SPDX-License-Identifier: GPL-2.0-or-later
/* witness: the chains of a run's own nft table that see what leaves a hook, by their names. */
#include "rules/base/witness.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

static const char *const chains[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = "left_prerouting",
	[NF_INET_LOCAL_IN] = "left_input",
	[NF_INET_FORWARD] = "left_forward",
	[NF_INET_LOCAL_OUT] = "left_output",
	[NF_INET_POST_ROUTING] = "left_postrouting",
};

const char *witness_chain(unsigned int hook)
{
	return chains[hook];
}

unsigned int witness_hook(const char *name, size_t len)
{
	unsigned int hook = 0;

	while (hook < NF_INET_NUMHOOKS &&
	       (strlen(chains[hook]) != len ||
		memcmp(chains[hook], name, len) != 0))
		hook++;
	return hook;
}
