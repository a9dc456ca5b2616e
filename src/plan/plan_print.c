// SPDX-License-Identifier: GPL-2.0-or-later
/* plan_print: --dry-run: the rules that would go in, on stdout. */
#include "plan/plan_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/exit_status.h"
#include "plan/plan_state.h"
#include "plan/rate.h"
#include "rules/legacy/trace_rules.h"
#include "rules/nft/trigger_set.h"
#include "rules/nft/trigger_table.h"

/* The chains of one family, as they will be, in the words of both worlds. */
static void print_nft(const struct plan *p, const struct plan_family *pf,
		      unsigned int i, unsigned int c)
{
	static const char target[] = " -j TRACE";
	const int late = p->behind_nat ? NFT_TRIGGER_BEHIND_NAT :
					 NFT_TRIGGER_LATE;
	char limit[96] = "";

	if (p->limit.number)
		snprintf(limit, sizeof(limit), "limit rate %" PRIu64 "/%s "
			 "burst %u packets ", p->limit.number,
			 rate_unit(p->limit.seconds), p->limit.burst);
	for (unsigned int r = 0; r < pf->set.count; r++) {
		const struct trace_rule *rule = &pf->set.rule[r];
		size_t len = strlen(pf->text[r]);

		if (!(rule->chains & c))
			continue;
		if (len >= sizeof(target) - 1)
			len -= sizeof(target) - 1;
		printf("nft: %s %s priority %d:%.*s meta nfproto @deadline "
		       "%scounter meta nftrace set 1\n", i == 0 ? "ip" : "ip6",
		       nft_trigger_chain(c, rule->late), rule->late ? late :
		       NFT_TRIGGER_EARLY, (int)len,
		       pf->text[r], limit);
	}
	if (p->replies)
		printf("nft: %s %s priority %d: replies to these meta nfproto "
		       "@deadline %scounter meta nftrace set 1\n", i == 0 ? "ip" : "ip6",
		       nft_trigger_chain(c, true), late, limit);
}

static void print_raw(const struct plan_family *pf, unsigned int i,
		      unsigned int c)
{
	for (unsigned int r = 0; r < pf->set.count; r++)
		if (pf->set.rule[r].chains & c)
			printf("%s: -A %s%s\n", families[i]->command,
			       trace_chain_name(c), pf->text[r]);
}

int plan_print(const struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct plan_family *pf = &p->family[i];

		for (unsigned int c = TRACE_PREROUTING;
		     c <= TRACE_OUTPUT && pf->use; c <<= 1) {
			if (pf->trigger == TRIGGER_NFT)
				print_nft(p, pf, i, c);
			else
				print_raw(pf, i, c);
		}
	}
	return fflush(stdout) == 0 ? STATUS_TRACED : STATUS_FAILURE;
}
