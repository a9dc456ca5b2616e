/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doubt: why the text of an event's rule may be the wrong one. */
#ifndef NFTRACE_DOUBT_H
#define NFTRACE_DOUBT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* The rules that log to group 0, in all tables of a family. */
struct forgers {
	const struct snapshot *snap;
	uint32_t rule[16];
	unsigned int count;
};

/** forgers_find - @s is borrowed, and may be NULL */
void forgers_find(struct forgers *f, const struct snapshot *s);

/** forgers_write - does one of them log with this prefix? */
bool forgers_write(const struct forgers *f, const char *prefix, size_t len);

#endif
