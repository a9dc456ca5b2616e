/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doubt: why the text of an event's rule may be the wrong one. */
#ifndef NFTRACE_DOUBT_H
#define NFTRACE_DOUBT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nft_snapshot;
struct snapshot;

enum doubt {
	DOUBT_NONE,
	DOUBT_FORGED,		/* an NFLOG rule writes this very prefix */
	DOUBT_RENUMBERED,	/* made while nftrace's rules were going */
	DOUBT_CHANGED,		/* the table was changed under the trace */
	DOUBT_GONE,		/* nft: changed before its text could be read */
	DOUBT_COUNT,
};

/** doubt_word - "forged", ...; doubt_sentence - for people; NULL for NONE */
const char *doubt_word(enum doubt d);
const char *doubt_sentence(enum doubt d);

/* The texts of the rules that log to group 0, in all tables of a family and in nft. */
struct forgers {
	struct {
		const char *text;	/* not terminated */
		uint32_t len;
	} rule[16];
	unsigned int count;
};

/**
 * forgers_find - as the rules were when the trace began
 * @s, @nft: borrowed for as long as @f is used; may be NULL
 */
void forgers_find(struct forgers *f, const struct snapshot *s,
		  const struct nft_snapshot *nft);

/** forgers_write - does one of them log with this prefix? */
bool forgers_write(const struct forgers *f, const char *prefix, size_t len);

#endif
