// SPDX-License-Identifier: GPL-2.0-or-later
/* bridge_port: would a bridge have to send a packet back through the port it came in by? */
#include "host/bridge_port.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "host/dump.h"

/* A row of a table of neighbours, or of a bridge's ports. */
struct search {
	const uint8_t *dst;	/* the address; NULL: .mac is what is looked for */
	uint8_t dst_len;
	uint32_t bridge;
	uint8_t mac[ETH_ALEN];
	uint32_t port;		/* behind which it is */
	bool found;
};

static bool has_bytes(const struct nlattr *attr, const void *bytes, size_t len)
{
	return mnl_attr_get_payload_len(attr) == len &&
	       memcmp(mnl_attr_get_payload(attr), bytes, len) == 0;
}

/* The neighbour's link layer address. */
static int on_neighbour(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *mac = NULL;
	struct search *s = arg;
	bool is_it = false;

	if ((uint32_t)ndm->ndm_ifindex != s->bridge)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ndm)) {
		if (mnl_attr_get_type(attr) == NDA_DST)
			is_it = has_bytes(attr, s->dst, s->dst_len);
		else if (mnl_attr_get_type(attr) == NDA_LLADDR &&
			 mnl_attr_get_payload_len(attr) == ETH_ALEN)
			mac = attr;
	}
	if (is_it && mac) {
		memcpy(s->mac, mnl_attr_get_payload(mac), ETH_ALEN);
		s->found = true;
	}
	return MNL_CB_OK;
}

/* The bridge's port behind which that is. */
static int on_forwarding(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct search *s = arg;

	mnl_attr_for_each(attr, nlh, sizeof(*ndm))
		if (mnl_attr_get_type(attr) == NDA_LLADDR &&
		    has_bytes(attr, s->mac, ETH_ALEN) &&
		    (uint32_t)ndm->ndm_ifindex == s->port)
			s->found = true;
	return MNL_CB_OK;
}

/* Where no frame may go out of the port by which it came in. */
static int on_port(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *a;
	struct search *s = arg;

	if ((uint32_t)ifi->ifi_index != s->port)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		if (mnl_attr_get_type(attr) != IFLA_PROTINFO)
			continue;
		mnl_attr_for_each_nested(a, attr)
			if (mnl_attr_get_type(a) == IFLA_BRPORT_MODE &&
			    mnl_attr_get_payload_len(a) >= 1)
				s->found = !mnl_attr_get_u8(a);
	}
	return MNL_CB_OK;
}

static bool search_neighbours(struct search *s, uint8_t family, mnl_cb_t cb)
{
	struct ndmsg ask = { .ndm_family = family };

	s->found = false;
	return dump_ask(NETLINK_ROUTE, RTM_GETNEIGH, NLM_F_DUMP, &ask,
			sizeof(ask), cb, s) == 0 && s->found;
}

static bool is_without_hairpin(struct search *s)
{
	struct ifinfomsg ask = { .ifi_family = AF_BRIDGE };

	s->found = false;
	return dump_ask(NETLINK_ROUTE, RTM_GETLINK, NLM_F_DUMP, &ask,
			sizeof(ask), on_port, s) == 0 && s->found;
}

bool bridge_port_turns_back(bool six, const uint8_t *dst, uint32_t bridge,
			    uint32_t port)
{
	struct search s = {
		.dst = dst, .dst_len = six ? 16 : 4, .bridge = bridge,
		.port = port,
	};

	return search_neighbours(&s, six ? AF_INET6 : AF_INET,
				 on_neighbour) &&
	       search_neighbours(&s, AF_BRIDGE, on_forwarding) &&
	       is_without_hairpin(&s);
}
