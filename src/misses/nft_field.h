/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_field: what a rule of nft's words asks a packet for: its names, and the packet's value. */
#ifndef NFTRACE_NFT_FIELD_H
#define NFTRACE_NFT_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct asked;
struct asked_change;

/* How nft writes a field's constants. */
enum nft_type {
	NFT_TYPE_NUMBER,
	NFT_TYPE_ADDR4, NFT_TYPE_ADDR6,
	NFT_TYPE_PROTOCOL, NFT_TYPE_FAMILY, NFT_TYPE_ETHERTYPE,
	NFT_TYPE_DEVICE,	/* a name; "eth*": what begins so */
	NFT_TYPE_TCP_FLAGS, NFT_TYPE_CT_STATE, NFT_TYPE_CT_STATUS,
	NFT_TYPE_DIRECTION,
	NFT_TYPE_ICMP, NFT_TYPE_ICMP_CODE, NFT_TYPE_ICMP6, NFT_TYPE_ICMP6_CODE,
	NFT_TYPE_DSCP, NFT_TYPE_ECN,
	NFT_TYPES
};

/* A number of up to 16 bytes, so that numbers and addresses compare alike. */
struct nft_number {
	uint64_t high, low;
};

/* Where a field's bytes are. */
enum nft_base {
	NFT_BASE_NONE,		/* in no header */
	NFT_BASE_NETWORK,
	NFT_BASE_TRANSPORT,
};

struct nft_field {
	const char *word;	/* the second one: "dport"; NULL: there is none */
	uint8_t type;		/* enum nft_type */
	uint8_t asked;		/* enum asked_field */
	uint8_t nfproto;	/* whose header it is in; NFPROTO_UNSPEC: any */
	uint8_t protocol;	/* the rule asks for that as well, before; 0: for none */
	uint8_t base;		/* enum nft_base */
	uint8_t at, len;	/* bytes of it there; NONE: .len of its value */
	uint8_t shift, bits;	/* within these; .bits 0: all of them */
	/* NONE: Return: false: nobody tells. */
	bool (*get)(struct nft_number *n, const struct asked *a);
};

/**
 * nft_field_find - take a field's name off @rest
 * @name: set to its first word
 * Return: NULL: it is none that is known, and @rest is where it was.
 */
const struct nft_field *nft_field_find(struct strview *rest, struct strview *name);

/** nft_field_protocol - what IP carries; false: it is not known */
bool nft_field_protocol(struct nft_number *n, const struct asked *a);

/** nft_field_value - the packet's; false: it is not known, or it has no such thing */
bool nft_field_value(struct nft_number *n, const struct nft_field *f,
		     const struct asked *a);

/** nft_field_device - NFT_TYPE_DEVICE: its name; "": there is none; NULL: not known */
const char *nft_field_device(const struct nft_field *f, const struct asked *a);

/** nft_field_state - nft's bits for conntrack's states, 1 << enum conntrack_state each */
uint8_t nft_field_state(unsigned int states);

/** nft_field_is_behind_conntrack - in front of its hooks nothing tells which state a rule sees */
bool nft_field_is_behind_conntrack(const struct asked *a);

/** nft_field_want - the packet with @n in its stead; ASKED_OTHER: there is no such thing */
void nft_field_want(struct asked_change *c, const struct nft_field *f,
		    const struct nft_number *n, const struct asked *a);

#endif
