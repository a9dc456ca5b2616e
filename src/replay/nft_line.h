/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_line: a line of what `nft monitor trace` prints; pure. */
#ifndef NFTRACE_NFT_LINE_H
#define NFTRACE_NFT_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

enum nft_line_kind {
	NFT_LINE_PACKET,	/* headers, in front of a base chain's first event */
	NFT_LINE_CONNTRACK,	/* its connection, in front of that */
	NFT_LINE_RULE,
	NFT_LINE_RETURN,	/* the end of a chain that was called */
	NFT_LINE_POLICY,
};

/* Pointers are into the line. */
struct nft_line {
	uint8_t kind;		/* enum nft_line_kind */
	uint8_t family;		/* of the table: NFPROTO_* */
	uint32_t id;		/* not 0 */
	struct strview table, chain;
	struct strview rest;	/* PACKET, CONNTRACK: the fields; RULE: its text */
	struct strview verdict;	/* RULE, POLICY: "accept", "jump", "" ... */
	struct strview target;	/* JUMP, GOTO: the chain */
	uint64_t handle;	/* 0: not told */
	uint32_t mark;
	bool has_mark;
	bool xtables;		/* of xtables-monitor: xt_line.h */
};

/**
 * nft_line_parse - read a line, and what may stand in front of it
 * Return: 0; -ENOMSG: it is none; -EBADMSG: one that is cut off or damaged.
 */
int nft_line_parse(struct nft_line *l, struct strview line);

#endif
