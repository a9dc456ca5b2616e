/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_join: which packet a drop record of the kernel's is of. */
#ifndef NFTRACE_DROP_JOIN_H
#define NFTRACE_DROP_JOIN_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/packet.h"

struct drop_record;
struct drop_seen;
struct journey;
struct journey_table;
struct path;
struct path_map;

enum { DROP_TWINS = 16 };	/* candidates alike that are remembered */

/* An address with its port, and without, as hashes: enough to tell them apart. */
struct drop_end {
	uint32_t addr, whole;
};

/* A record with what is asked of it for each packet that it may be of. */
struct drop_sight {
	const struct drop_record *r;
	const struct drop_seen *seen;
	uint64_t key;		/* identity_key() */
	uint64_t read_ns;	/* CLOCK_MONOTONIC: all its events had been read by then */
	struct packet p;	/* points into the record */
	struct drop_end src, dst;
	uint8_t nfproto;
	uint8_t hooks;		/* of its drop_meaning */
	bool verdict;		/* a hook's */
	bool copy;		/* of one that has come further it was a copy */
	bool many;		/* for a group, or for all: each socket has one of its own */
	bool gap;		/* events were lost of late: its packet may not be known */
};

/*
 * How a packet, or a copy, was when it was last seen: what a record is held against.
 * Small, as one is kept of each packet that was told of.
 */
struct drop_look {
	uint64_t stamp_ns;	/* of its receipt; 0: not known */
	uint32_t src, dst;	/* .whole of struct drop_end; without .ports .addr */
	uint32_t mark, in, out;
	uint8_t nfproto, hook;	/* NF_INET_* */
	uint8_t ttl, tos;
	uint8_t changes;	/* MANGLE_* that can have happened since, ored */
	bool ports;
	bool ended;		/* by a rule's verdict */
	bool copied;		/* copies of it may be elsewhere */
	bool cloned;		/* it is a copy that TEE or dup made */
	bool tracked;		/* they made copies of it, and conntrack was to look at it */
	bool beside;		/* a rule at egress made some, to go out by other interfaces */
};

/**
 * drop_sight_fill - decode a record
 * @depth, @snaplen: as much of a packet as its events show
 * Return: false: no IP packet, or not enough of it.
 */
bool drop_sight_fill(struct drop_sight *s, const struct drop_record *r,
		     const struct drop_seen *seen, uint32_t depth,
		     uint32_t snaplen);

/** drop_look_fill - of branch @b */
void drop_look_fill(struct drop_look *l, const struct journey *j,
		    unsigned int b, const struct path_map *map);

enum { DROP_SCORE_NONE = -64 };	/* and below: it is another packet */

/** drop_score - how well they fit; the higher the better */
int drop_score(const struct drop_sight *s, const struct drop_look *l);

/* Whose it may be: those that fit best, in the order in which they came. */
struct drop_match {
	int score;
	unsigned int count;
	struct {
		struct journey *j;
		unsigned int branch;
	} of[DROP_TWINS];
};

/** drop_join_find - among the journeys under way, and those that are over and kept */
void drop_join_find(struct drop_match *m, const struct journey_table *t,
		    const struct path_map *map, const struct drop_sight *s);

/** drop_join_note - the record is this branch's; @group: of its twins, 0: it has none */
void drop_join_note(struct journey *j, unsigned int b,
		    const struct path_map *map, const struct drop_sight *s,
		    uint32_t group);

#endif
