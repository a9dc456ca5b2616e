/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey_types: all events of one packet, and what is known of it. */
#ifndef NFTRACE_JOURNEY_TYPES_H
#define NFTRACE_JOURNEY_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/conntrack.h"
#include "capture/event_nft.h"
#include "journey/fate.h"
#include "journey/packet_view.h"
#include "journey/path_types.h"
#include "journey/step.h"
#include "packet/packet.h"

enum {
	JOURNEY_STEPS = 512,	/* events that are held ... */
	JOURNEY_STEPS_FIRST = 384,	/* ... the first; the others are the latest */
	JOURNEY_BRANCHES = 32,	/* the packet itself and its copies */
	JOURNEY_CHANGES = 64,	/* that are held; later ones are not told */
	JOURNEY_TIES = 64,	/* twins of one journey that are remembered */
	JOURNEY_PATIENCE_MS = 100,	/* silence before anything is concluded */
	JOURNEY_UNKNOWN_LOSS = UINT32_MAX,
};

enum journey_flag {
	JOURNEY_GAP = 1 << 0,	    /* events may be missing */
	JOURNEY_AMBIGUOUS = 1 << 1, /* could not be told from a twin */
	JOURNEY_STAMPED = 1 << 2,   /* time is the packet's own */
	JOURNEY_HEADLESS = 1 << 3,  /* began behind the first rule */
	JOURNEY_COPIES = 1 << 4,    /* copies of it may turn up */
	JOURNEY_NAT = 1 << 5,	    /* nat was asked: a new connection */
	JOURNEY_TIMES = 1 << 6,	    /* stamps differ: times of the events */
	JOURNEY_NFT = 1 << 7,	    /* has events of nft */
	JOURNEY_TIED = 1 << 8,	  /* may have got a twin's event: ambiguity.h */
	JOURNEY_OVER = 1 << 9,	  /* has its fate, and waits for a twin's */
	JOURNEY_LEGACY = 1 << 10, /* has events of legacy tables */
	JOURNEY_KEPT = 1 << 11,	  /* is over, and can yet be taken back */
	JOURNEY_OWN = 1 << 12,	  /* a rule of this run has traced it */
	JOURNEY_STRADDLES = 1 << 13, /* met rules that were just changing: in doubt */
	JOURNEY_SETTLED = 1 << 14, /* has its fate, unless more of it comes */
	JOURNEY_CLONED = 1 << 15, /* a rule made copies of it (TEE, dup) */
};

/* Another journey that may have made an event of this one, or this one its. */
struct tie {
	struct journey *twin;
	uint32_t first, last;	/* .steps before the first and last such event */
};

/* Where a journey is in the lists of its table. */
struct journey_links {
	struct journey *hash_next, **hash_prev;	/* by key */
	struct journey *older, *newer;		/* by last event */
	struct journey *id_next;		/* by trace id */
};

/* The receive stamp that the kernel keeps with a packet. */
struct journey_stamp {
	uint64_t ns;		/* CLOCK_REALTIME, the last one seen */
	uint8_t events;		/* that had a stamp, all the same one; 0: no .ns */
};

/* A packet when last seen at its first hook: there copies begin. */
struct journey_root {
	struct packet_look look;
	uint32_t steps;		/* so many were made by then; 0: not noted */
	bool seen;		/* .look is of then */
};

/* By which rule and table of routing it went out, as asked when it was over. */
struct journey_way {
	const char *text;	/* borrowed, for the run; NULL: not asked, or not known */
	uint8_t change;		/* index of the change that shows it, or .changes */
	bool shown;		/* without -v as well: a mark decided, or it was routed again */
};

/* What is kept of a packet's bytes, first and last seen. */
struct journey_bytes {
	uint8_t *first, *last;
	uint32_t size;		/* of each, in bytes */
};

/*
 * All events of one packet, in order.  Owned by the table that the journey is
 * in; a report borrows it for the length of one call.
 */
struct journey {
	struct journey_links links;
	/* Which packet it is */
	uint64_t key;		/* identity_key() */
	uint64_t serial;	/* in order of first events, from 0 */
	uint64_t number;	/* in order of printing, from 1; 0 before */
	uint32_t origin;	/* the host that it was seen on, of a log of several; 0 */
	uint32_t trace_id;	/* nft's, of the last event that had one; 0: none */
	uint8_t nfproto;
	struct journey_stamp stamp;
	struct nft_span nft;	/* when its events of nft were made */
	uint32_t told;		/* path_map.generation at its first event */
	uint32_t map_changes;	/* path_map.changes at its first event */
	uint64_t again;		/* event.told of its last event at a hook of IP; 0: not known */
	/* When it was seen */
	uint64_t first_ns;	/* CLOCK_REALTIME of the first event */
	uint64_t last_ns;	/* CLOCK_MONOTONIC when its last was read */
	uint64_t ready_ns;	/* the same, when all but its turn had come: order.h */
	uint64_t last_event;	/* journey_table.events then */
	/* Its events, and how far it is */
	uint16_t flags;		/* enum journey_flag, ored */
	uint8_t branches;	/* the packet itself, and its copies */
	uint8_t change_room;	/* of .change */
	uint16_t changes;
	uint32_t steps;		/* events in all */
	uint32_t omitted;	/* of these left out in the middle */
	uint32_t lost;		/* upper bound of events lost, when GAP */
	uint32_t room;		/* of .step */
	struct step entry;	/* its first event, shown or not */
	struct step *step;	/* .steps - .omitted of them */
	struct change *change;	/* NULL: never any */
	struct path *path;	/* one a branch, as is .fate */
	struct fate *fate;
	struct journey_root root;
	struct journey_way way;
	/* In the order of .step, while it is printed; borrowed: map_verdict.h */
	const struct map_verdict *verdict;
	uint32_t verdicts;
	/* Packets alike */
	uint8_t ties;
	struct tie *tie;	/* JOURNEY_TIES of them; NULL: never any */
	/* The packet */
	struct journey_bytes bytes;
	struct packet first, last;	/* their pointers are into .bytes */
	uint32_t uid;		/* of the socket that sent it here, UINT32_MAX: none */
	struct conntrack ct;	/* of the packet itself, as events told it */
	uint16_t hw_header_len;
	uint8_t hw_header[16];
};

/** journey_kept - how many steps are held: the first JOURNEY_STEPS_FIRST, and the latest */
static inline uint32_t journey_kept(const struct journey *j)
{
	return j->steps - j->omitted;
}

/** journey_first - where the packet came in: the first event that is shown, if not a copy's */
static inline const struct step *journey_first(const struct journey *j)
{
	return j->steps && !j->step[0].branch ? &j->step[0] : &j->entry;
}

#endif
