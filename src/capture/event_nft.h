/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_nft: of which kind a message is; one of nf_tables -> a plain struct; pure. */
#ifndef NFTRACE_EVENT_NFT_H
#define NFTRACE_EVENT_NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

#include "capture/event.h"
#include "capture/event_name.h"
#include "capture/nft_headers.h"

enum { EVENT_NO_HOOK = 0xff };

/** nft_is_after - is generation @a later than @b?  They count round. */
static inline bool nft_is_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/* Generations of the rules: an event was made in one of these, both included. */
struct nft_span {
	uint32_t from, to;
};

/*
 * What only nft tells of an event; linux/netfilter/nf_tables.h.  Numbers are in
 * host order, 0 where absent; names are into the message.  Packet, in and out
 * come with the first event of each base chain that a packet passes.
 */
struct event_nft {
	uint8_t family;		/* of the table: NFPROTO_IPV4, NFPROTO_INET, ... */
	uint8_t type;		/* enum nft_trace_types */
	int32_t verdict;	/* NF_DROP ..., NFT_CONTINUE ...; rule, return */
	uint32_t policy;	/* NF_ACCEPT, NF_DROP; policy */
	uint32_t id;		/* the same for each event of a packet at a time */
	uint64_t handle;	/* of the rule, 0: none */
	struct event_name table, chain, jump;
	struct nft_span span;	/* the reader's: see place_nft_span() */
	uint8_t packet[NFT_HEADERS_MAX];	/* its headers, put together */
};

/* What a message of the capture's socket is: each kind has one parser. */
enum message_kind {
	MESSAGE_OTHER,		/* of no interest */
	MESSAGE_LEGACY,		/* NFLOG: event_parse() */
	MESSAGE_NFT_TRACE,	/* event_nft_parse() */
	MESSAGE_NFT_UPDATE,	/* a change of nft's rules: nft_update_parse() */
	MESSAGE_FENCE,		/* an answer of the kernel: capture_is_fence() */
};

/** event_classify_other - by an nlmsg_type that is none of NFLOG's */
enum message_kind event_classify_other(uint16_t type);

/**
 * event_classify - by its type, which parser a message is for
 * @nlh: its header, at least, is there
 */
static inline enum message_kind event_classify(const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type == (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET))
		return MESSAGE_LEGACY;
	return event_classify_other(nlh->nlmsg_type);
}

/**
 * event_nft_parse - decode a MESSAGE_NFT_TRACE
 * @e: filled; its hook is EVENT_NO_HOOK, and nft does not tell it; its payload
 *	is in @n->packet and empty when the message has no headers; its nfproto is
 *	the packet's, of families bridge and netdev as far as the headers show it
 * @len: bytes there are; the header's own length is checked against it
 * Return: false: it is broken, and nothing of @e and @n is to be used.
 */
bool event_nft_parse(struct event *e, struct event_nft *n,
		     const struct nlmsghdr *nlh, size_t len);

/** event_name_is - the same name? */
bool event_name_is(const struct event_name *n, const char *name);

#endif
