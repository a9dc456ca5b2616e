// SPDX-License-Identifier: GPL-2.0-or-later
/* link: an interface, whose port it is, what is on top of it, and what came in by it. */
#include "host/link.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "host/dump.h"
#include "rules/base/units.h"

/* One answer, as far as it is of interest. */
struct answer {
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ];		/* "": a device of hardware */
	char slave_kind[IFNAMSIZ];	/* what the master is; "": none, or a kind without a name */
	uint32_t master;
	uint32_t lower;			/* 0: none in this namespace */
	bool elsewhere;			/* the lower one is in another namespace */
	uint64_t frames;
};

static int on_info(const struct nlattr *attr, void *arg)
{
	struct answer *a = arg;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
		dump_text(a->kind, sizeof(a->kind), attr);
	if (mnl_attr_get_type(attr) == IFLA_INFO_SLAVE_KIND)
		dump_text(a->slave_kind, sizeof(a->slave_kind), attr);
	return MNL_CB_OK;
}

static void link_number(uint32_t *number, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) >= sizeof(*number))
		*number = mnl_attr_get_u32(attr);
}

static void link_frames(struct answer *a, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);
	struct rtnl_link_stats64 stats;

	memset(&stats, 0, sizeof(stats));
	memcpy(&stats, mnl_attr_get_payload(attr), len < sizeof(stats) ? len : sizeof(stats));
	a->frames = stats.rx_packets;
}

static int on_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;
	struct answer *a = arg;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg)) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			dump_text(a->name, sizeof(a->name), attr);
			break;
		case IFLA_MASTER:
			link_number(&a->master, attr);
			break;
		case IFLA_LINK:
			link_number(&a->lower, attr);
			break;
		case IFLA_LINK_NETNSID:
			a->elsewhere = true;
			break;
		case IFLA_LINKINFO:
			mnl_attr_parse_nested(attr, on_info, a);
			break;
		case IFLA_STATS64:
			link_frames(a, attr);
			break;
		}
	}
	return MNL_CB_OK;
}

static enum link_master master_of(const char *kind)
{
	static const struct { const char *word; enum link_master kind; } kinds[] = {
		{ "bridge", MASTER_BRIDGE }, { "bond", MASTER_BOND }, { "team", MASTER_BOND },
		{ "openvswitch", MASTER_SWITCH },
	};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		if (strcmp(kinds[k].word, kind) == 0)
			return kinds[k].kind;
	return MASTER_NONE;
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
	l->kind = master_of(a.slave_kind);
	if (l->kind == MASTER_NONE || if_indextoname(a.master, l->master))
		return true;
	l->kind = MASTER_NONE;
	l->master[0] = '\0';
	return true;
}

struct uppers {
	struct link_upper *all;
	size_t count, room;
	uint32_t lower;
};

/* Tunnels have a lower one too, where rules see what is outside: they take nothing away from it. */
static bool takes_frames(const char *kind)
{
	static const char *const kinds[] = {
		"vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec", "dsa", "rmnet",
	};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		if (strcmp(kinds[k], kind) == 0)
			return true;
	return false;
}

static int on_upper(const struct nlmsghdr *nlh, void *arg)
{
	struct uppers *u = arg;
	struct answer a = { 0 };

	on_link(nlh, &a);
	if (a.lower != u->lower || a.elsewhere || !takes_frames(a.kind))
		return MNL_CB_OK;
	if (u->count < u->room) {
		strcpy(u->all[u->count].name, a.name);
		strcpy(u->all[u->count].kind, a.kind);
	}
	u->count++;
	return MNL_CB_OK;
}

size_t link_uppers(struct link_upper *all, size_t room, const char *name)
{
	struct ifinfomsg ask = { .ifi_family = AF_UNSPEC };
	struct uppers u = { .all = all, .room = room, .lower = if_nametoindex(name) };

	if (!u.lower || dump_ask(NETLINK_ROUTE, RTM_GETLINK, NLM_F_DUMP, &ask,
				 sizeof(ask), on_upper, &u) < 0)
		return 0;
	return u.count;
}
