// SPDX-License-Identifier: GPL-2.0-or-later
/* bridge_port: through which port would a bridge have to send a packet, and may it? */
#include "host/bridge_port.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "host/dump.h"
#include "rules/base/units.h"

/* What a port lets pass. */
struct port {
	uint32_t index;
	uint8_t state;		/* BR_STATE_* */
	bool known, hairpin, isolated;
};

/* A row of a table of neighbours, or of a bridge's ports. */
struct search {
	struct bridge_way *way;
	const uint8_t *mac;	/* behind which port is this? */
	uint32_t port;		/* that */
	struct port in, out;
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

	if ((uint32_t)ndm->ndm_ifindex != s->way->bridge)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ndm)) {
		if (mnl_attr_get_type(attr) == NDA_DST)
			is_it = has_bytes(attr, s->way->dst, s->way->six ? 16 : 4);
		else if (mnl_attr_get_type(attr) == NDA_LLADDR &&
			 mnl_attr_get_payload_len(attr) == ETH_ALEN)
			mac = attr;
	}
	if (is_it && mac) {
		memcpy(s->way->mac, mnl_attr_get_payload(mac), ETH_ALEN);
		s->found = true;
	}
	return MNL_CB_OK;
}

/* The bridge's port behind which that is; the bridge's own addresses are behind none. */
static int on_forwarding(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct search *s = arg;
	bool is_it = false, is_here = false;

	if (ndm->ndm_state & NUD_PERMANENT)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ndm)) {
		if (mnl_attr_get_type(attr) == NDA_LLADDR)
			is_it = has_bytes(attr, s->mac, ETH_ALEN);
		else if (mnl_attr_get_type(attr) == NDA_MASTER)
			is_here = has_bytes(attr, &s->way->bridge, sizeof(s->way->bridge));
	}
	if (is_it && is_here) {
		s->port = (uint32_t)ndm->ndm_ifindex;
		s->found = true;
	}
	return MNL_CB_OK;
}

static void take_port(struct port *p, const struct nlattr *info)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, info) {
		if (mnl_attr_get_payload_len(a) < 1)
			continue;
		switch (mnl_attr_get_type(a)) {
		case IFLA_BRPORT_STATE:
			p->state = mnl_attr_get_u8(a);
			p->known = true;
			break;
		case IFLA_BRPORT_MODE:
			p->hairpin = mnl_attr_get_u8(a);
			break;
		case IFLA_BRPORT_ISOLATED:
			p->isolated = mnl_attr_get_u8(a);
			break;
		}
	}
}

static int on_port(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct search *s = arg;

	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		if (mnl_attr_get_type(attr) != IFLA_PROTINFO)
			continue;
		if ((uint32_t)ifi->ifi_index == s->in.index)
			take_port(&s->in, attr);
		if ((uint32_t)ifi->ifi_index == s->out.index)
			take_port(&s->out, attr);
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

/* Return: 0: behind none that is known. */
static uint32_t find_port(struct search *s, const uint8_t *mac)
{
	s->mac = mac;
	return search_neighbours(s, AF_BRIDGE, on_forwarding) ? s->port : 0;
}

static bool look_at_ports(struct search *s)
{
	struct ifinfomsg ask = { .ifi_family = AF_BRIDGE };

	s->in.index = s->way->in;
	s->out.index = s->way->out;
	return dump_ask(NETLINK_ROUTE, RTM_GETLINK, NLM_F_DUMP, &ask,
			sizeof(ask), on_port, s) == 0 && s->in.known && s->out.known;
}

enum bridge_refusal bridge_port_refuses(struct bridge_way *w)
{
	struct search s = { .way = w };

	if (!w->in)
		w->in = find_port(&s, w->from);
	if (!w->in || (w->dst && !search_neighbours(&s, w->six ? AF_INET6 : AF_INET,
						    on_neighbour)))
		return BRIDGE_SENDS;
	w->out = find_port(&s, w->mac);
	if (!w->out || !look_at_ports(&s))
		return BRIDGE_SENDS;
	w->state = s.in.state;
	if (s.in.state != BR_STATE_FORWARDING)
		return BRIDGE_IN_STATE;
	if (w->in == w->out)
		return s.out.hairpin ? BRIDGE_SENDS : BRIDGE_NO_HAIRPIN;
	w->state = s.out.state;
	if (s.out.state != BR_STATE_FORWARDING)
		return BRIDGE_OUT_STATE;
	return s.in.isolated && s.out.isolated ? BRIDGE_ISOLATED : BRIDGE_SENDS;
}

const char *bridge_port_state(uint8_t state)
{
	static const char *const words[] = {
		[BR_STATE_DISABLED] = "disabled", [BR_STATE_LISTENING] = "listening",
		[BR_STATE_LEARNING] = "learning", [BR_STATE_FORWARDING] = "forwarding",
		[BR_STATE_BLOCKING] = "blocking",
	};

	return state < ARRAY_SIZE(words) ? words[state] : "?";
}
