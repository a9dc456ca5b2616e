/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event: one NFLOG message's bytes -> a plain struct; pure. */
#ifndef NFTRACE_EVENT_H
#define NFTRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "capture/conntrack.h"

struct event_nft;
struct nfgenmsg;

enum event_backend { EVENT_LEGACY, EVENT_NFT };

enum event_flag {
	EVENT_HAS_STAMP = 1 << 0,	/* .stamp_ns */
	EVENT_HAS_SEQ = 1 << 1,		/* .seq */
	EVENT_HAS_UID = 1 << 2,		/* .uid, .gid */
	EVENT_NO_HEADERS = 1 << 3,	/* nft: no packet, no interfaces */
	EVENT_PARTIAL = 1 << 4,	/* nft: IPv6 without its extensions, and what follows */
};

/*
 * One message of NFLOG group 0, or of nft's trace.  Pointers are into the
 * message, which lives until the function returns that capture_receive() calls
 * with it.  Numbers are in host order; 0 where an attribute is absent, but for
 * the flags above.
 * Attributes: linux/netfilter/nfnetlink_log.h.
 */
struct event {
	uint8_t backend;	/* enum event_backend */
	uint8_t nfproto;	/* nfgen_family: NFPROTO_IPV4, ... */
	uint8_t hook;		/* NF_INET_* */
	uint8_t flags;		/* enum event_flag, ored */
	uint16_t hw_proto;	/* ethertype */
	uint16_t hw_header_len;
	uint32_t mark;
	uint32_t in, out;	/* interface indexes */
	uint32_t phys_in, phys_out;
	uint32_t uid, gid;
	uint32_t seq;		/* NFULA_SEQ: one sequence a socket */
	uint64_t stamp_ns;	/* CLOCK_REALTIME; microseconds are exact */
	/* Of two events with one number nothing differs but prefix and .seq; 0: not known. */
	uint64_t told;
	struct conntrack ct;	/* zeros where the kernel does not tell */
	const char *prefix;
	uint32_t prefix_len;	/* without the NUL at its end */
	uint32_t payload_len;
	const uint8_t *payload;	/* from the IP header on; may be cut */
	const uint8_t *hw_header;
	const struct event_nft *nft;	/* NULL: a legacy event */
};

/**
 * event_message_ok - does a whole message lie in the @left bytes at @nlh?
 * mnl_nlmsg_ok() compares as int: it takes lengths above INT32_MAX, with which
 * mnl_nlmsg_next() stays where it is.
 */
static inline bool event_message_ok(const struct nlmsghdr *nlh, int left)
{
	return left >= (int)sizeof(*nlh) && nlh->nlmsg_len >= sizeof(*nlh) &&
	       nlh->nlmsg_len <= (uint32_t)left;
}

/** event_text_len - of an attribute of @len bytes, one at least, without the NUL at its end */
static inline uint32_t event_text_len(const char *text, uint32_t len)
{
	return len - (text[len - 1] == '\0');
}

/** event_next_message - behind a whole one; @left: what is left from there on */
static inline const struct nlmsghdr *
event_next_message(const struct nlmsghdr *nlh, int *left)
{
	uint32_t len = NLMSG_ALIGN(nlh->nlmsg_len);

	*left -= (int)len;
	return (const void *)((const uint8_t *)nlh + len);
}

/**
 * event_has_successor - does another event follow in the same datagram?
 * @len: bytes from @nlh to the datagram's end
 *
 * A trace message is sent off at once, with what an NFLOG rule has left to
 * wait: it is always the last one.
 */
bool event_has_successor(const struct nlmsghdr *nlh, size_t len);

/** event_open - what is behind the header; NULL: not all of the message is there */
const struct nfgenmsg *event_open(const struct nlmsghdr *nlh, size_t len);

/* Of lo in every network namespace (include/net/flow.h). */
enum { LOOPBACK_IFINDEX = 1 };

/**
 * event_parse - decode a MESSAGE_LEGACY
 * @len: bytes there are; the header's own length is checked against it
 * Return: false: it is broken, and nothing of @e is to be used.
 */
bool event_parse(struct event *e, const struct nlmsghdr *nlh, size_t len);

enum { EVENT_STAMP_BYTES = 16 };

/* Where in a message that is; NULL: nowhere. */
struct event_parts {
	const uint8_t *stamp;	/* EVENT_STAMP_BYTES */
	const uint8_t *seq;
	const uint8_t *ct;	/* NFULA_CT, .ct_len bytes */
	uint16_t ct_len;
};

/** event_parse_parts - event_parse(), and where it was; @parts: zeros to begin with */
bool event_parse_parts(struct event *e, const struct nlmsghdr *nlh, size_t len,
		       struct event_parts *parts);

/** event_take_stamp - .stamp_ns by such bytes */
void event_take_stamp(struct event *e, const uint8_t *bytes);

/** event_take_entry - what NFULA_CT tells of a connection, instead of what @c had from one */
void event_take_entry(struct conntrack *c, const uint8_t *bytes, uint32_t len);

#endif
