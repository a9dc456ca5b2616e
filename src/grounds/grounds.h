/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grounds: on what the fate of a packet rests, found when its journey is over. */
#ifndef NFTRACE_GROUNDS_H
#define NFTRACE_GROUNDS_H

#include <stdint.h>

struct change;
struct journey;
struct place;

/* Translations that are told: of more those that later ones have overtaken are not. */
enum { GROUNDS_NAT = 4 };

/* One end of a packet was translated. */
struct grounds_nat {
	const struct change *change;	/* FIELD_SRC or FIELD_DST; of the journey */
	const struct place *by;		/* the rule, DNAT, MASQUERADE ...; NULL:
					 * conntrack, of a connection that it knew,
					 * or nobody knows who */
};

/* All borrowed from the journey, of one branch. */
struct grounds {
	/*
	 * DELIVERED, FORWARDED, SENT: who let it pass.  Every base chain that sees a
	 * packet can stop it, and each has let it pass; a person asks for the one rule
	 * that was made for such packets.  So it is, of those that accepted,
	 *
	 *	1. a rule with a condition, its own or one that led to it (.via),
	 *	2. else a rule without any,
	 *	3. else the policy
	 *
	 * of a chain that filters at INPUT (DELIVERED), FORWARD (FORWARDED) or OUTPUT
	 * (SENT): table filter, or a chain of nft of type filter in no table called raw,
	 * mangle or security.  Of several, legacy's and nft's, the last one.
	 *
	 *	4. Where no such chain has seen it: a rule with a condition that accepted it
	 *	   elsewhere, in raw, mangle, at another hook or outside IP's.
	 *
	 * nat's rules stop nothing.  A rule that handed it to user space counts as one
	 * that accepted when it went on.  NULL: nothing of all this, or events are
	 * missing that may tell of another rule.
	 */
	const struct place *accepted;
	/*
	 * The last rule with a condition of its own that led to the one that decided
	 * (fate.by, else .accepted).  NULL: that has a condition itself, or none led there.
	 * Of one that drops or rejects its protocol is no condition.
	 */
	const struct place *via;
	/*
	 * Who set the bits of the packet's mark last that the rule that decided asked for,
	 * or else .via.  NULL: it asked for none, they were not set, or nobody knows.
	 */
	const struct place *marked;
	/* The last rule with a condition that led to .marked; NULL as .via */
	const struct place *marked_via;
	/*
	 * A rule that translates, and nothing tells what came of it: the packet was not
	 * seen behind it.  NULL: there is none, all is in .nat.
	 */
	const struct place *unseen;
	unsigned int nats;
	struct grounds_nat nat[GROUNDS_NAT];
};

/** grounds_find - of branch @b, whose fate is found */
void grounds_find(struct grounds *g, const struct journey *j, unsigned int b);

/** grounds_last_end - the last translation of FIELD_SRC or FIELD_DST; NULL: there is none */
const struct change *grounds_last_end(const struct grounds *g, uint8_t field);

#endif
