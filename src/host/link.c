// SPDX-License-Identifier: GPL-2.0-or-later
/* link: an interface, the bridge that it is a port of, and what came in by it. */
#include "host/link.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "host/dump.h"

/* One answer, as far as it is of interest. */
struct answer {
	uint32_t master;
	bool port;		/* of a bridge, not of a bond or VRF */
	uint64_t frames;
};

static int on_info(const struct nlattr *attr, void *arg)
{
	struct answer *a = arg;

	if (mnl_attr_get_type(attr) == IFLA_INFO_SLAVE_KIND)
		a->port = strncmp(mnl_attr_get_payload(attr), "bridge",
				  mnl_attr_get_payload_len(attr)) == 0;
	return MNL_CB_OK;
}

static int on_link(const struct nlmsghdr *nlh, void *arg)
{
	struct rtnl_link_stats64 stats;
	const struct nlattr *attr;
	struct answer *a = arg;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg)) {
		uint16_t len = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case IFLA_MASTER:
			if (len >= sizeof(uint32_t))
				a->master = mnl_attr_get_u32(attr);
			break;
		case IFLA_LINKINFO:
			mnl_attr_parse_nested(attr, on_info, a);
			break;
		case IFLA_STATS64:
			memset(&stats, 0, sizeof(stats));
			memcpy(&stats, mnl_attr_get_payload(attr),
			       len < sizeof(stats) ? len : sizeof(stats));
			a->frames = stats.rx_packets;
			break;
		}
	}
	return MNL_CB_OK;
}

bool link_look(struct link_seen *l, const char *name)
{
	struct ifinfomsg ask = { .ifi_family = AF_UNSPEC };
	struct answer a = { 0 };

	memset(l, 0, sizeof(*l));
	ask.ifi_index = (int)if_nametoindex(name);
	if (!ask.ifi_index || dump_ask(NETLINK_ROUTE, RTM_GETLINK, 0, &ask,
				       sizeof(ask), on_link, &a) < 0)
		return false;
	l->frames = a.frames;
	if (a.port && !if_indextoname(a.master, l->bridge))
		l->bridge[0] = '\0';
	return true;
}
