/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_update: a message of nf_tables about its rules -> a plain struct; pure. */
#ifndef NFTRACE_NFT_UPDATE_H
#define NFTRACE_NFT_UPDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "capture/event_name.h"

/* A change of the rules that the kernel tells of. */
enum nft_update_kind {
	NFT_UPDATE_NONE,	/* of nothing that packets meet: objects, flowtables */
	NFT_UPDATE_TABLE,	/* .table made, or its flags changed */
	NFT_UPDATE_NO_TABLE,	/* .table deleted */
	NFT_UPDATE_RULE,	/* a rule of .table made */
	NFT_UPDATE_NO_RULE,	/* or deleted */
	NFT_UPDATE_CHAIN,	/* a chain of .table made, or changed */
	NFT_UPDATE_OTHER,	/* something else of .table */
	NFT_UPDATE_SET,		/* a set or map of .table, or an element of it */
	NFT_UPDATE_GENERATION,	/* all of a transaction has been told */
};

struct nft_update {
	uint8_t kind;		/* enum nft_update_kind */
	uint8_t family;
	uint16_t serial;	/* the generation's lower half */
	uint32_t generation;	/* GENERATION */
	uint32_t pid;		/* GENERATION: who made it, in the first PID namespace; 0: untold */
	struct event_name by;	/* the same, its command */
	bool hidden;		/* place_nft's: of a table whose texts are never shown */
	uint64_t handle;	/* of the table, chain or rule */
	struct event_name table;
	struct event_name chain;	/* CHAIN */
	struct event_name set;		/* SET */
};

/** nft_update_kind - by the message's type: enum nft_update_kind */
uint8_t nft_update_kind(uint16_t type);

/** nft_update_parse - decode a MESSAGE_NFT_UPDATE; false: it is broken */
bool nft_update_parse(struct nft_update *c, const struct nlmsghdr *nlh,
		      size_t len);

/**
 * nft_update_is_of_run - is it a change of a table of nftrace, this run's or another's?
 * By the name alone: no rule in there does anything to a packet.
 */
bool nft_update_is_of_run(const struct nft_update *c);

#endif
