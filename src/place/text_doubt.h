/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_doubt: why the text of an event's rule may be the wrong one. */
#ifndef NFTRACE_TEXT_DOUBT_H
#define NFTRACE_TEXT_DOUBT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ruleset;

enum text_doubt {
	TEXT_DOUBT_NONE,
	TEXT_DOUBT_FORGED,     /* an NFLOG rule writes this very prefix */
	TEXT_DOUBT_RENUMBERED, /* made while nftrace's rules were going */
	TEXT_DOUBT_CHANGED,    /* the table was changed under the trace */
	TEXT_DOUBT_GONE,       /* nft: changed before its text could be read */
	TEXT_DOUBT_MISFIT,     /* --rules: they are not those that the log is of */
	TEXT_DOUBT_COUNT,
};

/** text_doubt_is_of_rules - may any rule of its chain have been another? */
static inline bool text_doubt_is_of_rules(enum text_doubt d)
{
	return d == TEXT_DOUBT_CHANGED || d == TEXT_DOUBT_MISFIT;
}

/** text_doubt_word - "forged", ...; text_doubt_sentence - for people; NULL for NONE */
const char *text_doubt_word(enum text_doubt d);
const char *text_doubt_sentence(enum text_doubt d);

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
 * @rules: their texts are borrowed for as long as @f is used
 */
void forgers_find(struct forgers *f, const struct ruleset *rules);

/** forgers_write - does one of them log with this prefix? */
bool forgers_write(const struct forgers *f, const char *prefix, size_t len);

#endif
