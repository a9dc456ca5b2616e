// SPDX-License-Identifier: GPL-2.0-or-later
/* link_row: what the kernel says of an interface and of the one behind it. */
#include "pod/link_row.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "host/dump.h"

struct listener {
	void (*fn)(void *arg, const struct link_row *l);
	void *arg;
};

static void take_text(char *to, size_t size, const struct nlattr *attr)
{
	snprintf(to, size, "%.*s", (int)mnl_attr_get_payload_len(attr),
		 (const char *)mnl_attr_get_payload(attr));
}

static uint32_t number(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) < sizeof(uint32_t) ? 0 :
	       mnl_attr_get_u32(attr);
}

static int on_info(const struct nlattr *attr, void *arg)
{
	struct link_row *l = arg;
	char kind[POD_KIND];

	switch (mnl_attr_get_type(attr)) {
	case IFLA_INFO_KIND:
		take_text(l->kind, sizeof(l->kind), attr);
		break;
	case IFLA_INFO_SLAVE_KIND:
		take_text(kind, sizeof(kind), attr);
		l->port = strcmp(kind, "bridge") == 0;
		break;
	}
	return MNL_CB_OK;
}

static void take(struct link_row *l, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		take_text(l->name, sizeof(l->name), attr);
		break;
	case IFLA_LINK:
		l->other = number(attr);
		break;
	case IFLA_LINK_NETNSID:
		l->nsid = (int32_t)number(attr);
		break;
	case IFLA_MASTER:
		l->master = number(attr);
		break;
	case IFLA_ADDRESS:
		if (mnl_attr_get_payload_len(attr) == sizeof(l->mac))
			memcpy(l->mac, mnl_attr_get_payload(attr),
			       sizeof(l->mac));
		break;
	case IFLA_LINKINFO:
		mnl_attr_parse_nested(attr, on_info, l);
		break;
	}
}

static int on_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_row l = {
		.index = (uint32_t)ifi->ifi_index,
		.up = ifi->ifi_flags & IFF_UP,
		.loopback = ifi->ifi_type == ARPHRD_LOOPBACK,
		.nsid = NSID_HERE,
	};
	const struct listener *to = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(*ifi))
		take(&l, attr);
	to->fn(to->arg, &l);
	return MNL_CB_OK;
}

int link_rows(void (*fn)(void *arg, const struct link_row *l), void *arg)
{
	struct ifinfomsg ask = { .ifi_family = AF_UNSPEC };
	struct listener to = { fn, arg };

	return dump_ask(NETLINK_ROUTE, RTM_GETLINK, NLM_F_DUMP, &ask,
			sizeof(ask), on_link, &to);
}

static void copy(void *arg, const struct link_row *l)
{
	struct link_row *to = arg;

	*to = *l;
}

bool link_row_find(struct link_row *l, uint32_t index)
{
	struct ifinfomsg ask = { .ifi_family = AF_UNSPEC };
	struct listener to = { copy, l };

	memset(l, 0, sizeof(*l));
	ask.ifi_index = (int)index;
	return index && dump_ask(NETLINK_ROUTE, RTM_GETLINK, 0, &ask,
				 sizeof(ask), on_link, &to) == 0 &&
	       l->index == index;
}

static int on_nsid(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;
	int32_t *nsid = arg;

	mnl_attr_for_each(attr, nlh, NLMSG_ALIGN(sizeof(struct rtgenmsg)))
		if (mnl_attr_get_type(attr) == NETNSA_NSID)
			*nsid = (int32_t)number(attr);
	return MNL_CB_OK;
}

int32_t link_nsid(int fd)
{
	struct {
		struct rtgenmsg gen;
		struct nlattr attr __attribute__((aligned(4)));
		int32_t fd;
	} ask = {
		.gen.rtgen_family = AF_UNSPEC,
		.attr = { .nla_len = 8, .nla_type = NETNSA_FD },
		.fd = fd,
	};
	int32_t nsid = NSID_HERE;

	if (dump_ask(NETLINK_ROUTE, RTM_GETNSID, 0, &ask, sizeof(ask), on_nsid,
		     &nsid) < 0)
		return NSID_HERE;
	return nsid;
}
