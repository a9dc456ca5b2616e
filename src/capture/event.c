// SPDX-License-Identifier: GPL-2.0-or-later
/* event: one NFLOG message's bytes -> a plain struct; pure. */
#include "capture/event.h"

#include <arpa/inet.h>
#include <endian.h>
#include <string.h>

#include <linux/netlink.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "rules/base/units.h"

/* An attribute on its way into the struct. */
struct attr {
	uint16_t type, len;	/* of the payload */
	const uint8_t *payload;
};

static uint32_t get_be32(const struct attr *a)
{
	uint32_t v;

	memcpy(&v, a->payload, sizeof(v));
	return ntohl(v);
}

/*
 * Shortest payload of each attribute that is read; 0: not read; 1: bytes, of
 * which there may be none: behind a device without a link layer's header (a
 * tunnel) HWHEADER has none.
 */
static const uint16_t min_len[NFULA_MAX + 1] = {
	[NFULA_PACKET_HDR] = sizeof(struct nfulnl_msg_packet_hdr),
	[NFULA_MARK] = 4,
	[NFULA_TIMESTAMP] = sizeof(struct nfulnl_msg_packet_timestamp),
	[NFULA_IFINDEX_INDEV] = 4,
	[NFULA_IFINDEX_OUTDEV] = 4,
	[NFULA_IFINDEX_PHYSINDEV] = 4,
	[NFULA_IFINDEX_PHYSOUTDEV] = 4,
	[NFULA_PAYLOAD] = 1,
	[NFULA_PREFIX] = 1,
	[NFULA_UID] = 4,
	[NFULA_GID] = 4,
	[NFULA_SEQ] = 4,
	[NFULA_HWHEADER] = 1,
	[NFULA_CT] = 1,
	[NFULA_CT_INFO] = 4,
};

void event_take_stamp(struct event *e, const uint8_t *bytes)
{
	struct nfulnl_msg_packet_timestamp ts;

	memcpy(&ts, bytes, sizeof(ts));
	e->stamp_ns = be64toh(ts.sec) * NS_PER_S +
		      be64toh(ts.usec) % 1000000 * 1000;
	e->flags |= EVENT_HAS_STAMP;
}

static void take_header(struct event *e, const struct attr *a)
{
	struct nfulnl_msg_packet_hdr hdr;

	memcpy(&hdr, a->payload, sizeof(hdr));
	e->hook = hdr.hook;
	e->hw_proto = ntohs(hdr.hw_protocol);
}

/* What is read of the entry; numbers of 32 bits all of them. */
static void take_entry_attr(struct conntrack *c, const struct attr *a)
{
	switch (a->type) {
	case CTA_STATUS:
		c->status = get_be32(a);
		c->known |= CONNTRACK_STATUS;
		break;
	case CTA_MARK:
		c->mark = get_be32(a);
		c->known |= CONNTRACK_MARK;
		break;
	case CTA_ID:
		c->id = get_be32(a);
		c->known |= CONNTRACK_ID;
		break;
	}
}

void event_take_entry(struct conntrack *c, const uint8_t *bytes, uint32_t len)
{
	struct nlattr head;
	struct attr a;

	c->known &= CONNTRACK_DIRECTION;
	c->id = c->mark = c->status = 0;
	for (uint32_t at = 0; at + sizeof(head) <= len;
	     at += NLA_ALIGN(head.nla_len)) {
		memcpy(&head, bytes + at, sizeof(head));
		if (head.nla_len < sizeof(head) || head.nla_len > len - at)
			break;
		a.type = head.nla_type & NLA_TYPE_MASK;
		a.len = (uint16_t)(head.nla_len - sizeof(head));
		a.payload = bytes + at + sizeof(head);
		if (a.len >= 4)
			take_entry_attr(c, &a);
	}
}

