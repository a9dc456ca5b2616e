// SPDX-License-Identifier: GPL-2.0-or-later
/* event: one NFLOG message's bytes -> a plain struct; pure. */
#include "event.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

static uint32_t get_be32(const struct nlattr *attr)
{
	return ntohl(mnl_attr_get_u32(attr));
}

/* Shortest payload of each attribute that is read; 0: not read. */
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
};

static void take_stamp(struct event *e, const struct nlattr *attr)
{
	struct nfulnl_msg_packet_timestamp ts;

	memcpy(&ts, mnl_attr_get_payload(attr), sizeof(ts));
	e->stamp_ns = be64toh(ts.sec) * 1000000000 +
		      be64toh(ts.usec) % 1000000 * 1000;
	e->flags |= EVENT_HAS_STAMP;
}

static void take_header(struct event *e, const struct nlattr *attr)
{
	struct nfulnl_msg_packet_hdr hdr;

	memcpy(&hdr, mnl_attr_get_payload(attr), sizeof(hdr));
	e->hook = hdr.hook;
	e->hw_proto = ntohs(hdr.hw_protocol);
}

static void take_attr(struct event *e, const struct nlattr *attr, uint16_t len)
{
	switch (mnl_attr_get_type(attr)) {
	case NFULA_PACKET_HDR:
		take_header(e, attr);
		break;
	case NFULA_MARK:
		e->mark = get_be32(attr);
		break;
	case NFULA_TIMESTAMP:
		take_stamp(e, attr);
		break;
	case NFULA_IFINDEX_INDEV:
		e->in = get_be32(attr);
		break;
	case NFULA_IFINDEX_OUTDEV:
		e->out = get_be32(attr);
		break;
	case NFULA_IFINDEX_PHYSINDEV:
		e->phys_in = get_be32(attr);
		break;
	case NFULA_IFINDEX_PHYSOUTDEV:
		e->phys_out = get_be32(attr);
		break;
	case NFULA_PAYLOAD:
		e->payload = mnl_attr_get_payload(attr);
		e->payload_len = len;
		break;
	case NFULA_PREFIX:
		e->prefix = mnl_attr_get_payload(attr);
		e->prefix_len = (uint32_t)strnlen(e->prefix, len);
		break;
	case NFULA_UID:
		e->uid = get_be32(attr);
		e->flags |= EVENT_HAS_UID;
		break;
	case NFULA_GID:
		e->gid = get_be32(attr);
		break;
	case NFULA_SEQ:
		e->seq = get_be32(attr);
		e->flags |= EVENT_HAS_SEQ;
		break;
	case NFULA_HWHEADER:
		e->hw_header = mnl_attr_get_payload(attr);
		e->hw_header_len = len;
		break;
	}
}

int event_parse(struct event *e, const struct nlmsghdr *nlh, size_t len)
{
	const struct nfgenmsg *nfg;
	const struct nlattr *attr;

	if (len > INT32_MAX || !mnl_nlmsg_ok(nlh, (int)len))
		return -EBADMSG;
	if (nlh->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET))
		return -ENOMSG;
	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*nfg))
		return -EBADMSG;
	memset(e, 0, sizeof(*e));
	nfg = mnl_nlmsg_get_payload(nlh);
	e->nfproto = nfg->nfgen_family;
	mnl_attr_for_each(attr, nlh, sizeof(*nfg)) {
		uint16_t type = mnl_attr_get_type(attr);
		uint16_t payload = mnl_attr_get_payload_len(attr);

		/* What a newer kernel adds is passed over. */
		if (type > NFULA_MAX || min_len[type] == 0)
			continue;
		if (payload < min_len[type])
			return -EBADMSG;
		take_attr(e, attr, payload);
	}
	return 0;
}

bool event_has_successor(const struct nlmsghdr *nlh, size_t len)
{
	int left = (int)len;
	const struct nlmsghdr *next = mnl_nlmsg_next(nlh, &left);

	return mnl_nlmsg_ok(next, left) && next->nlmsg_type != NLMSG_DONE;
}
