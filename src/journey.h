/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey: all events of one packet in order, what changed on the way, its fate. */
#ifndef NFTRACE_JOURNEY_H
#define NFTRACE_JOURNEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event_nft.h"
#include "fate.h"
#include "packet.h"
#include "path.h"

struct event;
struct place;

/* One event, less what is the same for all of its place. */
struct step {
	const struct place *place;
	uint32_t mark, in, out, phys_in, phys_out;
	uint8_t branch;		/* 0: the packet itself; else a clone */
	bool alone;		/* both_mark(): in this backend only */
};

enum change_maker { MAKER_RULE, MAKER_CONNTRACK, MAKER_ROUTING,
		    MAKER_FORWARDING, MAKER_UNKNOWN, MAKER_COUNT };
enum change_field { FIELD_MARK, FIELD_SRC, FIELD_DST, FIELD_TTL, FIELD_TOS,
		    FIELD_OUT, FIELD_IN, FIELD_LENGTH, FIELD_MSS, FIELD_COUNT };

const char *change_maker_word(enum change_maker m);
const char *change_field_word(enum change_field f);

/* An address and port, or a number, before or after a change. */
struct change_value {
	uint32_t number;
	int32_t port;		/* -1: none */
	uint8_t addr[16];
};

struct change {
	uint16_t step;		/* index of the event behind which it was made */
	uint8_t maker, field;
	struct change_value from, to;
};

enum { JOURNEY_STEPS_FIRST = 384, JOURNEY_STEPS = 512, JOURNEY_BRANCHES = 32,
       JOURNEY_CHANGES = 64, JOURNEY_TIES = 64, JOURNEY_PATIENCE_MS = 100,
       JOURNEY_UNKNOWN_LOSS = UINT32_MAX };

enum journey_flag {
	JOURNEY_GAP = 1 << 0,		/* events may be missing */
	JOURNEY_AMBIGUOUS = 1 << 1,	/* could not be told from a twin */
	JOURNEY_STAMPED = 1 << 2,	/* time is the packet's own */
	JOURNEY_HEADLESS = 1 << 3,	/* began behind the first rule */
	JOURNEY_CLONES = 1 << 4,	/* may still branch */
	JOURNEY_NAT = 1 << 5,		/* nat was asked: a new connection */
	JOURNEY_TIMES = 1 << 6,		/* stamps differ: times of the events */
	JOURNEY_NFT = 1 << 7,		/* has events of nft */
	JOURNEY_TIED = 1 << 8,		/* may have got a twin's event: twins.h */
	JOURNEY_OVER = 1 << 9,		/* has its fate, and waits for a twin's */
	JOURNEY_LEGACY = 1 << 10,	/* has events of legacy tables */
};

/* Another journey that may have made an event of this one, or this one its. */
struct tie {
	struct journey *twin;
	uint32_t first, last;	/* .steps before the first and last such event */
};

/*
 * A packet's story.  Owned by the shelf it stands on; a report borrows it for
 * the length of one call.
 */
struct journey {
	struct journey *hash_next, **hash_prev;	/* by identity */
	struct journey *older, *newer;		/* by last event */
	struct journey *id_next;		/* by trace id */
	uint64_t key;
	uint64_t first_ns;	/* CLOCK_REALTIME of the first event */
	uint64_t last_ns;	/* CLOCK_MONOTONIC when its last was read */
	uint64_t last_event;	/* shelf.events then */
	uint64_t stamp_ns;	/* last receive stamp seen, when .stamps */
	uint64_t number;	/* in order of printing, from 1; 0 before */
	uint32_t steps;		/* events in all */
	uint32_t room;		/* allocated */
	uint32_t snaplen;	/* bytes kept of the packet at most */
	uint32_t omitted;	/* events left out in the middle */
	uint32_t lost;		/* upper bound of events lost, when GAP */
	uint16_t changes;
	uint16_t flags;		/* enum journey_flag, ored */
	uint8_t branches;
	uint8_t ties;
	uint8_t stamps;		/* events with a stamp, all the same one */
	uint8_t nfproto;
	uint32_t trace_id;	/* nft's, of the last event that had one; 0: none */
	uint32_t uid;		/* of the local socket, UINT32_MAX: none */
	uint16_t hw_header_len;
	uint8_t hw_header[16];
	struct nft_span nft;	/* when its events of nft were made */
	struct step entry;	/* its first event, shown or not */
	struct packet first;	/* its pointers are into .bytes */
	struct packet last;	/* its pointers are into .last_bytes */
	struct step *step;	/* .steps - .omitted of them */
	struct change *change;
	struct path *path;	/* one a branch */
	struct fate fate[JOURNEY_BRANCHES];
	/* How it was when last seen at its first hook: there copies begin. */
	struct look root_look;
	struct look_since root_since;
	uint32_t root_steps;	/* so many were made by then; 0: not noted */
	struct tie *tie;	/* JOURNEY_TIES of them; NULL: never any */
	uint8_t *bytes, *last_bytes;
};

/** journey_kept - steps that are held, the first JOURNEY_STEPS_FIRST and the last */
static inline uint32_t journey_kept(const struct journey *j)
{
	return j->steps - j->omitted;
}

/** journey_first - where it came in: its first event that is shown, if not a copy's */
static inline const struct step *journey_first(const struct journey *j)
{
	return j->steps && !j->step[0].branch ? &j->step[0] : &j->entry;
}

/**
 * journey_is_bare - matched, and no event of it is to be shown
 *
 * With rules in raw that cannot be: raw's own policy is an event.
 */
bool journey_is_bare(const struct journey *j);

/** journey_met_nothing - and that was so because no chain was there; has its fates */
bool journey_met_nothing(const struct journey *j);

/**
 * journey_new - memory for a story; journey_begin() makes one of it
 * @snaplen: bytes kept of the packet
 * Return: freed with journey_free(); NULL: no memory.
 */
struct journey *journey_new(uint32_t snaplen);
void journey_free(struct journey *j);

/** journey_begin - the first event; journey_record() has to follow for it too */
void journey_begin(struct journey *j, const struct event *e,
		   const struct place *at, const struct packet *p,
		   uint64_t wall_ns);

/** journey_fork - the event is the first of a clone, branch .branches - 1 */
bool journey_fork(struct journey *j, const struct event *e,
		  const struct place *at);

/** journey_record - put one event down as what @branch did */
void journey_record(struct journey *j, unsigned int branch,
		    const struct event *e, const struct place *at,
		    const struct packet *p);

/** journey_add_step - room for one more event; the way in and the latest are kept */
struct step *journey_add_step(struct journey *j);

/** journey_is_over - no table is left to see it, and no copy can turn up */
bool journey_is_over(const struct journey *j, const struct path_map *map);

/** journey_patience_ns - how long to wait for the next event; at least
 * JOURNEY_PATIENCE_MS */
uint64_t journey_patience_ns(const struct journey *j);

/** journey_passed_nat - behind nat at its first hook, which said nothing */
bool journey_passed_nat(const struct journey *j, const struct path_map *map);

/** journey_find_fates - nothing more comes: fill .fate of each branch */
void journey_find_fates(struct journey *j, const struct path_map *map);

#endif
