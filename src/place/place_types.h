/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_types: where in the rules an event was made. */
#ifndef NFTRACE_PLACE_TYPES_H
#define NFTRACE_PLACE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/target.h"

struct snapshot;

enum place_kind { PLACE_RULE, PLACE_RETURN, PLACE_POLICY };

/* Is it certain which rule this is?  Always KNOWN for legacy places: see .straddles. */
enum place_state {
	PLACE_KNOWN,
	PLACE_PENDING,	/* the rules are changing: see place_nft_resolve() */
	PLACE_LOST,	/* it was gone before its text could be read */
};

/* How the numbers of a log are those of a chain that was saved at another time. */
enum place_fit {
	PLACE_FITS,
	PLACE_FITS_BELOW,	/* the log's are one higher: there is a rule more at the top */
	PLACE_MISFITS,		/* not at all, or nobody knows */
};

/*
 * A prefix that exists in the snapshot, or the like of an nft event.  Owned by
 * the index, one of a live nft event by its cache (nft_place_cache.h): valid
 * until that is closed.  So is what its pointers point to, or the snapshot's.
 */
struct place {
	const struct snapshot *snap;	/* of the start, by family; NULL: a file's, or nft's */
	const char *prefix;	/* "TRACE: raw:PREROUTING:rule:2", no blank */
	uint32_t prefix_len;
	uint32_t rule_len;
	const char *rule;	/* text as iptables-save prints it, or "" */
	const char *line;	/* the whole line of output, escaped, with \n; never NULL */
	uint32_t line_len;
	uint32_t id;		/* counts from 0; for tables beside this one */
	/*
	 * Terminated.  .table is interned: all places of one table have the same
	 * pointer, and those of a packet's other tables have others.
	 */
	const char *table;
	const char *chain;
	uint32_t chain_len;
	uint32_t chain_index;	/* in the snapshot of the start, or above */
	uint32_t target_chain;	/* EFFECT_JUMP, EFFECT_GOTO */
	uint32_t names_at;	/* in .rule: the target or chain that it names */
	uint32_t names_len;	/* 0: none */
	uint32_t number;	/* as the kernel counts */
	uint32_t last;		/* the chain's number of rules + 1 */
	/* path_map.excerpt: of the rule before it that each packet meets, 0: none */
	uint32_t sure_before;
	uint16_t own_before;	/* own rules in front of it in this chain */
	uint8_t kind;		/* enum place_kind: the kernel's word */
	uint8_t nfproto;
	uint8_t hook;		/* NF_INET_* of a builtin chain, else 0xff */
	uint8_t order;		/* enum table_order */
	uint8_t slot;	/* of path_map; SLOT_NONE in user chains */
	uint8_t effect;		/* enum place_effect */
	uint8_t mangles;	/* MANGLE_* of enum rule_does, ored */
	uint8_t doubt;		/* enum doubt: its text may be another's */
	uint8_t ct;		/* ct_rule_read() of its text, of a rule only */
	bool own;		/* a rule of this run */
	bool hidden;		/* not worth a line: own, or the end before a policy */
	bool witness;		/* the run's own at the end of a hook: what left it alive */
	bool at_end;		/* its chain's policy or implicit return */
	/* Legacy: beside what it changes its event tells of a step, and of nothing else: it
	 * is shown, copies nothing, asks no nat, and no packet begins there. */
	bool only_steps;
	bool straddles;		/* its table was just changing: see place_of_age() */
	/* As it was found last, which a journey's step keeps: */
	uint8_t ages;		/* 0, or it is of one of these: a bit each, enum legacy_age */
	uint8_t renewal;	/* ... by this change of its table; 0: by none */
	uint8_t backend;	/* enum event_backend */
	uint8_t family;		/* nft: of the table, NFPROTO_IPV4, NFPROTO_INET ... */
	uint8_t state;		/* enum place_state */
	bool steals;		/* legacy: its target can keep a packet, or answer it */
	bool traces;		/* nft, of a text: the rule turns tracing on */
	bool routes;		/* nft: a base chain of type route */
	bool nat;		/* nft: what it translates shows behind its chain */
	bool mapped;		/* nft: what it does a verdict map of the rule says */
	uint16_t queue;		/* nft, EFFECT_QUEUE: its number */
	uint64_t handle;	/* nft: the rule's, 0: none */
	uint32_t position;	/* nft: of the rule in its chain, from 1; 0: not known */
	const char *holder;	/* nft: the process that owns its table, as told of it; NULL: none known */
	bool counted;		/* nft: .prefix has .position, as iptables counts; else .handle */
	/* By the text of a rule or policy, place_read_words(): */
	bool condition;		/* there are packets that it does not match */
	bool only_protocol;	/* and nothing but their protocol tells which */
	bool logs_denial;	/* it logs with a prefix that says drop, deny ... */
	uint8_t says;		/* enum place_effect: what becomes of a packet that does */
	uint32_t asks_mark;	/* bits of the packet's mark that it asks for */
	const char *target;	/* "DROP", "cali-FORWARD", "REJECT" ... or "" */
};

/**
 * place_number - of the rule in its chain, as iptables counts when no rule of nftrace's
 * own is there any more, from 1; 0: it is not known, or its chain has it by handle
 */
static inline uint32_t place_number(const struct place *at)
{
	return at->number ? at->number - at->own_before : at->position;
}

/** place_is_own_rule - is it one of this run's rules? */
static inline bool place_is_own_rule(const struct place *at)
{
	return at->own && at->kind == PLACE_RULE;
}

/* Whether the kernel's numbers in raw are those of the snapshot. */
enum place_phase {
	PHASE_ARMED,		/* they are */
	PHASE_UNDOING,		/* the run's rules may be gone */
	PHASE_UNDONE,		/* they are gone */
};

/* What the text of an nft event tells of its place, and rules to it. */
struct place_told {
	uint8_t effect;		/* enum place_effect */
	uint8_t hook, slot, order;	/* of a base chain that is known */
	bool at_end, nat;
	bool own;			/* nftrace's: not shown */
	uint16_t does;		/* enum rule_does, ored */
	uint32_t target_chain;	/* place_chain_id() of JUMP, GOTO */
};

/* What a file tells of a place. */
struct place_known {
	const struct place_told *told;	/* NULL: not what becomes of a packet there */
	const char *prefix, *rule;	/* not terminated */
	size_t prefix_len;
	size_t rule_len;	/* 0: no text; what the rule does is unknown */
	uint16_t own_before;
	uint64_t handle;	/* nft: 0, or the prefix has its position */
	uint32_t position;	/* nft: 0, or the prefix has its handle */
	uint16_t queue;		/* nft, EFFECT_QUEUE: its number */
	uint8_t nfproto;
	uint8_t doubt;
};

#endif
