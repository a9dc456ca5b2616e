/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grounds: on what the fate of a packet rests, found when its journey is over. */
#ifndef NFTRACE_GROUNDS_H
#define NFTRACE_GROUNDS_H

struct change;
struct journey;
struct place;

enum { GROUNDS_NAT = 4 };	/* translations of one packet that are told */

/* One end of a packet was translated. */
struct grounds_nat {
	const struct change *change;	/* FIELD_SRC or FIELD_DST; of the journey */
	const struct place *by;		/* the rule, DNAT, MASQUERADE ...; NULL:
					 * conntrack, of a connection that it knew */
};

/* All borrowed from the journey, of one branch. */
struct grounds {
	/*
	 * DELIVERED, FORWARDED, SENT: who let it pass; a policy where no rule did.
	 * NULL: nothing that could have stopped it was asked.
	 */
	const struct place *accepted;
	/*
	 * The last rule with a condition of its own that led to the one that decided
	 * (fate.by, else .accepted).  NULL: that has a condition itself, or none led there.
	 */
	const struct place *via;
	const struct place *marked;	/* who set the mark that it asked for; NULL */
	unsigned int nats;
	struct grounds_nat nat[GROUNDS_NAT];
};

/** grounds_find - of branch @b, whose fate is found */
void grounds_find(struct grounds *g, const struct journey *j, unsigned int b);

#endif
