/* SPDX-License-Identifier: GPL-2.0-or-later */
/* score: how well an event fits as the next one of a packet. */
#ifndef NFTRACE_SCORE_H
#define NFTRACE_SCORE_H

#include <stdbool.h>

struct journey;
struct observation;
struct path;

/*
 * What speaks for a journey or branch as the one that made an event, and
 * against it; the sums are compared, and nothing else is done with them.  So
 * the numbers mean nothing but an order, which journey_score_test.c holds them
 * to.  From the weakest on, each outweighs all that stands below it on its line:
 *
 *	COPY		CHANGED + BY_RULE: who may have made the event unchanged or
 *			changed comes before the copy of another
 *	ICMP_ID		COPY: NAT may give another id, but seldom does
 *	MARK, DEVICE	ICMP_ID + COPY: nothing that is known did this, while
 *			those are merely less usual
 *	STAMP_LIKELY	ICMP_ID + COPY: among those that are as possible the
 *			time decides ...
 *	RELAXED		STAMP_LIKELY, MARK or DEVICE, + ICMP_ID + COPY: ... but
 *			it makes good no missing event, and one event that is
 *			missing is less likely than one thing that is amiss
 *	SWAPPED		RELAXED + ICMP_ID + COPY: an exchange of events needs two
 *			packets alike, and a mistake before
 *	REWRITTEN	SWAPPED + COPY, RELAXED + MARK + COPY: any packet that
 *			was queued would do, hence only where none fits as it is
 *	STAMP_SAME,	SWAPPED or RELAXED + MARK, + ICMP_ID + COPY, and
 *	TRACE_ID_SAME	REWRITTEN + COPY: the kernel says that it is this packet,
 *			so whatever may be amiss was so
 *	HEADER		STAMP_SAME + REWRITTEN + COPY: what nobody on the way can
 *			have changed refutes a stamp, which two can have; only
 *			stamp and id together stand against it, as rules that
 *			are not seen may have changed the header
 *	ROBBED		STAMP_SAME + STAMP_OTHER + MARK + DEVICE, the same of trace
 *			ids: the names of packets alike are mistaken before the map
 *			is, and can be traded (packet_ids.h)
 *
 * Refuted is whom one such thing speaks against: STAMP_OTHER, TRACE_ID_OTHER,
 * HEADER, and this even with the same stamp.  What is merely unlikely refutes
 * nobody: SWAPPED + ICMP_ID + CHANGED + BY_RULE, RELAXED + MARK or DEVICE + ICMP_ID
 * + CHANGED, REWRITTEN + CHANGED + BY_RULE.  At a packet's first rule RELAXED is enough to
 * begin another journey: MARK + DEVICE is, one of them is not.
 */
enum score_weight {
	SCORE_CHANGED = -1,	/* by the rule before, or by the kernel */
	SCORE_BY_RULE = -1,	/* and by the kernel it cannot have been */
	SCORE_COPY = -3,	/* a new one begins */
	SCORE_ICMP_ID = -4,	/* another than before */
	SCORE_MARK = -8,	/* changed by nobody that is known */
	SCORE_DEVICE = -8,	/* another at a later hook; each of the two */
	SCORE_STAMP_LIKELY = 8,	/* the same, or the same time of a socket's TCP */
	SCORE_RELAXED = -16,	/* PATH_RELAXED */
	SCORE_SWAPPED = -24,	/* possible if a twin has got one of its events */
	SCORE_REWRITTEN = -28,	/* in user space: the addresses */
	SCORE_STAMP_SAME = 32, SCORE_STAMP_OTHER = -32,
	SCORE_TRACE_ID_SAME = 32, SCORE_TRACE_ID_OTHER = -32,
	SCORE_HEADER = -64,	/* changed by nobody; or a device at one hook */
	SCORE_ROBBED = -112,	/* a twin has got all its events of some chains */
	SCORE_REFUTED = -32,	/* at most: something says another packet */
};

/**
 * score_event - weigh what stayed the same against what cannot have changed
 * @path: the branch of @j that the event may follow, or be a copy of
 * @stamps: the kernel is known to stamp packets on receipt
 * Return: higher is better; SCORE_REFUTED and below: something contradicts.
 */
int score_event(const struct journey *j, const struct path *path,
		const struct observation *o, bool stamps);

/** score_part - the same of an event that shows no more than IP's header (HEADERS_PARTIAL) */
int score_part(const struct path *path, const struct observation *o);

#endif
