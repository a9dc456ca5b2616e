/* SPDX-License-Identifier: GPL-2.0-or-later */
/* side: one of the two recordings: its packets, and the rules that they met. */
#ifndef NFTRACE_DIFF_SIDE_H
#define NFTRACE_DIFF_SIDE_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct place;
struct report_late;

enum { SIDE_PACKETS = 65536 };	/* that are kept; more are counted */

/* Which of the rules have a key, in their order; those of one bucket lead to one another. */
struct side_index {
	uint32_t *bucket, *next;
	uint32_t buckets;
};

struct side {
	struct journey **journey;	/* in order of time */
	uint32_t count, room;
	uint64_t more;			/* packets for which there was no room */
	bool excerpt;			/* it was made of a text, which may lack any line */
	uint64_t before;		/* numbers that the other side's packets have */
	const struct place **rule;	/* each once: met, or nearly */
	uint32_t rules, rule_room;
	uint32_t *known;		/* by a place's id, a bit each */
	uint32_t known_room;		/* words */
	struct side_index by_rule, by_number;	/* see side_index() */
};

/** side_add - one packet more, of which nothing is borrowed but places */
void side_add(struct side *s, const struct journey *j);

/** side_late - what became of a packet of before in truth */
void side_late(struct side *s, const struct report_late *l);

/** side_free - all of it; zeroed is nothing */
void side_free(struct side *s);

/** side_index - no rule comes any more: those below can be asked; false: no memory */
bool side_index(struct side *s);

/** side_has - was this rule met there, or nearly, by any packet?  Then its rules have it. */
bool side_has(const struct side *s, const struct place *rule);

/** side_instead - another rule that stands there at its number; NULL: none is known */
const struct place *side_instead(const struct side *s, const struct place *rule);

#endif
