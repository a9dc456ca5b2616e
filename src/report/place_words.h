/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_words: what the short forms say of a rule: where it stands, and its own words. */
#ifndef NFTRACE_PLACE_WORDS_H
#define NFTRACE_PLACE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct place;

/* A piece of text that is fit for output. */
struct words {
	const char *at;
	uint32_t len;
	uint32_t columns;	/* of a terminal */
};

/*
 * Of one place.  The boilerplate is left out: the chain, of which .label tells, live
 * counters, "-m udp" behind "-p udp", and comments that no person has written.
 */
struct place_words {
	struct words label;	/* "nft ip filter:INPUT:3", "filter:FORWARD" of a policy */
	struct words table;	/* of it "nft ip filter", and */
	struct words chain;	/* "INPUT:3" */
	struct words rule;	/* "-p udp --dport 53 -j MARK --set-mark 0x1" */
	struct words brief;	/* the same without what its target is told */
	struct words comment;	/* "Policy default/no-mail", in quotes; "": none */
	bool copies;		/* the packet (TEE, dup) */
	const char *nat;	/* "DNAT", "MASQUERADE"; "": it is not said */
};

struct place_words_cache;

/** place_words_cache_open - NULL: no memory.  place_words_cache_close() takes NULL */
struct place_words_cache *place_words_cache_open(void);
void place_words_cache_close(struct place_words_cache *c);

/** place_words_of - made once; borrowed until the next call; without memory, of nothing */
const struct place_words *place_words_of(struct place_words_cache *c,
					 const struct place *p);

/** place_words_cache_forget - the id will be another place's */
void place_words_cache_forget(struct place_words_cache *c, uint32_t id);

#endif
