/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match_traits: what a parsed expression is, beyond its bytes; see enum match_trait. */
#ifndef NFTRACE_MATCH_TRAITS_H
#define NFTRACE_MATCH_TRAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct family;
struct xt_entry_match;

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
	MATCH_FILTER = 1 << 10,		/* has words of tcpdump's */
};

/**
 * match_traits_of_match - what one match of an expression means for raw
 * @effect, @size: filled when MATCH_SIDE_EFFECT is among them
 * Return: enum match_trait, ored.
 */
uint32_t match_traits_of_match(const struct family *f,
			       const struct xt_entry_match *m, char *effect,
			       size_t size);

/** match_traits_is_sure - will the kernel take it, whatever its values? */
bool match_traits_is_sure(const struct xt_entry_match *m);

/** match_traits_chains - the chains of raw that can hold it: enum trace_chain, ored */
unsigned int match_traits_chains(uint32_t traits);

/** match_traits_of_ip - from an entry's ip part alone: -i, -o, -f, everything, nothing */
uint32_t match_traits_of_ip(const struct family *f, const void *entry);

/** match_traits_ip_is_open - is there no condition in the ip part of an entry? */
bool match_traits_ip_is_open(const struct family *f, const void *entry);

#endif
