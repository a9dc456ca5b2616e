/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component_rows: by what the rules of each program are known, and what it calls them. */
#ifndef NFTRACE_COMPONENT_ROWS_H
#define NFTRACE_COMPONENT_ROWS_H

#include <stdint.h>

#include "grounds/component_types.h"

/* What must be so besides, where a name alone is anybody's. */
enum component_proof {
	PROOF_NONE,
	PROOF_UFW,	/* the packet met a jump from this chain to one of ufw's */
	PROOF_ZONES,	/* firewalld's dispatch of zones led there */
	PROOF_POLICIES,	/* that of zones and policies did */
	PROOF_SHOREWALL,	/* the tables have its sentinel, or the path its chains */
	PROOF_PAIR,	/* that, and the chain is one of two zones: $1, $2 */
	PROOF_BRIDGE,	/* all of $1 ... are one bridge as Docker calls it: docker0, br-12 digits */
};

/*
 * All patterns that are given must fit (pattern_fits()); what their stars stood for
 * are $1, $2 ... of .object and .around, in the order of the fields here.
 *
 *	$1	as it is, one word
 *	$B1	Docker's bridge: "network bridge", "network 0123456789ab", "bridge x"
 *	$C1	Calico's policy; not if it is a hash
 *	$H	Calico's policy, by the comment of its chain's first rule
 *	$I1	a container's id, of which twelve digits are enough
 *	$J1	fail2ban's jail, by the name of a set: of IPv6 less the 6 behind it
 *	$L	what the chain that was called last from this one is named after
 *	$N	", rule 3" of Calico's policy, where its flow logs tell it; else nothing
 *	$S1	firewalld's zone or policy, and of which section: "x, deny"
 *	$T1	as it is, whatever it is
 *	$V1	a verdict as ufw says it: "deny", "reject", "allow"
 *
 * The rows of one component stand together.  The first that fits tells the component,
 * the first that fits and whose object can be told tells the object.
 */
struct component_row {
	const struct component *of;
	const char *nft;	/* table of nft's; NULL: iptables', of either backend */
	const char *table;	/* of iptables'; NULL: any */
	const char *chain;
	const char *calls;	/* the chain that the rule jumps to */
	const char *comment;	/* one of the rule's */
	const char *element;	/* that of the element of its verdict map which the packet met */
	const char *text;	/* all of the rule */
	uint8_t proof;		/* enum component_proof */
	const char *object;	/* NULL: the row names none; "": nor do those behind it */
	const char *around;	/* behind the object that a chain called from here names */
	bool denies;		/* a default deny: who else was asked is told */
};

struct component_rows {
	const struct component_row *row;
	unsigned int count;
};

/* Rows of the cluster come first: Shorewall's, the last of the host, fit many names. */
extern const struct component_rows component_rows_cluster;
extern const struct component_rows component_rows_host;

#endif
