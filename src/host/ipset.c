// SPDX-License-Identifier: GPL-2.0-or-later
/* ipset: would a packet be found in a set of ipset, as things are now? */
#include "host/ipset.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/ipset/ip_set_bitmap.h>
#include <linux/netfilter/nfnetlink.h>

#include "host/dump.h"
#include "rules/base/units.h"

enum {
	PROTOCOL = 6,	/* of 2.6.39; later kernels know it as well */
	MEMBERS = 16,	/* of a list of sets that are asked */
	BYTES = 400,	/* of a request */
};

struct type {
	const char *name;
	uint8_t part[IPSET_PARTS];
	bool nomatch;		/* its elements can be exceptions */
};

static const struct type types[] = {
	{ "hash:ip", { IPSET_ADDRESS }, false },
	{ "hash:net", { IPSET_ADDRESS }, true },
	{ "hash:ip,port", { IPSET_ADDRESS, IPSET_PORT }, false },
	{ "hash:net,port", { IPSET_ADDRESS, IPSET_PORT }, true },
	{ "hash:ip,port,ip", { IPSET_ADDRESS, IPSET_PORT, IPSET_ADDRESS }, false },
	{ "hash:ip,port,net", { IPSET_ADDRESS, IPSET_PORT, IPSET_ADDRESS }, true },
	{ "hash:net,port,net", { IPSET_ADDRESS, IPSET_PORT, IPSET_ADDRESS }, true },
	{ "hash:net,net", { IPSET_ADDRESS, IPSET_ADDRESS }, true },
	{ "hash:net,iface", { IPSET_ADDRESS, IPSET_DEVICE }, true },
	{ "hash:ip,mark", { IPSET_ADDRESS, IPSET_MARK }, false },
	{ "hash:ip,mac", { IPSET_ADDRESS, IPSET_MAC }, false },
	{ "hash:mac", { IPSET_MAC }, false },
	{ "bitmap:ip", { IPSET_ADDRESS }, false },
	{ "bitmap:ip,mac", { IPSET_ADDRESS, IPSET_MAC }, false },
	{ "bitmap:port", { IPSET_PORT }, false },
};

/* What the kernel says of a set. */
struct header {
	char type[IPSET_NAME];
	uint8_t family;		/* NFPROTO_*; NFPROTO_UNSPEC: any */
};

/* A name, and whether there is one that begins with it and a space. */
struct longer {
	const char *name;
	bool any;
};

/* The names of a list's sets. */
struct members {
	char name[MEMBERS][IPSET_NAME];
	unsigned int n;
	bool more;
};

/* @name: NULL: of all sets */
static struct nlmsghdr *begin(char buf[BYTES], const char *name)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nfg->nfgen_family = AF_INET;
	nfg->version = NFNETLINK_V0;
	mnl_attr_put_u8(nlh, IPSET_ATTR_PROTOCOL, PROTOCOL);
	if (name)
		mnl_attr_put_strz(nlh, IPSET_ATTR_SETNAME, name);
	return nlh;
}

static int send_ipset_request(const struct nlmsghdr *nlh, unsigned int cmd, uint16_t flags,
			      mnl_cb_t cb, void *arg)
{
	return dump_ask(NETLINK_NETFILTER, (uint16_t)(NFNL_SUBSYS_IPSET << 8 | cmd), flags,
			mnl_nlmsg_get_payload(nlh), mnl_nlmsg_get_payload_len(nlh),
			cb, arg);
}

static int on_header(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a;
	struct header *h = arg;

	mnl_attr_for_each(a, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(a) == IPSET_ATTR_TYPENAME)
			dump_text(h->type, IPSET_NAME, a);
		else if (mnl_attr_get_type(a) == IPSET_ATTR_FAMILY &&
			 mnl_attr_get_payload_len(a) >= 1)
			h->family = mnl_attr_get_u8(a);
	}
	return MNL_CB_STOP;
}

static bool find_header(const char *name, struct header *h)
{
	char buf[BYTES] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };

	memset(h, 0, sizeof(*h));
	return send_ipset_request(begin(buf, name), IPSET_CMD_HEADER, 0, on_header, h) == 0 &&
	       h->type[0];
}

static int on_name(const struct nlmsghdr *nlh, void *arg)
{
	struct longer *l = arg;
	const struct nlattr *a;
	size_t len = strlen(l->name);
	char name[IPSET_NAME];

	mnl_attr_for_each(a, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(a) != IPSET_ATTR_SETNAME)
			continue;
		dump_text(name, IPSET_NAME, a);
		l->any |= strncmp(name, l->name, len) == 0 && name[len] == ' ';
	}
	return MNL_CB_OK;
}

