/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target: what a rule can do to a packet, and what each target of xtables does. */
#ifndef NFTRACE_TARGET_H
#define NFTRACE_TARGET_H

#include <stdint.h>

/* What happens to the packet after a rule, as far as its target tells. */
enum place_effect {
	EFFECT_CONTINUE,	/* goes on behind this rule */
	EFFECT_JUMP,		/* goes on in another chain, comes back */
	EFFECT_GOTO,		/* goes on in another chain */
	EFFECT_RETURN,		/* goes back to the caller, or to the policy */
	EFFECT_ACCEPT,		/* leaves the table */
	EFFECT_DROP,
	EFFECT_REJECT,
	EFFECT_QUEUE,		/* waits for user space */
	EFFECT_STEAL,		/* the target keeps or answers it */
	EFFECT_MAYBE,		/* unknown target: any of these */
	EFFECT_UNKNOWN,		/* the rule itself is not known */
};

/* What a rule can do beyond its verdict, of either backend; ored. */
enum rule_does {
	/* What it can change in the packet. */
	MANGLE_MARK = 1 << 0,
	MANGLE_SRC = 1 << 1,		/* snat, masquerade, or writes it */
	MANGLE_DST = 1 << 2,		/* dnat, redirect, or writes it */
	MANGLE_TTL = 1 << 3,		/* TTL, hop limit */
	MANGLE_TOS = 1 << 4,		/* TOS, DSCP, ECN, traffic class */
	MANGLE_OTHER = 1 << 5,		/* other bytes of the packet */
	MANGLE_CLONE = 1 << 6,		/* makes a copy that is traced as well */
	MANGLE_ALL = (1 << 7) - 1,	/* each of these */

	DOES_REJECT = 1 << 7,		/* DROP here is REJECT to the sender */
	DOES_QUEUE = 1 << 8,
	DOES_TRACE_ON = 1 << 9,		/* meta nftrace set 1, TRACE */
	DOES_TRACE_OFF = 1 << 10,	/* meta nftrace set 0 */
	DOES_NAT = 1 << 11,		/* SRC or DST by conntrack's NAT */
	DOES_STEAL = 1 << 12,		/* synproxy: answers in its stead */
	DOES_VERDICT_MAP = 1 << 13,	/* its verdict depends on a map */
	DOES_NFLOG0 = 1 << 14,		/* logs to group 0: can forge an event */
	DOES_DROP = 1 << 15,		/* what it cannot change, before it goes on */

	/* Whoever reads a queue may give back another packet, but no copy. */
	DOES_QUEUED = DOES_QUEUE | (MANGLE_ALL & ~MANGLE_CLONE),
	/* nf_dup_ipv4(), nf_dup_ipv6(): the copy has a hop less. */
	DOES_CLONED = MANGLE_CLONE | MANGLE_TTL,
};

struct target {
	const char *name;
	uint16_t effect;	/* enum place_effect; nft's events tell it */
	uint16_t does;		/* enum rule_does, ored */
};

/** target_find - by name, of the kernel's and of xtables-addons'; else NULL */
const struct target *target_find(const char *name);

#endif
