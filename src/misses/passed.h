/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passed: the rules of the deciding table that a packet met, and those that it passed over. */
#ifndef NFTRACE_PASSED_H
#define NFTRACE_PASSED_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/rulebook.h"

struct ifnames;
struct journey;
struct nft_snapshot;
struct snapshot;

enum {
	PASSED_RULES = 4096,	/* that are looked at; of more nothing is said */
	PASSED_DEPTH = 64,	/* chains that have called one another */
	PASSED_NOBODY = PASSED_RULES,	/* it is the base chain */
};

/* A rule that was asked, and how the packet's mark was then. */
struct passed_rule {
	uint32_t chain, number;
	uint32_t caller;	/* index of the rule that will be gone on behind; PASSED_NOBODY */
	uint32_t mark;
	/* What nftrace knows of its answer: bits 1 << enum asked_field. */
	uint32_t failed, unknown;
	uint8_t effect;		/* enum place_effect */
	uint8_t term;		/* struct brief's: what failed of it first */
	bool mark_known;
	bool met;		/* it has an event */
	bool changes;		/* struct rulebook_rule's */
	bool nat;		/* the same */
	bool marks;		/* it sets the mark, as its last thing: mark_rule_read() */
	bool acts_first;	/* nft: one that was passed over may have changed the mark */
	bool unread;		/* nothing is known of what it asks for */
};

/* Who called, and where it goes on there. */
struct passed_frame {
	uint32_t chain, next;
	uint32_t caller;	/* as above */
};

/* All of one evaluation of a base chain, in order, as far as it came. */
struct passed {
	struct rulebook book;
	bool printed;		/* set it before: struct misses_rules' */
	bool nat;		/* of a chain of nat, which translated nothing */
	uint8_t hook;		/* NF_INET_* of the base chain */
	uint32_t from;		/* the first of its events, as a step of the journey */
	uint32_t to;		/* behind the last one; passed_find_nat()'s alone */
	uint32_t n;
	struct passed_rule rule[PASSED_RULES];
	unsigned int depth;	/* frames; the last one is where it decided */
	struct passed_frame frame[PASSED_DEPTH];
};

/**
 * passed_find - on the way to where the packet's fate was decided
 * @legacy, @nft: the rules that it met, for certain; NULL: they are not known
 * Return: false: no rule of a table decided, or nothing is certain.
 */
bool passed_find(struct passed *w, const struct journey *j,
		 const struct snapshot *legacy, const struct nft_snapshot *nft);

/**
 * passed_find_nat - on the way through a chain of nat at @hook, to its end
 * @from: the step from which on it is looked for: both backends may have one
 * Return: false: nat was not asked there, or has translated.  .n is 0 where nothing is certain.
 */
bool passed_find_nat(struct passed *w, const struct journey *j, uint8_t hook,
		     uint32_t from, const struct snapshot *legacy,
		     const struct nft_snapshot *nft);

#endif
