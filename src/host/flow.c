// SPDX-License-Identifier: GPL-2.0-or-later
/* flow: what conntrack knows and counts; it is asked only where it is there already. */
#include "host/flow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "host/dump.h"
#include "host/setting.h"

static const char COUNT[] = "/proc/sys/net/netfilter/nf_conntrack_count";

/* By family and end; both directions of a connection have the same four. */
static const uint16_t address_attr[2][2] = {
	{ CTA_IP_V4_SRC, CTA_IP_V4_DST }, { CTA_IP_V6_SRC, CTA_IP_V6_DST },
};

struct lookup {
	const struct flow_packet *p;
	uint8_t *dst;
	bool found;
};

struct tuple {
	const uint8_t *src, *dst;
	uint16_t sport, dport;
};

static void take_addresses(const struct nlattr *ip, bool six, struct tuple *t)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, ip) {
		if (mnl_attr_get_payload_len(a) < (six ? 16 : 4))
			continue;
		if (mnl_attr_get_type(a) == address_attr[six][0])
			t->src = mnl_attr_get_payload(a);
		else if (mnl_attr_get_type(a) == address_attr[six][1])
			t->dst = mnl_attr_get_payload(a);
	}
}

static void take_ports(const struct nlattr *proto, struct tuple *t)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, proto) {
		if (mnl_attr_get_payload_len(a) < 2)
			continue;
		if (mnl_attr_get_type(a) == CTA_PROTO_SRC_PORT)
			t->sport = ntohs(mnl_attr_get_u16(a));
		else if (mnl_attr_get_type(a) == CTA_PROTO_DST_PORT)
			t->dport = ntohs(mnl_attr_get_u16(a));
	}
}

static void take_tuple(const struct nlattr *attr, bool six, struct tuple *t)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, attr) {
		if (mnl_attr_get_type(a) == CTA_TUPLE_IP)
			take_addresses(a, six, t);
		else if (mnl_attr_get_type(a) == CTA_TUPLE_PROTO)
			take_ports(a, t);
	}
}

static bool is_icmp(const struct flow_packet *p)
{
	return p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6;
}

static bool is_of(const struct tuple *t, const struct flow_packet *p)
{
	size_t len = p->six ? 16 : 4;

	return t->src && t->dst &&
	       (is_icmp(p) || (t->sport == p->sport &&
			       t->dport == p->dport)) &&
	       memcmp(t->src, p->src, len) == 0 &&
	       memcmp(t->dst, p->dst, len) == 0;
}

/* What goes one way goes to where what comes the other way comes from. */
static int on_connection(const struct nlmsghdr *nlh, void *arg)
{
	struct tuple orig = { 0 }, reply = { 0 };
	const struct nlattr *attr;
	struct lookup *l = arg;
	size_t len = l->p->six ? 16 : 4;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == CTA_TUPLE_ORIG)
			take_tuple(attr, l->p->six, &orig);
		else if (mnl_attr_get_type(attr) == CTA_TUPLE_REPLY)
			take_tuple(attr, l->p->six, &reply);
	}
	if (!orig.src || !reply.src)
		return MNL_CB_STOP;
	memcpy(l->dst, is_of(&orig, l->p) ? reply.src : orig.src, len);
	l->found = true;
	return MNL_CB_STOP;
}

static void put_echo(struct nlmsghdr *nlh, const struct flow_packet *p)
{
	mnl_attr_put_u16(nlh, p->six ? CTA_PROTO_ICMPV6_ID : CTA_PROTO_ICMP_ID,
			 htons(p->sport));
	mnl_attr_put_u8(nlh, p->six ? CTA_PROTO_ICMPV6_TYPE
				    : CTA_PROTO_ICMP_TYPE, p->dport >> 8);
	mnl_attr_put_u8(nlh, p->six ? CTA_PROTO_ICMPV6_CODE
				    : CTA_PROTO_ICMP_CODE, p->dport & 0xff);
}

static void put_ports(struct nlmsghdr *nlh, const struct flow_packet *p)
{
	mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT, htons(p->sport));
	mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, htons(p->dport));
}

/* The request behind the message's header. */
static size_t put_request(char *buf, const struct flow_packet *p)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	size_t len = p->six ? 16 : 4;
	struct nlattr *tuple, *part;

	nfg->nfgen_family = p->six ? AF_INET6 : AF_INET;
	nfg->version = NFNETLINK_V0;
	tuple = mnl_attr_nest_start(nlh, CTA_TUPLE_ORIG);
	part = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	mnl_attr_put(nlh, address_attr[p->six][0], len, p->src);
	mnl_attr_put(nlh, address_attr[p->six][1], len, p->dst);
	mnl_attr_nest_end(nlh, part);
	part = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, p->proto);
	if (is_icmp(p))
		put_echo(nlh, p);
	else
		put_ports(nlh, p);
	mnl_attr_nest_end(nlh, part);
	mnl_attr_nest_end(nlh, tuple);
	return mnl_nlmsg_get_payload_len(nlh);
}

enum flow_answer flow_destination(const struct flow_packet *p, uint8_t dst[16])
{
	char buf[512] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct lookup l = { .p = p, .dst = dst };
	size_t size;
	int err;

	/* The question alone would load conntrack. */
	if (access(COUNT, F_OK) < 0)
		return FLOW_NONE;
	size = put_request(buf, p);
	err = dump_ask(NETLINK_NETFILTER,
		       NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, 0,
		       buf + MNL_NLMSG_HDRLEN, size, on_connection, &l);
	if (l.found)
		return FLOW_THERE;
	return err == -ENOENT ? FLOW_NONE : FLOW_UNKNOWN;
}

/*
 * A line for each CPU, hexadecimal, under a heading that names the columns; their
 * order is older than their names.
 */
void flow_drops_read(struct flow_drops *d)
{
	FILE *f = fopen("/proc/net/stat/nf_conntrack", "re");
	unsigned int failed, drop;
	char line[512];

	memset(d, 0, sizeof(*d));
	if (!f)
		return;
	d->known = fgets(line, sizeof(line), f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*x %*x %*x %*x %*x %*x %*x %*x %*x %x %x",
			   &failed, &drop) != 2)
			continue;
		d->insert_failed += failed;
		d->drop += drop;
	}
	fclose(f);
}

long flow_connections(void)
{
	return setting_number(COUNT);
}
