/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place: where in the rules an event was made; looked up once, then by hash. */
#ifndef NFTRACE_PLACE_H
#define NFTRACE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nft_snapshot;
struct path_map;
struct snapshot;

enum place_kind { PLACE_RULE, PLACE_RETURN, PLACE_POLICY };

/* What happens to the packet after this rule, as far as its target tells. */
enum place_effect {
	EFFECT_CONTINUE,	/* goes on behind this rule */
	EFFECT_JUMP,		/* goes on in .target_chain, comes back */
	EFFECT_GOTO,		/* goes on in .target_chain */
	EFFECT_RETURN,		/* goes back to the caller, or to the policy */
	EFFECT_ACCEPT,		/* leaves the table */
	EFFECT_DROP,
	EFFECT_REJECT,
	EFFECT_QUEUE,		/* waits for user space */
	EFFECT_STEAL,		/* the target keeps or answers it */
	EFFECT_MAYBE,		/* unknown target: any of these */
	EFFECT_UNKNOWN,		/* the rule itself is not known */
};

/* What a target can change in the packet. */
enum place_change {
	CHANGE_MARK = 1 << 0,
	CHANGE_SRC = 1 << 1,
	CHANGE_DST = 1 << 2,
	CHANGE_TTL = 1 << 3,
	CHANGE_TOS = 1 << 4,
	CHANGE_OTHER = 1 << 5,
	CHANGE_CLONE = 1 << 6,	/* makes a copy that is traced as well (TEE) */
};

/* Is it certain which rule this is?  Always for legacy places. */
enum place_state {
	PLACE_KNOWN,
	PLACE_PENDING,	/* the rules are changing: see place_nft_settle() */
	PLACE_LOST,	/* it was gone before its text could be read */
};

/*
 * A prefix that exists in the snapshot, or the like of an nft event.  Owned by the index, valid until
 * place_index_close().
 */
struct place {
	const struct snapshot *snap;
	const char *prefix;	/* "TRACE: raw:PREROUTING:rule:2", no blank */
	uint32_t prefix_len;
	uint32_t rule_len;
	const char *rule;	/* text as iptables-save prints it, or "" */
	const char *line;	/* the whole line of output, escaped, with \n */
	uint32_t line_len;
	uint32_t id;		/* counts from 0; for tables beside this one */
	const char *table;
	const char *chain;
	uint32_t chain_len;
	uint32_t chain_index;	/* in the snapshot */
	uint32_t target_chain;	/* EFFECT_JUMP, EFFECT_GOTO */
	uint32_t number;	/* as the kernel counts */
	uint32_t last;		/* the chain's number of rules + 1 */
	uint16_t own_before;	/* own rules in front of it in this chain */
	uint8_t kind;		/* enum place_kind: the kernel's word */
	uint8_t nfproto;
	uint8_t hook;		/* NF_INET_* of a builtin chain, else 0xff */
	uint8_t order;		/* enum table_order */
	uint8_t station;	/* of path_map; STATION_NONE in user chains */
	uint8_t effect;		/* enum place_effect */
	uint8_t changes;	/* enum place_change, ored */
	uint8_t doubt;		/* enum doubt: its text may be another's */
	bool own;		/* a rule of this run */
	bool hidden;		/* not worth a line: own, or the end before a policy */
	bool at_end;		/* its chain's policy or implicit return */
	uint8_t backend;	/* enum event_backend */
	uint8_t family;		/* nft: of the table, NFPROTO_IPV4, NFPROTO_INET ... */
	uint8_t state;		/* enum place_state */
	bool nat;		/* nft: what it translates shows behind its chain */
	uint16_t queue;		/* nft, EFFECT_QUEUE: its number */
	uint64_t handle;	/* nft: the rule's, 0: none */
	const char *target;	/* "DROP", "cali-FORWARD", "REJECT" ... or "" */
};

struct place_index;

/**
 * place_index_open - index over the snapshots of the families
 * @snaps: by family_index(), NULL where there is none; borrowed
 * @nft: nft's rules, which may log what looks like an event; or NULL; borrowed
 * @map: filled from them, or NULL; borrowed
 */
struct place_index *place_index_open(const struct snapshot *const snaps[],
				     const struct nft_snapshot *nft,
				     const struct path_map *map);
void place_index_close(struct place_index *idx);

/* Whether the kernel's numbers in raw are those of the snapshot. */
enum place_phase {
	PHASE_ARMED,		/* they are */
	PHASE_UNDOING,		/* the run's rules may be gone */
	PHASE_UNDONE,		/* they are gone */
};

/**
 * place_index_turn - from now on look up anew; places found stay valid
 * @changed: tables changed by others, 1 << index in the snapshot, by family
 */
void place_index_turn(struct place_index *idx, enum place_phase phase,
		      const volatile uint8_t changed[]);

/**
 * place_find - look a trace prefix up
 * @prefix: as in the message, "TRACE: table:chain:kind:N " and not terminated
 * Return: NULL for anything that the snapshot does not hold: a foreign log
 * message, or a rule that was added later.
 */
const struct place *place_find(struct place_index *idx, uint8_t nfproto,
			       const char *prefix, size_t len);

/* What a file tells of a place. */
struct place_known {
	const char *prefix, *rule;	/* not terminated */
	size_t prefix_len;
	size_t rule_len;	/* 0: no text; what the rule does is unknown */
	uint16_t own_before;
	uint16_t queue;		/* nft, EFFECT_QUEUE: its number */
	uint8_t nfproto;
	uint8_t doubt;
};

/**
 * place_restore - a place that a file names, with what the file knows of it
 * Return: NULL: no trace prefix, or too many places.
 */
const struct place *place_restore(struct place_index *idx,
				  const struct place_known *known);

/** place_adopt - give a place that is made elsewhere its id; false: no memory */
bool place_adopt(struct place_index *idx, struct place *p);

/** place_build_line - .line from .prefix and .rule; false: no memory */
bool place_build_line(struct place *p);


/** place_count - how many different places were found so far */
uint32_t place_count(const struct place_index *idx);

/** place_by_id - NULL beyond place_count() */
const struct place *place_by_id(const struct place_index *idx, uint32_t id);

/** place_looks_like_trace - is it of the form of a trace prefix at all? */
bool place_looks_like_trace(const char *prefix, size_t len);

/** place_queue - the number of the queue that its rule hands packets to */
unsigned int place_queue(const struct place *at);

#endif
