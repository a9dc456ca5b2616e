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
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "capture/nft_attr.h"
#include "capture/nft_headers.h"
#include "capture/nft_update.h"
#include "rules/base/units.h"

enum { IPV4_HEADER = 20, IPV6_HEADER = 40 };

/*
 * Of Linux 6.16 and later (include/uapi/linux/netfilter/nf_tables.h, enum
 * nft_trace_attributes); of a packet without an entry only one that is untracked
 * has any.
 */
enum {
	TRACE_CT_ID = NFTA_TRACE_PAD + 1,
	TRACE_CT_DIRECTION,
	TRACE_CT_STATUS,
	TRACE_CT_STATE,
	TRACE_ATTRS
};

/* Shortest payload of each attribute that is read; 0: not read. */
static const uint16_t trace_min[TRACE_ATTRS] = {
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
	[TRACE_CT_ID] = 4,
	[TRACE_CT_DIRECTION] = 1,
	[TRACE_CT_STATUS] = 4,
	[TRACE_CT_STATE] = 4,
};

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
			n->verdict = (int32_t)nft_attr_be32(a);
		else if (type == NFTA_VERDICT_CHAIN && len >= 1)
			n->jump = nft_attr_name(a);
	}
}

static void take_state(struct conntrack *c, uint32_t bits)
{
	static const struct {
		uint32_t bit;
		uint8_t state;
	} states[] = {
		{ NF_CT_STATE_BIT(IP_CT_NEW), CONNTRACK_NEW },
		{ NF_CT_STATE_BIT(IP_CT_ESTABLISHED), CONNTRACK_ESTABLISHED },
		{ NF_CT_STATE_BIT(IP_CT_RELATED), CONNTRACK_RELATED },
		{ NF_CT_STATE_INVALID_BIT, CONNTRACK_INVALID },
		{ NF_CT_STATE_UNTRACKED_BIT, CONNTRACK_UNTRACKED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (states[i].bit == bits)
			c->state = states[i].state;
}

/* The id is as the kernel gives it to ctnetlink: in network order. */
static void take_conntrack(struct conntrack *c, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case TRACE_CT_ID:
		c->id = nft_attr_be32(attr);
		c->known |= CONNTRACK_ID;
		break;
	case TRACE_CT_DIRECTION:
		c->reply = mnl_attr_get_u8(attr) != IP_CT_DIR_ORIGINAL;
		c->known |= CONNTRACK_DIRECTION;
		break;
	case TRACE_CT_STATUS:
		c->status = nft_attr_be32(attr);
		c->known |= CONNTRACK_STATUS;
		break;
	case TRACE_CT_STATE:
		take_state(c, nft_attr_be32(attr));
		break;
	}
}

static void take_nft_header(struct event *e, struct nft_headers *h,
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
		n->table = nft_attr_name(attr);
		break;
	case NFTA_TRACE_CHAIN:
		n->chain = nft_attr_name(attr);
		break;
	case NFTA_TRACE_RULE_HANDLE:
		memcpy(&handle, mnl_attr_get_payload(attr), sizeof(handle));
		n->handle = be64toh(handle);
		break;
	case NFTA_TRACE_TYPE:
		n->type = (uint8_t)nft_attr_be32(attr);
		break;
	case NFTA_TRACE_VERDICT:
		take_verdict(n, attr);
		break;
	case NFTA_TRACE_ID:
		n->id = nft_attr_be32(attr);
		break;
	case NFTA_TRACE_IIF:
		e->in = nft_attr_be32(attr);
		break;
	case NFTA_TRACE_OIF:
		e->out = nft_attr_be32(attr);
		break;
	case NFTA_TRACE_MARK:
		e->mark = nft_attr_be32(attr);
		break;
	case NFTA_TRACE_NFPROTO:
		e->nfproto = (uint8_t)nft_attr_be32(attr);
		break;
	case NFTA_TRACE_POLICY:
		n->policy = nft_attr_be32(attr);
		break;
	}
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
static uint8_t find_protocol(const struct event *e,
			     const struct nft_headers *h)
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

static void put_together(struct event *e, struct event_nft *n,
			 const struct nft_headers *h)
{
	bool partial = false;

	e->payload = n->packet;
	if (!h->network) {
		e->flags |= EVENT_NO_HEADERS;
		return;
	}
	e->payload_len = (uint32_t)nft_headers_join(n->packet, h, e->nfproto,
						    &partial);
	if (partial)
		e->flags |= EVENT_PARTIAL;
}

/*
 * What kernels before 6.1 show of a packet that the rule has taken (synproxy) they
 * read from memory that was freed.
 */
static void forget_packet(struct event *e)
{
	e->in = e->out = e->mark = 0;
	e->hw_header_len = 0;
	e->payload_len = 0;
	e->flags |= EVENT_NO_HEADERS;
	e->flags &= ~(unsigned int)EVENT_PARTIAL;
}

bool event_nft_parse(struct event *e, struct event_nft *n,
		     const struct nlmsghdr *nlh, size_t len)
{
	const struct nfgenmsg *nfg = nft_attr_open(nlh, len);
	const struct nlattr *attr;
	struct nft_headers h = { 0 };

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

		/* What a newer kernel adds is passed over. */
		if (type >= TRACE_ATTRS || trace_min[type] == 0)
			continue;
		if (payload < trace_min[type])
			return false;
		take_trace(e, n, attr);
		if (type > NFTA_TRACE_PAD)
			take_conntrack(&e->ct, attr);
		else
			take_nft_header(e, &h, attr, payload);
	}
	if (n->family == NFPROTO_BRIDGE || n->family == NFPROTO_NETDEV)
		e->nfproto = find_protocol(e, &h);
	put_together(e, n, &h);
	if (n->type == NFT_TRACETYPE_RULE && n->verdict == NF_STOLEN)
		forget_packet(e);
	/* The end of a chain: some kernels call it a rule, of no handle. */
	if (n->type == NFT_TRACETYPE_RULE && !n->handle)
		n->type = NFT_TRACETYPE_RETURN;
	return n->table.len && n->chain.len && n->type;
}

enum message_kind event_classify_other(uint16_t type)
{
	if (type == NLMSG_ERROR)
		return MESSAGE_FENCE;
	if (type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE))
		return MESSAGE_NFT_TRACE;
	if (type >> 8 == NFNL_SUBSYS_NFTABLES && nft_update_kind(type))
		return MESSAGE_NFT_UPDATE;
	return MESSAGE_OTHER;
}
