/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match_request: a match expression to be parsed, and what becomes of it. */
#ifndef NFTRACE_MATCH_REQUEST_H
#define NFTRACE_MATCH_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

struct family;
struct helper_then;

enum match_status {
	MATCH_OK,
	MATCH_BAD,	/* a bad word; the message quotes it */
	MATCH_FAMILY,	/* good words, but not of this family */
	MATCH_KERNEL,	/* this kernel has no TRACE target or no such match */
	MATCH_LARGE,	/* good words that the kernel has no room for in this family:
			 * to trace the other one alone is not what was asked */
	MATCH_DIED,	/* a library ended the parser: nobody's words are bad */
};

/* One request: the words of one expression for one family. */
struct match_request {
	const struct family *family;
	int argc;			/* words, without a program name */
	char *const *argv;
	/* nftrace's own matches, appended to the user's: */
	const char *rate;		/* "1000/second", NULL: no limit match */
	unsigned int burst;
	uint32_t deadline;		/* time --datestop, epoch; 0: none */
	const char *comment;		/* owner comment; NULL: none */
	bool nft;			/* for an nft rule: needs no target */
	const struct helper_then *then;	/* what the same helper does behind it; NULL: nothing */
};

/* One kernel entry (-s a,b makes several). */
struct match_entry {
	uint32_t offset;		/* of the ipt_entry/ip6t_entry in the result */
	uint32_t size;
	uint32_t text;			/* offset: as iptables-save, without
					 * "-A CHAIN " and with -j TRACE */
};

/* The result; lies in shared memory, offsets count from its start. */
struct match_result {
	uint32_t status;		/* enum match_status */
	uint32_t traits;		/* enum match_trait, ored */
	uint32_t count;
	char message[1024];		/* reason of a refusal; one line */
	char unknown[64];		/* refused: the option that nobody knows */
	char conntrack_word[64];	/* MATCH_CONNTRACK: what to name */
	char unchecked[64];		/* "-m NAME" of which the kernel alone knows
					 * whether it takes it, or "" */
	char effect[256];		/* MATCH_SIDE_EFFECT: a sentence part, e.g.
					 * "--set adds addresses to recent list \"x\"" */
	struct match_entry entry[];
};

#endif
