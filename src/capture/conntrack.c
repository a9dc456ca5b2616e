// SPDX-License-Identifier: GPL-2.0-or-later
/* conntrack: what the kernel says of the connection that a packet is of. */
#include "capture/conntrack.h"

#include <string.h>
#include <strings.h>

#include <linux/netfilter/nf_conntrack_common.h>

/* Of a packet that conntrack was told to leave alone (enum ip_conntrack_info, in the kernel only). */
enum { UNTRACKED_INFO = 7 };

const char *conntrack_state_word(unsigned int state)
{
	static const char *const words[CONNTRACK_STATES] = {
		[CONNTRACK_UNTOLD] = "",
		[CONNTRACK_NEW] = "NEW",
		[CONNTRACK_ESTABLISHED] = "ESTABLISHED",
		[CONNTRACK_RELATED] = "RELATED",
		[CONNTRACK_INVALID] = "INVALID",
		[CONNTRACK_UNTRACKED] = "UNTRACKED",
	};

	return state < CONNTRACK_STATES ? words[state] : "";
}

enum conntrack_state conntrack_state_find(const char *word, size_t len)
{
	for (unsigned int i = 1; i < CONNTRACK_STATES; i++)
		if (strlen(conntrack_state_word(i)) == len &&
		    strncasecmp(conntrack_state_word(i), word, len) == 0)
			return i;
	return CONNTRACK_UNTOLD;
}

void conntrack_by_info(struct conntrack *c, uint32_t info)
{
	static const uint8_t states[] = {
		[IP_CT_ESTABLISHED] = CONNTRACK_ESTABLISHED,
		[IP_CT_RELATED] = CONNTRACK_RELATED,
		[IP_CT_NEW] = CONNTRACK_NEW,
		[IP_CT_ESTABLISHED_REPLY] = CONNTRACK_ESTABLISHED,
		[IP_CT_RELATED_REPLY] = CONNTRACK_RELATED,
	};

	if (info >= sizeof(states))
		return;
	c->state = states[info];
	c->reply = info >= IP_CT_IS_REPLY;
	c->known |= CONNTRACK_DIRECTION;
}

void conntrack_by_nfct(struct conntrack *c, uint8_t low, bool entry,
		       bool active)
{
	if (entry)
		conntrack_by_info(c, low);
	else if (low == UNTRACKED_INFO)
		c->state = CONNTRACK_UNTRACKED;
	else if (low == 0 && active)
		c->state = CONNTRACK_INVALID;
}
