/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trigger_set: what goes into a run's own nft table of one family. */
#ifndef NFTRACE_NFT_TRIGGER_SET_H
#define NFTRACE_NFT_TRIGGER_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/nft/rule.h"

struct trace_set;

/* Priorities: ahead of raw (-300); behind conntrack (-200); behind dstnat (-100). */
enum {
	NFT_TRIGGER_EARLY = -301,
	NFT_TRIGGER_LATE = -199,
	NFT_TRIGGER_BEHIND_NAT = -99,
};

/* What goes into one family's table. */
struct nft_trigger_set {
	bool use;
	/*
	 * No rule is in force: the table only makes the kernel report nft's
	 * part of what legacy TRACE rules trace (nft_trace_enabled is on while
	 * any rule anywhere holds "meta nftrace set").
	 */
	bool key_only;
	/*
	 * Hooks, 1 << NF_INET_* each, that have a chain at their end, whose event
	 * tells that the packet has left it: rules/base/witness.h.  Only in a
	 * table that is the process's own: of one that others can take away,
	 * silence tells nothing.
	 */
	uint8_t witness;
	bool optional;		/* without .witness the table is of no use */
	bool replies;		/* trace what answers as well */
	bool behind_nat;	/* rules that are late are so: else behind conntrack */
	struct nft_limit limit;
	/*
	 * Milliseconds from the moment at which it goes in, or is renewed, to
	 * the one from which on its rules match nothing more.  The kernel
	 * counts them on its own clock, which nobody sets.
	 */
	uint64_t deadline_ms;
	struct trace_set *rules;	/* borrowed; .refused is filled */
};

#endif
