/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipset_key: what a rule with -m set asks a set of ipset for, and what is answered. */
#ifndef NFTRACE_IPSET_KEY_H
#define NFTRACE_IPSET_KEY_H

#include <stdint.h>

enum {
	IPSET_NAME = 32,	/* IPSET_MAXNAMELEN, with the NUL */
	IPSET_PARTS = 3,	/* of an element; a rule may name more */
	IPSET_WORDS = 6,	/* IPSET_DIM_MAX */
};

/* What of the packet is known, beside its addresses. */
enum ipset_known {
	IPSET_KNOWS_PORTS = 1 << 0,
	IPSET_KNOWS_IN = 1 << 1,
	IPSET_KNOWS_OUT = 1 << 2,
	IPSET_KNOWS_MAC = 1 << 3,
	IPSET_KNOWS_MARK = 1 << 4,
};

/*
 * A set's name, the packet, and which end of it the rule means.  Compared as bytes: to
 * be zeroed first.  It comes from another process: any bytes will do.
 */
struct ipset_key {
	char name[IPSET_NAME];
	uint8_t src[16], dst[16];
	char in[16], out[16];	/* devices; terminated or full */
	uint8_t mac[6];		/* the sender's */
	uint16_t sport, dport;	/* of ICMP type << 8 | code, in both */
	uint16_t unused;
	uint32_t mark;
	uint8_t nfproto, proto;
	uint8_t words;		/* of the rule: "src,dst" are two */
	uint8_t sources;	/* 1 << i: word i is "src" */
	uint8_t known;		/* enum ipset_known */
	uint8_t nomatch;	/* "--return-nomatch" */
	uint8_t more[2];
};

enum ipset_is { IPSET_NOT_KNOWN, IPSET_IS_OUT, IPSET_IS_IN };

/* What an element of the set is made of. */
enum ipset_part {
	IPSET_NO_PART, IPSET_ADDRESS, IPSET_PORT, IPSET_DEVICE, IPSET_MAC, IPSET_MARK,
};

struct ipset_answer {
	uint8_t is;			/* enum ipset_is */
	uint8_t part[IPSET_PARTS];	/* enum ipset_part; of a list of sets none */
};

#endif
