// SPDX-License-Identifier: GPL-2.0-or-later
/* event_nft: of which kind a message is; one of nf_tables -> a plain struct; pure. */
#include "capture/event_nft.h"

#include <arpa/inet.h>
#include <endian.h>
#include <netinet/in.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "packet/packet.h"

enum { IPV4_HEADER = 20, IPV6_HEADER = 40 };

/* Shortest payload of each attribute that is read; 0: not read. */
static const uint16_t trace_min[NFTA_TRACE_MAX + 1] = {
	[NFTA_TRACE_TABLE] = 1,
	[NFTA_TRACE_CHAIN] = 1,
	[NFTA_TRACE_RULE_HANDLE] = 8,
	[NFTA_TRACE_TYPE] = 4,
	[NFTA_TRACE_VERDICT] = 4,
	[NFTA_TRACE_ID] = 4,
	[NFTA_TRACE_LL_HEADER] = 1,
	[NFTA_TRACE_NETWORK_HEADER] = 1,
	[NFTA_TRACE_TRANSPORT_HEADER] = 1,
	[NFTA_TRACE_IIF] = 4,
	[NFTA_TRACE_OIF] = 4,
	[NFTA_TRACE_MARK] = 4,
	[NFTA_TRACE_NFPROTO] = 4,
	[NFTA_TRACE_POLICY] = 4,
};

/* The headers of a message until they are put together. */
struct headers {
	const uint8_t *network, *transport;
	size_t network_len, transport_len;
};

static uint32_t get_be32(const struct nlattr *attr)
{
	return ntohl(mnl_attr_get_u32(attr));
}

static struct event_name get_name(const struct nlattr *attr)
{
	const char *text = mnl_attr_get_payload(attr);

	return (struct event_name){
		text, (uint32_t)strnlen(text, mnl_attr_get_payload_len(attr))
	};
}

bool event_name_is(const struct event_name *n, const char *name)
{
	return strlen(name) == n->len && memcmp(name, n->text, n->len) == 0;
}

static void take_verdict(struct event_nft *n, const struct nlattr *attr)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, attr) {
		uint16_t type = mnl_attr_get_type(a);
		uint16_t len = mnl_attr_get_payload_len(a);

		if (type == NFTA_VERDICT_CODE && len >= 4)
			n->verdict = (int32_t)get_be32(a);
		else if (type == NFTA_VERDICT_CHAIN && len >= 1)
			n->jump = get_name(a);
	}
}

static void take_header(struct event *e, struct headers *h,
			const struct nlattr *attr, uint16_t len)
{
	const uint8_t *bytes = mnl_attr_get_payload(attr);

	switch (mnl_attr_get_type(attr)) {
	case NFTA_TRACE_LL_HEADER:
		e->hw_header = bytes;
		e->hw_header_len = len;
		break;
	case NFTA_TRACE_NETWORK_HEADER:
		h->network = bytes;
		h->network_len = len;
		break;
	case NFTA_TRACE_TRANSPORT_HEADER:
		h->transport = bytes;
		h->transport_len = len;
		break;
	}
}

static void take_trace(struct event *e, struct event_nft *n,
		       const struct nlattr *attr)
{
	uint64_t handle;

	switch (mnl_attr_get_type(attr)) {
	case NFTA_TRACE_TABLE:
		n->table = get_name(attr);
		break;
	case NFTA_TRACE_CHAIN:
		n->chain = get_name(attr);
		break;
	case NFTA_TRACE_RULE_HANDLE:
		memcpy(&handle, mnl_attr_get_payload(attr), sizeof(handle));
		n->handle = be64toh(handle);
		break;
	case NFTA_TRACE_TYPE:
		n->type = (uint8_t)get_be32(attr);
		break;
	case NFTA_TRACE_VERDICT:
		take_verdict(n, attr);
		break;
	case NFTA_TRACE_ID:
		n->id = get_be32(attr);
		break;
	case NFTA_TRACE_IIF:
		e->in = get_be32(attr);
		break;
	case NFTA_TRACE_OIF:
		e->out = get_be32(attr);
		break;
	case NFTA_TRACE_MARK:
		e->mark = get_be32(attr);
		break;
	case NFTA_TRACE_NFPROTO:
		e->nfproto = (uint8_t)get_be32(attr);
		break;
	case NFTA_TRACE_POLICY:
		n->policy = get_be32(attr);
		break;
	}
}

