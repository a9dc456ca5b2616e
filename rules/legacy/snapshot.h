/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot: all legacy tables of a family at one moment, with every rule's text. */
#ifndef NFTRACE_SNAPSHOT_H
#define NFTRACE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/helper.h"
#include "rules/base/shm.h"

struct family;
struct owner;

enum { SNAP_NONE = SHM_NONE };

/* What a rule does with a packet that it matches. */
enum snap_verdict {
	SNAP_CONTINUE,		/* no target */
	SNAP_ACCEPT,
	SNAP_DROP,
	SNAP_QUEUE,
	SNAP_RETURN,
	SNAP_JUMP,		/* to .chain */
	SNAP_GOTO,		/* to .chain */
	SNAP_TARGET,		/* an extension, named .target */
};

enum snap_flag {
	SNAP_UNCONDITIONAL = 1 << 0,	/* the kernel labels it policy/return */
	SNAP_OWN = 1 << 1,	/* of the run given to snapshot_start() */
	SNAP_TRACE = 1 << 2,	/* -j TRACE */
	SNAP_NFLOG0 = 1 << 3,	/* -j NFLOG to group 0: can forge an event */
	SNAP_ALWAYS = 1 << 4,	/* of a text: no condition, whatever the target */
};

/* A rule, or a builtin chain's policy; texts lie in the snapshot's heap. */
struct snap_rule {
	uint32_t text;		/* whole line: -A CHAIN ... / -P CHAIN VERDICT */
	uint32_t len;		/* bytes; 0: the end of a user chain, no text */
	uint32_t chain;		/* JUMP, GOTO: index of the chain, else NONE */
	uint16_t target;	/* TARGET: index into target names */
	uint8_t verdict;	/* enum snap_verdict */
	uint8_t flags;		/* enum snap_flag, ored */
};

/*
 * A chain.  Its rules are rule[first] ... rule[first + count - 1], as numbered
 * by the kernel from 1; rule[first + count] is the policy (builtin chains) or
 * the implicit return (SNAP_RETURN, no text).
 */
struct snap_chain {
	uint32_t name;		/* offset in the heap, NUL-terminated */
	uint32_t name_len;
	uint32_t first;
	uint32_t count;
	uint32_t next;		/* hash chain */
	uint8_t table;		/* index of its table */
	uint8_t hook;		/* NF_INET_*, or 0xff for a user chain */
	uint16_t own_before;	/* own rules at its top: kernel number minus
				 * this is the number without them */
	uint64_t digest;	/* of its entries less counters and own rules */
};

struct snap_table {
	char name[32];
	uint32_t valid_hooks;	/* 1 << NF_INET_* */
	uint32_t first_chain;
	uint32_t chains;
	uint32_t rules;		/* without policies and ends of chains */
	uint64_t digest;	/* of the entries less counters and own rules */
};

enum { SNAP_TABLES = 8, SNAP_TARGETS = 256 };

/* In shared memory; the arrays lie behind it, at the offsets given. */
struct snapshot {
	uint8_t nfproto;
	uint32_t tables, chains, rules;	/* rules: with policies and ends */
	uint32_t targets;
	uint64_t chain_at, rule_at, heap_at, hash_at, end;
	uint32_t hash_mask;
	uint64_t bytes;		/* table_digest() of what was read; 0: of very many rules */
	struct snap_table table[SNAP_TABLES];
	char target[SNAP_TARGETS][32];
};

/* What of the rules goes into a snapshot. */
enum snap_detail {
	SNAP_TEXTS,		/* all */
	SNAP_DIGESTS,		/* all but the texts: quick */
};

/**
 * snapshot_finish - wait for one that was started (snapshot_make.h)
 * @snap: borrowed from @res, valid until helper_release(); read-only memory
 *	that a forked process shares
 * @fd: when not NULL it gets a descriptor of the same memory, for another
 *	process to map (SCM_RIGHTS), @res->len bytes; close(2) it
 * What an extension had to say when the return is not 0 is in @res->text.
 * Return: 0 or -errno.
 */
int snapshot_finish(struct helper *h, struct helper_result *res,
		    const struct snapshot **snap, int *fd);

/** snapshot_chain, snapshot_rule, snapshot_text - by index, by offset; borrowed from @s */
const struct snap_chain *snapshot_chain(const struct snapshot *s, uint32_t i);
const struct snap_rule *snapshot_rule(const struct snapshot *s, uint32_t i);
const char *snapshot_text(const struct snapshot *s, uint32_t offset);

/** snapshot_hook_name - "PREROUTING" for NF_INET_PRE_ROUTING, ...; else "?" */
const char *snapshot_hook_name(unsigned int hook);

/** snapshot_table - by name; -1 when there is none */
int snapshot_table(const struct snapshot *s, const char *name, size_t len);

/** snapshot_find_chain - SNAP_NONE when there is none; O(1) */
uint32_t snapshot_find_chain(const struct snapshot *s, unsigned int table,
			     const char *name, size_t len);

/**
 * snapshot_clear_hash, snapshot_link_chain - for whoever makes one: an empty hash table,
 * and chain @i put into it
 */
void snapshot_clear_hash(struct snapshot *s);
void snapshot_link_chain(struct snapshot *s, uint32_t i);

#endif