/*
 * The kernel lets a set have any name, and a rule's text has it as it is: of a set "a src"
 * it reads like one of "a".
 */
static bool is_whole(const char *name)
{
	char buf[BYTES] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *nlh = begin(buf, NULL);
	struct longer l = { name, false };

	mnl_attr_put_u32(nlh, IPSET_ATTR_FLAGS | NLA_F_NET_BYTEORDER,
			 htonl(IPSET_FLAG_LIST_SETNAME));
	return send_ipset_request(nlh, IPSET_CMD_LIST, NLM_F_DUMP, on_name, &l) == 0 && !l.any;
}

static void take_member(struct members *m, const struct nlattr *element)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, element) {
		if (mnl_attr_get_type(a) != IPSET_ATTR_NAME)
			continue;
		if (m->n == MEMBERS)
			m->more = true;
		else
			dump_text(m->name[m->n++], IPSET_NAME, a);
	}
}

/* Each message has some of the elements, in order. */
static int on_members(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *adt, *element;

	mnl_attr_for_each(adt, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(adt) != IPSET_ATTR_ADT)
			continue;
		mnl_attr_for_each_nested(element, adt)
			if (mnl_attr_get_type(element) == IPSET_ATTR_DATA)
				take_member(arg, element);
	}
	return MNL_CB_OK;
}

static bool is_source(const struct ipset_key *k, unsigned int part)
{
	return k->sources & 1u << part;
}