/* Where the transport header belongs; 0: what lies between was not copied. */
static size_t transport_offset(const struct headers *h, uint8_t nfproto)
{
	if (nfproto == NFPROTO_IPV4 && h->network_len >= IPV4_HEADER)
		return (h->network[0] & 15) * 4u;
	if (nfproto == NFPROTO_IPV6 && h->network_len >= IPV6_HEADER &&
	    !packet_is_extension(h->network[6]))
		return IPV6_HEADER;
	return 0;
}

/* What the Ethernet header says is in the frame; 0: it says nothing. */
static uint16_t ethertype(const struct event *e)
{
	const uint8_t *h = e->hw_header;
	size_t at = 12;

	if (e->hw_header_len < at + 2)
		return 0;
	while (((h[at] == 0x81 && h[at + 1] == 0) ||
		(h[at] == 0x88 && h[at + 1] == 0xa8)) &&
	       at + 6 <= e->hw_header_len)
		at += 4;
	return (uint16_t)(h[at] << 8 | h[at + 1]);
}

/* Families bridge and netdev do not tell of which protocol of IP their packet is. */
static uint8_t find_protocol(const struct event *e, const struct headers *h)
{
	uint16_t type = ethertype(e);

	if (h->network_len >= IPV4_HEADER && h->network[0] >> 4 == 4 &&
	    (h->network[0] & 15) >= 5 && (!type || type == ETH_P_IP))
		return NFPROTO_IPV4;
	if (h->network_len >= IPV6_HEADER && h->network[0] >> 4 == 6 &&
	    (!type || type == ETH_P_IPV6))
		return NFPROTO_IPV6;
	return e->nfproto;
}

/* As the bytes lay in the packet; IPv4 options beyond the copy stay zero. */
static void put_together(struct event *e, struct event_nft *n,
			 const struct headers *h)
{
	size_t at = transport_offset(h, e->nfproto), len = h->network_len;

	e->payload = n->packet;
	if (!h->network) {
		e->flags |= EVENT_NO_HEADERS;
		return;
	}
	if (len > EVENT_NFT_PACKET)
		len = EVENT_NFT_PACKET;
	memcpy(n->packet, h->network, len);
	if (e->nfproto == NFPROTO_IPV6 && !at)
		e->flags |= EVENT_PARTIAL;
	if (h->transport && at >= IPV4_HEADER &&
	    at + h->transport_len <= EVENT_NFT_PACKET) {
		if (at > len)
			memset(n->packet + len, 0, at - len);
		memcpy(n->packet + at, h->transport, h->transport_len);
		len = at + h->transport_len;
	}
	e->payload_len = (uint32_t)len;
}

/* libmnl looks for attributes up to the aligned end. */
static const struct nfgenmsg *open_message(const struct nlmsghdr *nlh,
					   size_t len)
{
	const struct nfgenmsg *nfg = event_open(nlh, len);

	return nfg && MNL_ALIGN((size_t)nlh->nlmsg_len) <= len ? nfg : NULL;
}

bool event_nft_parse(struct event *e, struct event_nft *n,
		     const struct nlmsghdr *nlh, size_t len)
{
	const struct nfgenmsg *nfg = open_message(nlh, len);
	const struct nlattr *attr;
	struct headers h = { 0 };

	if (!nfg)
		return false;
	memset(e, 0, sizeof(*e));
	memset(n, 0, offsetof(struct event_nft, packet));
	n->jump.text = "";	/* a message without table and chain is refused */
	e->backend = EVENT_NFT;
	e->hook = EVENT_NO_HOOK;
	e->nft = n;
	e->nfproto = n->family = nfg->nfgen_family;
	mnl_attr_for_each(attr, nlh, sizeof(*nfg)) {
		uint16_t type = mnl_attr_get_type(attr);
		uint16_t payload = mnl_attr_get_payload_len(attr);

		/* What a newer kernel adds is passed over: 6.16 has conntrack's. */
		if (type > NFTA_TRACE_MAX || trace_min[type] == 0)
			continue;
		if (payload < trace_min[type])
			return false;
		take_trace(e, n, attr);
		take_header(e, &h, attr, payload);
	}
	if (n->family == NFPROTO_BRIDGE || n->family == NFPROTO_NETDEV)
		e->nfproto = find_protocol(e, &h);
	put_together(e, n, &h);
	/* The end of a chain: some kernels call it a rule, of no handle. */
	if (n->type == NFT_TRACETYPE_RULE && !n->handle)
		n->type = NFT_TRACETYPE_RETURN;
	return n->table.len && n->chain.len && n->type;
}