static void take_attr(struct event *e, const struct attr *a,
		      struct event_parts *parts)
{
	switch (a->type) {
	case NFULA_PACKET_HDR:
		take_header(e, a);
		break;
	case NFULA_MARK:
		e->mark = get_be32(a);
		break;
	case NFULA_TIMESTAMP:
		parts->stamp = a->payload;
		event_take_stamp(e, a->payload);
		break;
	case NFULA_IFINDEX_INDEV:
		e->in = get_be32(a);
		break;
	case NFULA_IFINDEX_OUTDEV:
		e->out = get_be32(a);
		break;
	case NFULA_IFINDEX_PHYSINDEV:
		e->phys_in = get_be32(a);
		break;
	case NFULA_IFINDEX_PHYSOUTDEV:
		e->phys_out = get_be32(a);
		break;
	case NFULA_PAYLOAD:
		e->payload = a->payload;
		e->payload_len = a->len;
		break;
	case NFULA_PREFIX:
		e->prefix = (const char *)a->payload;
		e->prefix_len = event_text_len(e->prefix, a->len);
		break;
	case NFULA_UID:
		e->uid = get_be32(a);
		e->flags |= EVENT_HAS_UID;
		break;
	case NFULA_GID:
		e->gid = get_be32(a);
		break;
	case NFULA_SEQ:
		e->seq = get_be32(a);
		parts->seq = a->payload;
		e->flags |= EVENT_HAS_SEQ;
		break;
	case NFULA_HWHEADER:
		e->hw_header = a->payload;
		e->hw_header_len = a->len;
		break;
	case NFULA_CT:
		parts->ct = a->payload;
		parts->ct_len = a->len;
		event_take_entry(&e->ct, a->payload, a->len);
		break;
	case NFULA_CT_INFO:
		conntrack_by_info(&e->ct, get_be32(a));
		break;
	}
}

/*
 * By hand: mnl_attr_for_each makes five calls for each attribute, a tenth of
 * all that the reader does.
 */
static bool take_attrs(struct event *e, const uint8_t *bytes, uint32_t at,
		       uint32_t end, struct event_parts *parts)
{
	struct nlattr head;
	struct attr a;

	for (; at + sizeof(head) <= end; at += NLA_ALIGN(head.nla_len)) {
		memcpy(&head, bytes + at, sizeof(head));
		if (head.nla_len < sizeof(head) || head.nla_len > end - at)
			break;
		a.type = head.nla_type & NLA_TYPE_MASK;
		/* What a newer kernel adds is passed over. */
		if (a.type > NFULA_MAX || min_len[a.type] == 0)
			continue;
		a.len = (uint16_t)(head.nla_len - sizeof(head));
		a.payload = bytes + at + sizeof(head);
		if (a.len < min_len[a.type] && min_len[a.type] > 1)
			return false;
		if (a.len)
			take_attr(e, &a, parts);
	}
	return true;
}

const struct nfgenmsg *event_open(const struct nlmsghdr *nlh, size_t len)
{
	const size_t head = NLMSG_HDRLEN + sizeof(struct nfgenmsg);

	if (len < head || nlh->nlmsg_len < head || nlh->nlmsg_len > len)
		return NULL;
	return (const void *)((const uint8_t *)nlh + NLMSG_HDRLEN);
}

bool event_parse_parts(struct event *e, const struct nlmsghdr *nlh, size_t len,
		       struct event_parts *parts)
{
	const struct nfgenmsg *nfg = event_open(nlh, len);
	/* gcc clears so few bytes in a slow way. */
	static const struct event nothing;

	if (!nfg)
		return false;
	*e = nothing;
	e->nfproto = nfg->nfgen_family;
	return take_attrs(e, (const uint8_t *)nlh,
			  NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(*nfg)),
			  nlh->nlmsg_len, parts);
}

bool event_parse(struct event *e, const struct nlmsghdr *nlh, size_t len)
{
	struct event_parts parts = { NULL };

	return event_parse_parts(e, nlh, len, &parts);
}

bool event_has_successor(const struct nlmsghdr *nlh, size_t len)
{
	size_t at = NLMSG_ALIGN((size_t)nlh->nlmsg_len);
	const struct nlmsghdr *next;

	if (at >= len)
		return false;
	next = (const void *)((const uint8_t *)nlh + at);
	return event_message_ok(next, (int)(len - at)) &&
	       next->nlmsg_type != NLMSG_DONE;
}
