// SPDX-License-Identifier: GPL-2.0-or-later
/* bypass: what in this network namespace can take packets past iptables' rules. */
#include "supervisor/bypass.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>

#include "rules/base/helper.h"
#include "rules/base/netlink.h"

enum { LOOK_MS = 3000 };

/* One dump: a request of @type with @size bytes behind it, each answer to @cb. */
static void dump(int bus, uint16_t type, size_t size, uint8_t family,
		 mnl_cb_t cb)
{
	struct mnl_socket *nl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	uint8_t *extra;
	ssize_t n;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	/* ifinfomsg, tcmsg and nfgenmsg all begin with the family. */
	extra = mnl_nlmsg_put_extra_header(nlh, size);
	*extra = family;
	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0 &&
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) >= 0)
		while ((n = netlink_receive(mnl_socket_get_fd(nl), buf,
					    sizeof(buf), 0)) > 0 &&
		       mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(nl),
				  cb, NULL) > MNL_CB_STOP)
			;
	if (nl)
		mnl_socket_close(nl);
}

static bool bridges_are_seen(void)
{
	FILE *f = fopen("/proc/sys/net/bridge/bridge-nf-call-iptables", "re");
	int on = 0;

	if (f && fscanf(f, "%d", &on) != 1)
		on = 0;
	if (f)
		fclose(f);
	return on;
}

static bool has_kind(const struct nlattr *info, const char *kind)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
		    strncmp(mnl_attr_get_payload(attr), kind,
			    mnl_attr_get_payload_len(attr)) == 0)
			return true;
	return false;
}

static bool has_xdp(const struct nlattr *xdp)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, xdp)
		if (mnl_attr_get_type(attr) == IFLA_XDP_ATTACHED &&
		    mnl_attr_get_payload_len(attr) >= 1 &&
		    mnl_attr_get_u8(attr) != XDP_ATTACHED_NONE)
			return true;
	return false;
}

static int on_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	char name[IF_NAMESIZE] = "?";

	(void)arg;
	if_indextoname((unsigned int)ifi->ifi_index, name);
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO &&
		    has_kind(attr, "bridge") && !bridges_are_seen())
			printf("what is only bridged by %s does not pass "
			       "iptables (net.bridge.bridge-nf-call-iptables "
			       "is 0 or not there)\n", name);
		if (mnl_attr_get_type(attr) == IFLA_XDP && has_xdp(attr))
			printf("an XDP program on %s sees packets before "
			       "iptables, and can take them\n", name);
	}
	return MNL_CB_OK;
}

static int on_qdisc(const struct nlmsghdr *nlh, void *arg)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	char name[IF_NAMESIZE] = "?";

	(void)arg;
	if_indextoname((unsigned int)tc->tcm_ifindex, name);
	mnl_attr_for_each(attr, nlh, sizeof(*tc)) {
		const char *kind = mnl_attr_get_payload(attr);

		if (mnl_attr_get_type(attr) == TCA_KIND &&
		    (strcmp(kind, "clsact") == 0 ||
		     strcmp(kind, "ingress") == 0))
			printf("tc (%s) on %s sees packets before iptables, "
			       "and can take them\n", kind, name);
	}
	return MNL_CB_OK;
}

static int on_flowtable(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	(void)arg;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_NAME)
			printf("the flowtable %.100s takes established flows "
			       "past forwarding's rules\n",
			       mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

/* NF_NETDEV_INGRESS or _EGRESS, or -1: not called by any hook. */
static int hook_of(const struct nlattr *hook)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, hook)
		if (mnl_attr_get_type(attr) == NFTA_HOOK_HOOKNUM &&
		    mnl_attr_get_payload_len(attr) >= 4)
			return (int)ntohl(mnl_attr_get_u32(attr));
	return -1;
}

/* Family inet has ingress as well, of which the run's notes tell. */
static int on_netdev_chain(const struct nlmsghdr *nlh, void *arg)
{
	const char *table = "?", *chain = "?";
	const struct nlattr *attr;
	int hook = -1;

	(void)arg;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type == NFTA_CHAIN_TABLE)
			table = mnl_attr_get_str(attr);
		else if (type == NFTA_CHAIN_NAME)
			chain = mnl_attr_get_str(attr);
		else if (type == NFTA_CHAIN_HOOK)
			hook = hook_of(attr);
	}
	if (hook >= 0)
		printf("nft's netdev %.100s:%.100s (%s) sees packets %s "
		       "iptables, and can take them\n", table, chain,
		       hook == NF_NETDEV_INGRESS ? "ingress" : "egress",
		       hook == NF_NETDEV_INGRESS ? "before" : "behind");
	return MNL_CB_OK;
}

/* Three lines are its heading. */
bool bypass_has_ipvs(void)
{
	FILE *f = fopen("/proc/net/ip_vs", "re");
	unsigned int lines = 0;
	int c;

	while (f && (c = getc(f)) != EOF)
		lines += c == '\n';
	if (f)
		fclose(f);
	return lines > 3;
}

static int look(const void *arg, struct helper_out *out)
{
	(void)arg, (void)out;
	dump(NETLINK_ROUTE, RTM_GETLINK, sizeof(struct ifinfomsg), AF_UNSPEC,
	     on_link);
	dump(NETLINK_ROUTE, RTM_GETQDISC, sizeof(struct tcmsg), AF_UNSPEC,
	     on_qdisc);
	dump(NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES << 8 |
	     NFT_MSG_GETFLOWTABLE, sizeof(struct nfgenmsg), AF_UNSPEC,
	     on_flowtable);
	dump(NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN,
	     sizeof(struct nfgenmsg), NFPROTO_NETDEV, on_netdev_chain);
	if (bypass_has_ipvs())
		puts("IPVS takes packets to its virtual addresses out of INPUT "
		     "and sends them on itself: FORWARD does not see them");
	return 0;
}

void bypass_each(void (*tell)(const char *sentence))
{
	struct helper_result res;
	char *line, *rest;

	if (helper_run(look, NULL, LOOK_MS, &res) < 0)
		return;
	for (line = strtok_r(res.text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		tell(line);
	helper_release(&res);
}
