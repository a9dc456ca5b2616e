/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot: all nft rules that see IP packets at one moment, with each rule's text. */
#ifndef NFTRACE_NFT_SNAPSHOT_H
#define NFTRACE_NFT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/helper.h"
#include "rules/base/shm.h"
#include "rules/base/target.h"

struct owner;

enum {
	NFT_SNAP_NONE = SHM_NONE,
	NFT_SNAP_NO_HOOK = 0xff,
	/*
	 * Added to hooks of families bridge and netdev, NF_BR_* and NF_NETDEV_*:
	 * they are none of IP's.
	 */
	NFT_SNAP_LINK_HOOK = 0x40,
};

enum nft_snap_table_flag {
	/* Written by iptables-nft, and every rule's text is in its words. */
	NFT_SNAP_IPTABLES = 1 << 0,
	NFT_SNAP_OWN = 1 << 1,		/* of the run given to _start() */
	NFT_SNAP_NFTRACE = 1 << 2,	/* of some run of nftrace, ours or not */
	NFT_SNAP_OWNED = 1 << 3,	/* NFT_TABLE_F_OWNER: a living socket's */
	NFT_SNAP_DORMANT = 1 << 4,	/* its base chains see no packet */
};

/* How a base chain is registered. */
enum nft_snap_type {
	NFT_SNAP_FILTER,
	NFT_SNAP_NAT,
	NFT_SNAP_ROUTE,
	NFT_SNAP_OTHER,
};

/* The texts and names of all of these lie in the snapshot's heap. */
struct nft_snap_rule {
	uint64_t handle;
	uint32_t chain;		/* index */
	uint32_t text;		/* see nft_snapshot_text() */
	uint32_t len;		/* bytes; 0: the text could not be had */
	uint32_t does;		/* enum rule_does, ored */
	uint32_t target;	/* xtables target's name, "" for none */
	uint32_t next;		/* hash chain */
	uint8_t iptables;	/* the text is iptables-nft-save's line */
	uint8_t verdict;	/* enum nft_snap_verdict */
	/* In a table of iptables' names that is not all in its words: it could have written this. */
	uint8_t alike;
	uint8_t unused;
	uint32_t to;		/* JUMP, GOTO: index of the chain, else NONE */
};

/* The verdict that a rule's text names, without maps. */
enum nft_snap_verdict {
	NFT_SNAP_CONTINUE,	/* none, or a map's, or an xtables target's */
	NFT_SNAP_ACCEPT,
	NFT_SNAP_DROP,
	NFT_SNAP_RETURN,
	NFT_SNAP_JUMP,
	NFT_SNAP_GOTO,
};

/* A chain; its rules are rule[first] ... rule[first + count - 1], in order. */
struct nft_snap_chain {
	uint64_t handle;
	uint32_t name;		/* NUL-terminated */
	uint32_t name_len;
	uint32_t table;		/* index */
	uint32_t first, count;
	uint32_t next;		/* hash chain */
	uint32_t policy_text;	/* base chains: -P CHAIN VERDICT, or nft's
				 * "type filter hook ... policy drop;" */
	uint32_t policy_len;
	int32_t priority;	/* base chains */
	uint8_t hook;		/* NF_INET_*, NFT_SNAP_LINK_HOOK + another, or
				 * NFT_SNAP_NO_HOOK */
	uint8_t type;		/* enum nft_snap_type */
	uint8_t policy;		/* NF_ACCEPT, NF_DROP */
	uint8_t unused;
};

struct nft_snap_table {
	uint64_t handle;
	uint32_t name;		/* NUL-terminated */
	uint32_t name_len;
	uint32_t first_chain, chains;
	uint32_t rules;
	uint32_t flags;		/* enum nft_snap_table_flag, ored */
	uint32_t next;		/* hash chain */
	uint32_t holder;	/* OWNED: "firewalld, pid 812", whose socket it is; "": not known */
	uint8_t nfproto;	/* NFPROTO_*: IPV4, IPV6, INET, BRIDGE, NETDEV */
	uint8_t unused[3];
};

/* In shared memory; the arrays lie behind it, at the offsets given. */
struct nft_snapshot {
	uint64_t size;		/* bytes in all */
	uint32_t generation;	/* NFTA_GEN_ID at which all this was so */
	uint32_t tables, chains, rules;
	uint32_t hash_mask;	/* of all three hash tables */
	uint64_t table_at, chain_at, rule_at, heap_at, heap_size;
	uint64_t table_hash_at, chain_hash_at, rule_hash_at;
};

/**
 * nft_snapshot_map - the snapshot behind a descriptor, read-only
 * @size: bytes, as known by whoever sent the descriptor
 * Calls nothing but mmap(2); the descriptor may be closed afterwards.
 * Return: NULL when it cannot be mapped or is no snapshot of this size.
 */
const struct nft_snapshot *nft_snapshot_map(int fd, size_t size);

/** nft_snapshot_unmap - NULL is nothing */
void nft_snapshot_unmap(const struct nft_snapshot *s);

/**
 * nft_snapshot_table, nft_snapshot_chain, nft_snapshot_rule - by index; borrowed from @s
 */
const struct nft_snap_table *nft_snapshot_table(const struct nft_snapshot *s,
						uint32_t i);
const struct nft_snap_chain *nft_snapshot_chain(const struct nft_snapshot *s,
						uint32_t i);
const struct nft_snap_rule *nft_snapshot_rule(const struct nft_snapshot *s,
					      uint32_t i);
/** nft_snapshot_text - bytes at an offset of the heap; names end in NUL */
const char *nft_snapshot_text(const struct nft_snapshot *s, uint32_t offset);

/**
 * nft_snapshot_find_table, nft_snapshot_find_chain, nft_snapshot_find_rule - an index, or
 * NFT_SNAP_NONE; O(1)
 */
uint32_t nft_snapshot_find_table(const struct nft_snapshot *s,
				 uint8_t nfproto, const char *name,
				 size_t len);
uint32_t nft_snapshot_find_chain(const struct nft_snapshot *s, uint32_t table,
				 const char *name, size_t len);
uint32_t nft_snapshot_find_rule(const struct nft_snapshot *s, uint32_t table,
				uint64_t handle);

/** nft_snapshot_family - "ip", "ip6", "inet", "bridge", "netdev" */
const char *nft_snapshot_family(uint8_t nfproto);

/** nft_snapshot_is_link - a family whose hooks are none of IP's: bridge, netdev */
bool nft_snapshot_is_link(uint8_t nfproto);

#endif