/* By the message's type; what is not here changes nothing that packets meet. */
static const uint8_t update_kind[] = {
	[NFT_MSG_NEWTABLE] = NFT_UPDATE_TABLE,
	[NFT_MSG_DELTABLE] = NFT_UPDATE_NO_TABLE,
	[NFT_MSG_NEWCHAIN] = NFT_UPDATE_CHAIN,
	[NFT_MSG_DELCHAIN] = NFT_UPDATE_OTHER,
	[NFT_MSG_NEWRULE] = NFT_UPDATE_RULE,
	[NFT_MSG_DELRULE] = NFT_UPDATE_NO_RULE,
	[NFT_MSG_NEWGEN] = NFT_UPDATE_GENERATION,
};

static uint8_t kind_of(uint16_t type)
{
	uint8_t message = (uint8_t)type;

	return message < sizeof(update_kind) ? update_kind[message]
					     : NFT_UPDATE_NONE;
}

enum message_kind event_classify_other(uint16_t type)
{
	if (type == NLMSG_ERROR)
		return MESSAGE_FENCE;
	if (type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE))
		return MESSAGE_NFT_TRACE;
	if (type >> 8 == NFNL_SUBSYS_NFTABLES && kind_of(type))
		return MESSAGE_NFT_UPDATE;
	return MESSAGE_OTHER;
}

/* 0: its handle is of no use. */
static const uint16_t handle_type[] = {
	[NFT_UPDATE_TABLE] = NFTA_TABLE_HANDLE,
	[NFT_UPDATE_NO_TABLE] = NFTA_TABLE_HANDLE,
	[NFT_UPDATE_RULE] = NFTA_RULE_HANDLE,
	[NFT_UPDATE_NO_RULE] = NFTA_RULE_HANDLE,
	[NFT_UPDATE_CHAIN] = NFTA_CHAIN_HANDLE,
	[NFT_UPDATE_OTHER] = 0,
};

static bool take_generation(struct nft_update *c, const struct nlattr *attr)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint16_t len = mnl_attr_get_payload_len(attr);

	if (type == NFTA_GEN_ID && len >= 4)
		c->generation = get_be32(attr);
	else if (type == NFTA_GEN_PROC_PID && len >= 4)
		c->pid = get_be32(attr);
	else if (type == NFTA_GEN_PROC_NAME && len)
		c->by = get_name(attr);
	return type != NFTA_GEN_ID || len >= 4;
}

/* A generation's message has attributes of its own. */
static bool take_change(struct nft_update *c, const struct nlattr *attr)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint16_t len = mnl_attr_get_payload_len(attr);
	uint64_t handle;

	if (c->kind == NFT_UPDATE_GENERATION)
		return take_generation(c, attr);
	/* NFTA_TABLE_NAME, NFTA_CHAIN_TABLE and NFTA_RULE_TABLE are all 1. */
	if (type == NFTA_TABLE_NAME && len)
		c->table = get_name(attr);
	if (c->kind == NFT_UPDATE_CHAIN && type == NFTA_CHAIN_NAME && len)
		c->chain = get_name(attr);
	if (type && type == handle_type[c->kind]) {
		if (len < sizeof(handle))
			return false;
		memcpy(&handle, mnl_attr_get_payload(attr), sizeof(handle));
		c->handle = be64toh(handle);
	}
	return true;
}

bool nft_update_parse(struct nft_update *c, const struct nlmsghdr *nlh,
		      size_t len)
{
	const struct nfgenmsg *nfg = open_message(nlh, len);
	const struct nlattr *attr;

	if (!nfg)
		return false;
	memset(c, 0, sizeof(*c));
	c->table.text = c->chain.text = c->by.text = "";
	c->kind = kind_of(nlh->nlmsg_type);
	c->family = nfg->nfgen_family;
	c->serial = ntohs(nfg->res_id);
	mnl_attr_for_each(attr, nlh, sizeof(*nfg))
		if (!take_change(c, attr))
			return false;
	return true;
}
