/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ahead: what tables in front of the deciding one would do with the packet if one thing of it were another. */
#ifndef NFTRACE_AHEAD_H
#define NFTRACE_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

struct asked;
struct conditions;
struct misses_rules;
struct rulebook;
struct rule_kept;

/* The packet that is tried. */
struct ahead_packet {
	const struct asked *a;	/* with its change */
	uint32_t fields;	/* what the change may change the answer of, 1 << enum asked_field each */
	bool known;		/* .a has the change; else only the field is known */
	/* The chain of nat that is tried is of this table; NULL: none of nat */
	const struct rulebook *own;
};

/**
 * ahead_takes - could a rule at the first hook drop it, or send it elsewhere, that let the packet itself pass?
 * With .own by rules and policies of all tables on the way of a forwarded packet to that chain.
 * Rules that nobody knows are not asked.
 */
bool ahead_takes(const struct ahead_packet *p, const struct misses_rules *rules,
		 struct rule_kept *kept, struct conditions *room);

#endif
