/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stories: what is written of packets to which the same happened, made once. */
#ifndef NFTRACE_STORIES_H
#define NFTRACE_STORIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journey;
struct outbuf;
struct place;
struct report_env;
struct stories;

/* What of a form it is; one form may be within another. */
enum story_part {
	STORY_BLOCK, STORY_FOLD, STORY_LINE, STORY_JSON, STORY_RECORD, STORY_PARTS,
};

/* One that is told, or is to be kept.  Zeros: neither. */
struct story {
	const struct stories *of;	/* NULL: it cannot be kept */
	bool told;
	const struct place *by;	/* told: as it was kept */
	uint64_t hash;
	size_t at;		/* in the record: where it begins */
	uint8_t part;
};

/** stories_open - NULL: no memory; stories_close() it */
struct stories *stories_open(void);
void stories_close(struct stories *ss);

/** stories_forget - a place is no more, and its address may be another's */
void stories_forget(struct stories *ss);

/**
 * stories_tell - write again what was written of such a packet
 *
 * Packets that went on in the end, by the same events, with the same changes: all but
 * their own headers, time, connection and number.  These are not to be written in it.
 * Return: .told: it was written.  Else whoever writes it calls stories_keep() with that.
 */
struct story stories_tell(const struct report_env *env, struct outbuf *o,
			  const struct journey *j, enum story_part part);

/**
 * stories_keep - what the record has behind stories_tell() is a story
 * @by: for .by; NULL: nobody
 */
void stories_keep(const struct report_env *env, const struct story *s,
		  const struct outbuf *o, const struct journey *j,
		  const struct place *by);

#endif
