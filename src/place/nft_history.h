/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_history: nft's rules as read at some generations, and what was made in between. */
#ifndef NFTRACE_NFT_HISTORY_H
#define NFTRACE_NFT_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/event_nft.h"
#include "place/nft_changelog.h"

struct nft_snapshot;
struct nft_update;

/*
 * How many readings are kept while the rules change, and bytes of them, so that
 * rules that never rest do not fill the memory.  Of whatever size, three are kept:
 * two to differ, and one more on its way.
 */
enum { NFT_HISTORY_SNAPS = 24, NFT_HISTORY_BYTES = 64 << 20 };

/*
 * A history is open from the first change that the kernel tells of until the
 * rules have been read again and no change is known that this reading lacks.
 *
 * Why its texts are right
 *
 * A handle names one rule at a time, but not one for ever: `nft replace` keeps
 * it, and a table made anew counts from the start.  So a version of a rule is
 * (family, table, handle) from the generation of one NEWRULE message to that
 * of the next; of a base chain's policy, from one NEWCHAIN to the next.
 * Within a version the text does not change.  What is needed is that every
 * version an event can have met has been read in a generation of its own, and
 * that all of these have the same text: nft_resolve().
 *
 * - No version is missed: every NEWRULE and NEWCHAIN of a generation after
 *   .since is in .changelog.  Messages that were lost show in the socket
 *   (ENOBUFS, its count of drops) or as a gap between NEWGEN messages; then all
 *   is in doubt until the rules have been read anew, see .lost.  (The kernel
 *   counts from 2^32 - 1 to 1: that is taken for a gap.)
 * - No event is older than span.from: who reads the rules waits for all
 *   evaluations that were under way then (supervisor/nft_refresh), and a
 *   reading is only pushed once the socket was found empty afterwards, or a message has
 *   been read that was put into it then (capture_fence).  Hence what is read
 *   from then on was made under the generation of .snap[0] or a later one.
 * - Nor is an event older than a generation that had been told of when an event
 *   of an earlier evaluation of the same packet was read: nft_do_chain() takes
 *   the rules of the generation in force when it begins with a base chain, and
 *   that was behind the other event (journey.told).
 * - None is newer than span.to: the kernel makes the rules of generation N + 2
 *   visible to packets after it has sent NEWGEN for N + 1 (both under its
 *   commit mutex), and one socket gets both in order.  So what is read before
 *   that NEWGEN is of N + 1 at the latest.  It may be of N + 1 while only N
 *   was told of: the rules become visible before their messages are sent.
 * - A reading is of one generation: its number is the same before and after,
 *   and whoever was just changing the rules has finished in between
 *   (rules/nft/dump).
 */
struct nft_history {
	const struct nft_snapshot *snap[NFT_HISTORY_SNAPS];	/* newest first */
	unsigned int snaps;	/* 1 at least */
	const struct nft_snapshot *first;	/* of the start: not to be unmapped */
	struct nft_changelog changelog;		/* what was made after .since */
	uint32_t since;		/* generation of one of .snap */
	uint32_t began;		/* in this generation the trace began */
	bool early;		/* rules were changed from then to the first reading, and
				 * there is no other yet: events may be of before */
	uint32_t generation;	/* that the kernel has told of so far, to its end */
	uint32_t newest;	/* of the last change told of; its NEWGEN may be to come */
	uint32_t lost_at;	/* .generation when messages were lost */
	bool open;
	bool changed;		/* a change is known that snap[0] lacks */
	bool made;		/* the transaction being told of made a version */
	bool lost;		/* messages are lost, and the rules not read anew */
	bool healing;		/* a reading began since then */
};

/**
 * nft_history_begin - with the first reading
 * @snap: of the start, borrowed for ever
 * @began: the generation in which the trace began; if that is not the reading's, somebody
 *	changed rules in between: until the next reading no event is known to be of
 *	the reading's
 */
void nft_history_begin(struct nft_history *h, const struct nft_snapshot *snap,
		       uint32_t began);

/** nft_history_end - unmap all readings but that of the start */
void nft_history_end(struct nft_history *h);

/** nft_history_is_own - is a change one of this run's own tables? */
bool nft_history_is_own(const struct nft_history *h,
			const struct nft_update *c);

/**
 * nft_history_update - the kernel tells of a change
 * Return: true: texts that were certain may be so no more, see
 * nft_history_has_update().
 */
bool nft_history_update(struct nft_history *h, const struct nft_update *c);

/** nft_history_lost - messages are lost: any rule may have been made anew */
void nft_history_lost(struct nft_history *h);

/** nft_history_asked - the rules will be read, beginning from now */
void nft_history_asked(struct nft_history *h);

/** nft_history_span - generations of which an event is that is read now */
struct nft_span nft_history_span(const struct nft_history *h);

/** nft_history_told - of what begins now no event is of an earlier generation */
uint32_t nft_history_told(const struct nft_history *h);

/** nft_history_reaches - are all versions known that began behind @generation? */
bool nft_history_reaches(const struct nft_history *h, uint32_t generation);

/**
 * nft_history_has_update - may an event of @span have met a new version of @key?
 * Return: true: a version began behind the first generation of @span and not
 * behind its last one, or that cannot be told.
 */
bool nft_history_has_update(const struct nft_history *h, uint64_t key,
			    struct nft_span span);

/**
 * nft_history_push - the rules, read again
 * @snap: mapped; owned by @h when taken
 * Return: false: @snap is not taken, for the kernel has not told of all that is
 * in it; try again when it has.
 */
bool nft_history_push(struct nft_history *h, const struct nft_snapshot *snap);

/**
 * nft_history_close - no event that was read depends on earlier rules any more
 *
 * Only the newest reading is kept, unless the history is open.
 */
void nft_history_close(struct nft_history *h);

/** nft_key_rule, nft_key_chain - what a version is one of */
uint64_t nft_key_rule(uint8_t family, const struct event_name *table,
		      uint64_t handle);
uint64_t nft_key_chain(uint8_t family, const struct event_name *table,
		       const struct event_name *chain);

#endif
