/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay_state: what the reader lends to --read, and how a file ended. */
#ifndef NFTRACE_REPLAY_STATE_H
#define NFTRACE_REPLAY_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/family.h"
#include "rules/base/strview.h"

struct event;
struct ifnames;
struct line_reader;
struct nft_snapshot;
struct path_map;
struct place;
struct place_index;
struct printer;
struct snapshot;
struct stats;

/* What the reader lends. */
struct replay {
	int fd;				/* of the file */
	uint64_t next_look;		/* at the memory, at this byte */
	bool flat;			/* events are printed, not packets */
	const struct snapshot *const *snap;	/* by family_index(), NULL: no rules */
	struct stats *stats;
	struct place_index *index;
	struct path_map *map;
	struct strview nft_rules;	/* what nft lists, .len 0: none */
	/* Set to what was made of it, once; whoever lends it frees it. */
	struct nft_snapshot **listed;
	struct ifnames *names;
	struct printer *printer;
	/* One event of a text, to be put into its journey. */
	void (*event)(void *arg, const struct event *e, const struct place *at,
		      uint64_t now_ns, uint64_t wall_ns);
	/* So many events are missing here; one of a packet under way is. */
	void (*gap)(void *arg, uint32_t lost);
	void (*hole)(void *arg);
	/* What comes next was seen on this host: journeys_origin(). */
	void (*origin)(void *arg, uint32_t origin);
	/* What has been silent until then, on that host, is over. */
	void (*silence)(void *arg, uint64_t now_ns);
	void *arg;
};

/* How it ended, in struct stats. */
enum replay_end {
	REPLAY_WHOLE,		/* the whole file was read, or -c was reached */
	REPLAY_BROKEN,		/* it is no file of its kind from there on */
	REPLAY_OLD_PCAP,	/* a file of another kind: nothing to be had */
	REPLAY_NO_EVENTS,	/* --flat --json, and it holds packets only */
	REPLAY_ERROR,		/* a read failed: .input_error */
	REPLAY_MEMORY,		/* it takes more than the reader may have */
};

/** replay_goes_on - is there memory for more of the file, and is more wanted? */
bool replay_goes_on(struct replay *r, const struct line_reader *in);

/**
 * replay_origin - where all that comes next was seen, for every form of report
 * @host: a stranger's bytes; what is kept of them is fit for output
 * @netns: digits, or ""
 */
void replay_origin(struct replay *r, const char *host, size_t len,
		   const char *netns, bool log);

/** replay_refuse - one more record or line that is none; @number: which, from 1 */
void replay_refuse(struct replay *r, uint64_t number, unsigned int fault,
		   const char *word);

#endif
