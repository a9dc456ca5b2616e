/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_state: the rules that shall go in, and for which families, backends and rate. */
#ifndef NFTRACE_PLAN_STATE_H
#define NFTRACE_PLAN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/in_interface.h"
#include "rules/base/family.h"
#include "rules/base/owner.h"
#include "rules/base/rule_set.h"
#include "rules/legacy/table.h"
#include "rules/nft/rule.h"

/* What turns a family's tracing on. */
enum plan_trigger {
	TRIGGER_LEGACY,		/* TRACE rules in raw */
	TRIGGER_NFT,		/* an nft table of our own */
};

struct plan_family {
	struct table_names tables;	/* that exist now */
	uint32_t entries;		/* in all of them */
	unsigned int nft_tables;	/* of this family and of inet */
	uint8_t trigger;		/* enum plan_trigger */
	bool use;			/* trace this family */
	uint8_t witness;		/* hooks that need a witness: witness_need.h */
	bool fits;			/* an expression can be for it */
	bool left_out;			/* and yet not traced: it has no table */
	struct trace_set set;
	char **text;			/* of each rule, behind "-A CHAIN" */
};

struct plan {
	struct plan_family family[FAMILY_COUNT];
	struct owner owner;		/* comment and deadline in the entries */
	bool deadline;			/* entries for raw carry one */
	bool see_legacy;		/* events of iptables-legacy's rules */
	bool see_nft;			/* events of nft's rules */
	bool ruleless;			/* nobody has a table here: traced by nft alone */
	bool nft_there;			/* the kernel has nf_tables, for these families */
	bool nft_unseen;		/* it has some, and they are left out */
	unsigned int link_tables;	/* of nft's families bridge and netdev: their
					 * rules may trace, whatever is seen of nft */
	bool witness;			/* chains of the run's own see what leaves a
					 * hook: there is nf_tables, and nobody said no */
	bool lock;			/* the xtables lock is needed */
	bool replies;			/* by the nft trigger */
	bool mirrored;			/* in raw, by expressions turned round */
	bool behind_nat;		/* the nft trigger is there */
	struct nft_limit limit;		/* the rate, for nft */
	bool inserts;			/* there is an expression, or --all */
	struct in_interface in;		/* of the expressions */
	char rate[64];			/* in words, "" for no limit */
	bool rate_default;
	const struct plan_meanwhile *meanwhile;	/* not done yet; NULL: it is */
};

#endif
