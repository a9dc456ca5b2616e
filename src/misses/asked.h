/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asked: what a packet was when a rule asked, and what it would be with one thing changed. */
#ifndef NFTRACE_ASKED_H
#define NFTRACE_ASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/conntrack.h"
#include "packet/packet.h"

struct ipsets;
struct nft_sets;

/* What a condition asks a packet for; a bit each of a mask.  ASKED_OTHER: nothing of these. */
enum asked_field {
	ASKED_OTHER,
	ASKED_SRC, ASKED_DST,		/* of the IP header */
	ASKED_PROTO, ASKED_FRAGMENT,
	ASKED_SPORT, ASKED_DPORT,
	ASKED_TCP_FLAGS, ASKED_TCP_OPTION,
	ASKED_ICMP,			/* type, and code */
	ASKED_LENGTH, ASKED_TTL, ASKED_TOS,
	ASKED_BYTES,			/* others of the packet */
	ASKED_IN, ASKED_OUT, ASKED_PHYS_IN, ASKED_PHYS_OUT,
	ASKED_MARK,
	ASKED_STATE,			/* conntrack's word */
	ASKED_CT,			/* anything else of conntrack */
	ASKED_UID, ASKED_GID,
	ASKED_PKTTYPE, ASKED_MAC,
	ASKED_FAMILY,			/* IPv4 or IPv6 */
	ASKED_FIELDS
};

enum {
	ASKED_ROOM = 512,	/* bytes of a packet that can be changed */
	ASKED_ALL_STATES = (1 << CONNTRACK_STATES) - 2,
	/* Of a connection's first packet. */
	ASKED_FIRST_STATES = 1 << CONNTRACK_NEW | 1 << CONNTRACK_RELATED,
};

struct asked_device {
	uint32_t index;		/* 0: there is none */
	const char *name;	/* "" where there is none; NULL: it is not known */
};

/* Borrowed, all of it. */
struct asked {
	const struct packet *p;	/* as the rule saw it; .layer tells what is known */
	struct asked_device in, out, phys_in, phys_out;
	uint32_t mark;
	bool mark_known;
	/* What conntrack may say of it: 1 << enum conntrack_state; one bit: it says that. */
	uint8_t states;
	struct conntrack ct;	/* what else was told, of this very packet */
	uint32_t uid, gid;	/* UINT32_MAX: not told */
	uint16_t hw_len;	/* bytes of .hw; 0: not told */
	const uint8_t *hw;	/* the link's header */
	const struct nft_sets *sets;	/* who knows elements of sets; NULL: nobody */
	const struct ipsets *ipsets;	/* the same of ipset's */
	bool printed;		/* struct misses_rules': .p has bytes that were not told */
	uint8_t hook;		/* NF_INET_* of the base chain */
	uint8_t nfproto;	/* of the packet: NFPROTO_IPV4, NFPROTO_IPV6 */
	/*
	 * shared_serial(), one for each: all but its mark and .states is the same in those that
	 * have the same.  Who changes more of it gives it another one, or 0: none.
	 */
	uint64_t serial;
};

/* One thing of a packet, as it would have to be. */
struct asked_change {
	uint8_t field;		/* enum asked_field; ASKED_OTHER: no change */
	uint8_t len;		/* SRC ... BYTES: bytes of .bytes; else 0 */
	uint16_t at;		/* ... and where they go, from the IP header on */
	union {
		uint8_t bytes[16];
		struct {		/* IN, OUT, PHYS_IN, PHYS_OUT */
			char name[16];	/* not terminated, if it has 16 bytes */
			uint32_t index;	/* 0: not known */
		};
		uint32_t number;	/* MARK, UID, GID; STATE: enum conntrack_state */
	};
};

/* A packet with one thing changed, and what of it that takes. */
struct asked_copy {
	struct asked a;
	struct packet p;
	char name[17];
	uint8_t bytes[ASKED_ROOM];
};

/**
 * asked_with - the same packet with one thing changed; its headers are read anew
 * @c: as a condition that failed wants it
 * Return: false: that cannot be (not a byte of those captured).
 */
bool asked_with(struct asked_copy *to, const struct asked *from,
		const struct asked_change *c);

/**
 * asked_is_alike - would the changed packet still be of the same kind?
 * What comes from a link-local address is not forwarded, what goes to a group is
 * not delivered as what goes to a host: such an address is more than another one.
 */
bool asked_is_alike(const struct asked *a, const struct asked_change *c);

/** asked_value - "the packet's is 8080", "it came in by eth1": of a field, unescaped */
void asked_value(char *buf, size_t size, const struct asked *a,
		 enum asked_field field);

/** asked_direction - "the packet is a reply", "... no reply", where conntrack has said which */
void asked_direction(char *buf, size_t size, const struct asked *a);

#endif
