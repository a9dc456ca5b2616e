// SPDX-License-Identifier: GPL-2.0-or-later
/* address: which addresses this host has. */
#include "host/address.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "host/dump.h"

struct count {
	struct address_count *n;
	uint32_t index;
};

static int on_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct count *c = arg;

	c->n->global += ifa->ifa_scope == RT_SCOPE_UNIVERSE;
	c->n->here += ifa->ifa_index == c->index &&
		      !(ifa->ifa_flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
	return MNL_CB_OK;
}

int address_count(bool six, uint32_t index, struct address_count *n)
{
	struct ifaddrmsg ask = { .ifa_family = six ? AF_INET6 : AF_INET };
	struct count c = { n, index };

	memset(n, 0, sizeof(*n));
	return dump_ask(NETLINK_ROUTE, RTM_GETADDR, NLM_F_DUMP, &ask,
			sizeof(ask), on_address, &c);
}
