/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match: a match expression in iptables' words -> the kernel's rule bytes. */
#ifndef NFTRACE_MATCH_H
#define NFTRACE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "helper.h"

struct family;

enum match_status {
	MATCH_OK,
	MATCH_BAD,	/* a bad word; the message quotes it */
	MATCH_FAMILY,	/* good words, but not of this family */
	MATCH_KERNEL,	/* this kernel has no TRACE target or no such match */
};

/* What an expression is, as far as the caller must know. */
enum match_trait {
	MATCH_IN = 1 << 0,		/* has -i */
	MATCH_OUT = 1 << 1,		/* has -o */
	MATCH_EVERYTHING = 1 << 2,	/* no condition at all */
	MATCH_NOTHING = 1 << 3,		/* can match no packet (! -s 0/0) */
	MATCH_FRAGMENT = 1 << 4,	/* -f, or v6's -m frag */
	MATCH_CONNTRACK = 1 << 5,	/* needs conntrack, not there in raw yet */
	MATCH_ONLY_PRE = 1 << 6,	/* the kernel refuses it in OUTPUT */
	MATCH_ONLY_OUT = 1 << 7,	/* the kernel refuses it in PREROUTING */
	MATCH_NO_DEADLINE = 1 << 8,	/* no xt_time in this kernel */
	MATCH_SIDE_EFFECT = 1 << 9,	/* changes state that others use */
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
	char effect[256];		/* MATCH_SIDE_EFFECT: a sentence part, e.g.
					 * "--set adds addresses to recent list \"x\"" */
	struct match_entry entry[];
};

/**
 * match_start - begin to parse in a helper child
 * match_finish - wait; @res holds the result until helper_release()
 *
 * Return: 0 or -errno; *result is borrowed from @res and never NULL on
 * success (a helper that died is reported as MATCH_BAD with its words).
 */
int match_start(struct helper *h, const struct match_request *req);
int match_finish(struct helper *h, struct helper_result *res,
		 const struct match_result **result);

/** match_entry_bytes, match_entry_text - borrowed from @r */
const void *match_entry_bytes(const struct match_result *r, unsigned int i);
const char *match_entry_text(const struct match_result *r, unsigned int i);

#endif