static bool is_ipset_icmp(const struct ipset_key *k)
{
	return k->proto == (k->nfproto == NFPROTO_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

static bool has_ports(const struct ipset_key *k)
{
	return k->proto == IPPROTO_TCP || k->proto == IPPROTO_UDP ||
	       k->proto == IPPROTO_UDPLITE || k->proto == IPPROTO_SCTP;
}

static bool put_address(struct nlmsghdr *nlh, const struct ipset_key *k, unsigned int part)
{
	static const uint8_t none[16];
	bool six = k->nfproto == NFPROTO_IPV6;
	const uint8_t *addr = is_source(k, part) ? k->src : k->dst;
	size_t len = six ? 16 : 4;
	struct nlattr *nest;

	/* Some types take no such element, and do not look for one. */
	if (memcmp(addr, none, len) == 0)
		return false;
	nest = mnl_attr_nest_start(nlh, part ? IPSET_ATTR_IP2 : IPSET_ATTR_IP);
	mnl_attr_put(nlh, (uint16_t)((six ? IPSET_ATTR_IPADDR_IPV6 : IPSET_ATTR_IPADDR_IPV4) |
				     NLA_F_NET_BYTEORDER), len, addr);
	mnl_attr_nest_end(nlh, nest);
	return true;
}

/*
 * Of what has no ports sets know the protocol, with 0 for a port.  In IPv6 the kernel
 * finds none in a piece of a packet, nor where no header is next.
 */
static bool is_port_known(const struct ipset_key *k)
{
	if (has_ports(k) || is_ipset_icmp(k))
		return k->known & IPSET_KNOWS_PORTS;
	return k->nfproto == NFPROTO_IPV4;
}

/* A set of ports alone asks for those of TCP and UDP. */
static bool put_port(struct nlmsghdr *nlh, const struct ipset_key *k, unsigned int part)
{
	uint16_t port = is_source(k, part) ? k->sport : k->dport;

	if (!is_port_known(k))
		return false;
	if (!part && k->proto != IPPROTO_TCP && k->proto != IPPROTO_UDP)
		return false;
	if (part)
		mnl_attr_put_u8(nlh, IPSET_ATTR_PROTO, k->proto);
	mnl_attr_put_u16(nlh, IPSET_ATTR_PORT | NLA_F_NET_BYTEORDER, htons(port));
	return true;
}

static bool put_device(struct nlmsghdr *nlh, const struct ipset_key *k, unsigned int part)
{
	bool in = is_source(k, part);
	const char *from = in ? k->in : k->out;
	char name[sizeof(k->in) + 1] = "";

	memcpy(name, from, sizeof(k->in));
	if (!(k->known & (in ? IPSET_KNOWS_IN : IPSET_KNOWS_OUT)) || !*name)
		return false;
	mnl_attr_put_strz(nlh, IPSET_ATTR_IFACE, name);
	return true;
}

/* Older kernels do not know the receiver's. */
static bool put_mac(struct nlmsghdr *nlh, const struct ipset_key *k, unsigned int part)
{
	if (!is_source(k, part) || !(k->known & IPSET_KNOWS_MAC))
		return false;
	mnl_attr_put(nlh, IPSET_ATTR_ETHER, sizeof(k->mac), k->mac);
	return true;
}

static bool put_mark(struct nlmsghdr *nlh, const struct ipset_key *k, unsigned int part)
{
	(void)part;
	if (!(k->known & IPSET_KNOWS_MARK))
		return false;
	mnl_attr_put_u32(nlh, IPSET_ATTR_MARK | NLA_F_NET_BYTEORDER, htonl(k->mark));
	return true;
}

static bool (*const put[])(struct nlmsghdr *nlh, const struct ipset_key *k,
			   unsigned int part) = {
	[IPSET_ADDRESS] = put_address, [IPSET_PORT] = put_port,
	[IPSET_DEVICE] = put_device, [IPSET_MAC] = put_mac, [IPSET_MARK] = put_mark,
};

/* @nomatch: is an exception found, in place of an element? */
static enum ipset_is test(const char *name, const struct type *t, const struct ipset_key *k,
			  bool nomatch)
{
	char buf[BYTES] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *nlh = begin(buf, name);
	struct nlattr *data = mnl_attr_nest_start(nlh, IPSET_ATTR_DATA);

	for (unsigned int i = 0; i < IPSET_PARTS && t->part[i]; i++)
		if (!put[t->part[i]](nlh, k, i))
			return IPSET_NOT_KNOWN;
	if (nomatch)
		mnl_attr_put_u32(nlh, IPSET_ATTR_CADT_FLAGS | NLA_F_NET_BYTEORDER,
				 htonl(IPSET_FLAG_NOMATCH));
	mnl_attr_nest_end(nlh, data);
	switch (send_ipset_request(nlh, IPSET_CMD_TEST, NLM_F_ACK, NULL, NULL)) {
	case 0:
		return IPSET_IS_IN;
	case -IPSET_ERR_EXIST:
		return IPSET_IS_OUT;
	/* Of a range: what is not of it is not in it. */
	case -IPSET_ERR_BITMAP_RANGE:
		return strncmp(t->name, "bitmap:", 7) == 0 ? IPSET_IS_OUT : IPSET_NOT_KNOWN;
	}
	return IPSET_NOT_KNOWN;
}

/* With "--return-nomatch" a rule meets exceptions, and nothing else. */
static enum ipset_is test_as(const char *name, const struct type *t, const struct ipset_key *k)
{
	enum ipset_is plain = test(name, t, k, false);

	if (!k->nomatch || !t->nomatch || plain == IPSET_NOT_KNOWN)
		return plain;
	return plain == IPSET_IS_IN ? IPSET_IS_OUT : test(name, t, k, true);
}

static enum ipset_is look_at_type(const char *name, const struct header *h,
				  const struct ipset_key *k, uint8_t *part)
{
	unsigned int parts = 0;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct type *t = &types[i];

		if (strcmp(t->name, h->type) != 0)
			continue;
		while (parts < IPSET_PARTS && t->part[parts])
			parts++;
		if (part)
			memcpy(part, t->part, IPSET_PARTS);
		/* A rule with too few words, or of another family, meets nothing. */
		if (k->words < parts ||
		    (h->family != NFPROTO_UNSPEC && h->family != k->nfproto))
			return IPSET_IS_OUT;
		return test_as(name, t, k);
	}
	return IPSET_NOT_KNOWN;
}

static enum ipset_is look_at_member(const char *name, const struct ipset_key *k)
{
	struct header h;

	return find_header(name, &h) ? look_at_type(name, &h, k, NULL) : IPSET_NOT_KNOWN;
}

/* In a list is what is in one of its sets. */
static enum ipset_is look_at_list(const char *name, const struct ipset_key *k)
{
	char buf[BYTES] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct members m = { .n = 0 };
	enum ipset_is all;

	if (send_ipset_request(begin(buf, name), IPSET_CMD_LIST, NLM_F_DUMP, on_members, &m) < 0)
		return IPSET_NOT_KNOWN;
	all = m.more ? IPSET_NOT_KNOWN : IPSET_IS_OUT;
	for (unsigned int i = 0; i < m.n; i++) {
		enum ipset_is one = look_at_member(m.name[i], k);

		if (one == IPSET_IS_IN)
			return one;
		if (one == IPSET_NOT_KNOWN)
			all = one;
	}
	return all;
}

void ipset_look(const struct ipset_key *k, struct ipset_answer *a)
{
	char name[IPSET_NAME];
	struct header h;

	memset(a, 0, sizeof(*a));
	memcpy(name, k->name, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	if ((k->nfproto != NFPROTO_IPV4 && k->nfproto != NFPROTO_IPV6) || !is_whole(name) ||
	    !find_header(name, &h))
		return;
	a->is = (uint8_t)(strcmp(h.type, "list:set") == 0 ?
			  look_at_list(name, k) : look_at_type(name, &h, k, a->part));
}
