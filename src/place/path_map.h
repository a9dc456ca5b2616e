/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_map: which tables and base chains see a packet at each hook, and in which order. */
#ifndef NFTRACE_PATH_MAP_H
#define NFTRACE_PATH_MAP_H

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>
#include <stdint.h>

struct snapshot;

enum {
	SLOT_MAX = 64,
	SLOT_NONE = 0xff,
	/* Key of a witness: none of enum table_order, nor of a chain of others. */
	WITNESS_KEY = 0x100,
};

#define BIT(n) (1u << (n))
#define BIT64(n) (UINT64_C(1) << (n))

/* Hooks at which a packet can turn up next, a bit each; by hook. */
extern const uint8_t path_next_hooks[NF_INET_NUMHOOKS];

/*
 * A slot is a legacy table or an nft base chain at one hook.  Its number,
 * an index and a bit, stays the same for the whole run.
 */
struct path_hook {
	uint64_t must;			/* see every packet */
	uint64_t may;			/* nat: new connections only */
	uint64_t nft;			/* base chains, which come and go */
	uint64_t below[SLOT_MAX];	/* of lower priority than each */
	uint64_t upto[SLOT_MAX];	/* of lower or the same */
	int32_t priority[SLOT_MAX];
	uint32_t key[SLOT_MAX];	/* enum table_order, or place.chain_index */
	uint8_t count;
	bool overflow;			/* more are there than have a number */
	bool must_later, may_later;	/* at hooks behind this one */
};

/* Who else than this run traces packets, or did while it went on. */
enum path_others {
	OTHERS_RULES = BIT(0),	/* a TRACE rule, or one with "meta nftrace set 1" */
	OTHERS_RUNS = BIT(1),	/* another run of nftrace, by its nft table */
};

enum { PATH_VRFS = 64 };

struct path_map {
	struct path_hook hook[2][NF_INET_NUMHOOKS];	/* by family_index() */
	/*
	 * The run's own last chain at each hook, as the bit of its slot; 0: none.
	 * It sees whatever leaves the hook alive: its silence proves that
	 * something in there has kept or dropped the packet.
	 */
	uint64_t witness[2][NF_INET_NUMHOOKS];
	uint64_t ending_ns;	/* CLOCK_MONOTONIC: from here on they may be gone; 0 */
	bool witness_gone;	/* they were so, while packets were traced yet */
	uint32_t changes;	/* how often tables or base chains came or went */
	bool changing;		/* base chains of nft do, and have not been read since */
	uint32_t generation;	/* of nft's rules, that the kernel has told of so far */
	bool nft_unseen;		/* base chains of nft are not in it */
	bool link_behind;	/* chains of bridge, or of netdev's egress, may see it yet */
	bool copied;		/* a rule of nft makes copies (dup, TEE) */
	bool ipvs;		/* it takes packets out of INPUT, and sends them on */
	bool synproxy;		/* a rule had it take packets, at the ends of INPUT and POSTROUTING */
	bool untraced;		/* a rule of nft ends tracing: silence says nothing */
	uint8_t others;		/* enum path_others, ored; never taken back */
	bool excerpt;		/* a text is read: any event of it may be missing */
	/* Devices of VRFs, by which a packet passes its first hook twice; 0 behind the last. */
	uint32_t vrf[PATH_VRFS];
	/* Tables that it speaks of, and the rules lack: by family_index(), 1 << enum table_order. */
	uint8_t lacking[2];
};

/** path_map_fill - from the snapshots, by family_index(); NULL: no tables */
void path_map_fill(struct path_map *map, const struct snapshot *const snaps[]);

/**
 * path_map_renew - legacy tables of a family may have come or gone: see @now
 * Return: they have.
 */
bool path_map_renew(struct path_map *map, unsigned int family,
		    const struct snapshot *now);

/**
 * path_map_add - one more slot, or one that is there already
 * Return: its number; SLOT_NONE when the hook has no room for more.
 */
uint8_t path_map_add(struct path_map *map, unsigned int family,
		     unsigned int hook, uint32_t key, int32_t priority,
		     bool nat);

/** path_map_add_witness - the slot of the run's own last chain there; as path_map_add() */
uint8_t path_map_add_witness(struct path_map *map, unsigned int family,
			     unsigned int hook, int32_t priority);

/**
 * path_map_excuse - nothing is concluded from the silence of this slot
 *
 * The run's own chain is the first thing to go at its end, with packets under way.
 */
void path_map_excuse(struct path_map *map, unsigned int family,
		     unsigned int hook, uint8_t slot);

/** path_map_forget - those of keys with this bit see no packet any more */
void path_map_forget(struct path_map *map, uint32_t bit);

/**
 * path_map_lacking_behind - of .lacking, the first that may drop what leaves @slot of @hook
 * @slot: SLOT_NONE: nobody knows where at @hook
 * Return: enum table_order; T_OTHER: there is none.
 */
uint8_t path_map_lacking_behind(const struct path_map *map, unsigned int family,
				unsigned int hook, uint8_t slot);

/** path_map_slot - SLOT_NONE when there is none with this key */
uint8_t path_map_slot(const struct path_map *map, unsigned int family,
		      unsigned int hook, uint32_t key);

#endif
