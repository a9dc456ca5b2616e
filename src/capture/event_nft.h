/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_nft: one message of nf_tables -> a plain struct: trace events and changes; pure. */
#ifndef NFTRACE_EVENT_NFT_H
#define NFTRACE_EVENT_NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;
struct nlmsghdr;

/* The kernel copies 40 bytes of network and 20 of transport header. */
enum { EVENT_NFT_PACKET = 60 + 20, EVENT_NO_HOOK = 0xff };

struct event_name {
	const char *text;	/* not terminated; "" where absent */
	uint32_t len;
};

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
	uint8_t packet[EVENT_NFT_PACKET];	/* its headers, put together */
};

/* A change of the rules that the kernel tells of. */
enum nft_update_kind {
	NFT_UPDATE_TABLE,	/* .table made, or its flags changed */
	NFT_UPDATE_NO_TABLE,	/* .table deleted */
	NFT_UPDATE_RULE,	/* a rule of .table made */
	NFT_UPDATE_NO_RULE,	/* or deleted */
	NFT_UPDATE_CHAIN,	/* a chain of .table made, or changed */
	NFT_UPDATE_OTHER,	/* something else of .table */
	NFT_UPDATE_GENERATION,	/* all of a transaction has been told */
};

struct nft_update {
	uint8_t kind;		/* enum nft_update_kind */
	uint8_t family;
	uint16_t serial;	/* the generation's lower half */
	uint32_t generation;	/* GENERATION */
	uint64_t handle;	/* of the table, chain or rule */
	struct event_name table;
	struct event_name chain;	/* CHAIN */
};

/**
 * event_nft_parse - decode a trace message
 * @e: filled; its hook is EVENT_NO_HOOK, and nft does not tell it; its payload
 *	is in @n->packet and empty when the message has no headers
 * Return: 0, -ENOMSG for a message of another kind, -EBADMSG for a broken one.
 */
int event_nft_parse(struct event *e, struct event_nft *n,
		    const struct nlmsghdr *nlh, size_t len);

/** nft_update_parse - decode a notification; return as above */
int nft_update_parse(struct nft_update *c, const struct nlmsghdr *nlh,
		     size_t len);

/** event_name_is - the same name? */
bool event_name_is(const struct event_name *n, const char *name);

#endif
