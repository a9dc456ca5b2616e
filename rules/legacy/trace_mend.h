/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_mend: puts the run's TRACE rules back to the top of raw after others were there. */
#ifndef NFTRACE_TRACE_MEND_H
#define NFTRACE_TRACE_MEND_H

#include <stdbool.h>
#include <stdint.h>

struct family;
struct owner;
struct trace_set;

/* What others had done to the rules of one family, and what became of it; rules. */
struct trace_mended {
	unsigned int moved;	/* they were not at the top, and are now */
	unsigned int put_back;	/* they were gone, and are in again */
	unsigned int missing;	/* they are gone */
	uint64_t packets;	/* that those found had counted */
	uint64_t dropped;	/* of these by rules that went, to go in anew */
};

/**
 * trace_mend - look for the rules that trace_rules_install() put in, mend their place
 * @set: what was put in; trace_rules_date() it before
 * @put_back: rules that are gone go in again
 * @m: filled on success
 *
 * One commit, and none where all is in its place.  A rule that is moved keeps its
 * counters.  Rules of other runs may stand above ours.
 * Return: 0 or -errno; then nothing was changed.
 */
int trace_mend(const struct trace_set *set, const struct owner *owner,
	       bool put_back, struct trace_mended *m);

/** trace_mend_needed - the same, only looked at; false as well when raw cannot be read */
bool trace_mend_needed(const struct trace_set *set, const struct owner *owner);

/** trace_mend_count - packets that the run's rules have counted; 0 or -errno */
int trace_mend_count(const struct family *f, const struct owner *owner,
		     uint64_t *packets);

#endif
