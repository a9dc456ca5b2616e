/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rulebook: the chains and rules of one table, of either backend. */
#ifndef NFTRACE_RULEBOOK_H
#define NFTRACE_RULEBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct asked;
struct brief;
struct conditions;
struct nft_snapshot;
struct place;
struct snapshot;
struct rule_kept;

enum { RULEBOOK_NONE = UINT32_MAX };

/* One of both; borrowed. */
struct rulebook {
	const struct snapshot *legacy;
	const struct nft_snapshot *nft;
	uint32_t table;		/* its index there */
	struct rule_kept *kept;	/* rules that were read; NULL: none is kept */
};

/* What a rule does with a packet that meets it. */
struct rulebook_rule {
	struct strview text;
	uint64_t handle;	/* nft's; 0: none */
	uint32_t to;		/* EFFECT_JUMP, EFFECT_GOTO: the chain */
	uint8_t effect;		/* enum place_effect */
	bool changes;		/* it may change something of the packet, or its mark */
	bool writes;		/* nft: it may change more than that, which no event shows */
	bool nat;		/* it translates, whatever else its effect says */
	bool own;		/* nftrace's: no packet of others' cares */
};

/** rulebook_open - the table of a place, by rules that may be met; .kept stays; false: it is not there */
bool rulebook_open(struct rulebook *b, const struct place *at,
		   const struct snapshot *legacy, const struct nft_snapshot *nft);

/** rulebook_chain - by its name; RULEBOOK_NONE: there is none */
uint32_t rulebook_chain(const struct rulebook *b, const char *name, size_t len);

/** rulebook_name - of a chain, terminated */
const char *rulebook_name(const struct rulebook *b, uint32_t chain);

/** rulebook_count - its rules, which are numbered from 1 */
uint32_t rulebook_count(const struct rulebook *b, uint32_t chain);

/** rulebook_number - of the rule in its chain; its end: one more than there are rules; 0: not there */
uint32_t rulebook_number(const struct rulebook *b, uint32_t chain,
			 const struct place *at);

/** rulebook_rule - @r: filled, of rule @number of its chain, from 1; it points into the rules */
void rulebook_rule(const struct rulebook *b, uint32_t chain, uint32_t number,
		   struct rulebook_rule *r);

/** rulebook_is_of_iptables - is the rule in iptables' words? */
bool rulebook_is_of_iptables(const struct rulebook *b, uint32_t chain, uint32_t number);

/** rulebook_end - EFFECT_RETURN, or of a base chain's policy EFFECT_ACCEPT, EFFECT_DROP */
uint8_t rulebook_end(const struct rulebook *b, uint32_t chain);

/** rulebook_ask - a rule's conditions, held against a packet; .unread: none are known */
void rulebook_ask(const struct rulebook *b, uint32_t chain, uint32_t number,
		  const struct asked *a, struct conditions *out);

/**
 * rulebook_ask_brief - the same in short, in a fraction of the time
 * Return: false: only rulebook_ask() can tell.
 */
bool rulebook_ask_brief(const struct rulebook *b, uint32_t chain, uint32_t number,
			const struct asked *a, struct brief *out);

/** rulebook_serial - struct asked's, for a packet that is another than those before */
uint64_t rulebook_serial(const struct rulebook *b);

/**
 * rulebook_ask_or_fail - rulebook_ask(), unless in short it is known that a condition fails
 * @room: gets what was put down, up to the first that fails
 * Return: true: that is known, before what is not understood, and nothing is put down.
 */
bool rulebook_ask_or_fail(const struct rulebook *b, uint32_t chain, uint32_t number,
			  const struct asked *a, struct conditions *room);

/**
 * rulebook_fails - does one of its conditions fail, for certain and before what is not understood?
 * @room: false: has all of them, or those before what is not understood
 */
bool rulebook_fails(const struct rulebook *b, uint32_t chain, uint32_t number,
		    const struct asked *a, struct conditions *room);

#endif
