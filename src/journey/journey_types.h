/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey_types: the story of one packet. */
#ifndef NFTRACE_JOURNEY_TYPES_H
#define NFTRACE_JOURNEY_TYPES_H

#include <stdint.h>

#include "capture/event_nft.h"
#include "journey/fate.h"
#include "journey/packet_view.h"
#include "journey/path_types.h"
#include "journey/step.h"
#include "packet/packet.h"

enum { JOURNEY_STEPS_FIRST = 384, JOURNEY_STEPS = 512, JOURNEY_BRANCHES = 32,
       JOURNEY_CHANGES = 64, JOURNEY_TIES = 64, JOURNEY_PATIENCE_MS = 100,
       JOURNEY_UNKNOWN_LOSS = UINT32_MAX };

enum journey_flag {
	JOURNEY_GAP = 1 << 0,	    /* events may be missing */
	JOURNEY_AMBIGUOUS = 1 << 1, /* could not be told from a twin */
	JOURNEY_STAMPED = 1 << 2,   /* time is the packet's own */
	JOURNEY_HEADLESS = 1 << 3,  /* began behind the first rule */
	JOURNEY_CLONES = 1 << 4,    /* may still branch */
	JOURNEY_NAT = 1 << 5,	    /* nat was asked: a new connection */
	JOURNEY_TIMES = 1 << 6,	    /* stamps differ: times of the events */
	JOURNEY_NFT = 1 << 7,	    /* has events of nft */
	JOURNEY_TIED = 1 << 8,	  /* may have got a twin's event: ambiguity.h */
	JOURNEY_OVER = 1 << 9,	  /* has its fate, and waits for a twin's */
	JOURNEY_LEGACY = 1 << 10, /* has events of legacy tables */
	JOURNEY_KEPT = 1 << 11,	  /* is over, and can yet be taken back */
};

/* Another journey that may have made an event of this one, or this one its. */
struct tie {
	struct journey *twin;
	uint32_t first, last;	/* .steps before the first and last such event */
};

/*
 * A packet's story.  Owned by the table it is in; a report borrows it for
 * the length of one call.
 */
struct journey {
	struct journey *hash_next, **hash_prev;	/* by identity */
	struct journey *older, *newer;		/* by last event */
	struct journey *id_next;		/* by trace id */
	uint64_t key;
	uint64_t first_ns;	/* CLOCK_REALTIME of the first event */
	uint64_t last_ns;	/* CLOCK_MONOTONIC when its last was read */
	uint64_t last_event;	/* journey_table.events then */
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
	uint32_t map_turns;	/* path_map.turns at its first event */
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
	struct packet_view root_look;
	struct packet_view_since root_since;
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

#endif
