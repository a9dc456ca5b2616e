/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: match expressions and the host's tables -> the rules that shall go in. */
#ifndef NFTRACE_PLAN_H
#define NFTRACE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "family.h"
#include "nft_rule.h"
#include "owner.h"
#include "rule_set.h"
#include "table.h"

struct options;

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
	struct trace_set set;
	char **text;			/* of each rule, behind "-A CHAIN" */
};

struct plan {
	struct plan_family family[FAMILY_COUNT];
	struct owner owner;		/* comment and deadline in the entries */
	bool deadline;			/* the entries carry one */
	bool see_legacy;		/* events of iptables-legacy's rules */
	bool see_nft;			/* events of nft's rules */
	bool nft_unseen;		/* it has some, and they are left out */
	bool lock;			/* the xtables lock is needed */
	bool replies;			/* by the nft trigger */
	struct nft_limit limit;		/* the rate, for nft */
	bool inserts;			/* there is an expression, or --all */
	char rate[64];			/* in words, "" for no limit */
	bool rate_default;
};

/**
 * plan_begin - look at the tables: which families and backends
 * plan_make - and parse every expression for every family
 *
 * Both report what is wrong or worth a warning, and change nothing.
 * Return: 0, or the exit status.  plan_free() it in any case.
 */
int plan_begin(struct plan *p, const struct options *o);
int plan_make(struct plan *p, const struct options *o);
void plan_free(struct plan *p);

/** plan_end - when a run that starts now is over for the kernel, epoch seconds */
int64_t plan_end(const struct options *o);

/** plan_print - --dry-run: the rules on stdout; exit status */
int plan_print(const struct plan *p);

#endif
