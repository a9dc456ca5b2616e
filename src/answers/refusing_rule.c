// SPDX-License-Identifier: GPL-2.0-or-later
/* refusing_rule: which rule of policy routing ("ip rule") lets a packet go nowhere. */
#include "answers/refusing_rule.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/fib_rules.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>

#include "answers/policy_rule.h"
#include "host/dump.h"
#include "protocol/ways.h"

/* Of all rules in their order. */
struct refusal_search {
	const struct way_question *q;
	const char *in;
	uint8_t action;		/* enum fr_act: what says such an error */
	uint32_t skip_to;	/* behind a goto: those of lower priority are passed over */
	bool tables;		/* one was asked before */
	bool found, over;
	struct policy_rule rule;
};

/* fib4_rule_action(), fib6_rule_action(); a route says other errors, but for the last two. */
static uint8_t action_of(int error)
{
	switch (error) {
	case -ENETUNREACH:
		return FR_ACT_UNREACHABLE;
	case -EACCES:
		return FR_ACT_PROHIBIT;
	case -EINVAL:
		return FR_ACT_BLACKHOLE;
	}
	return FR_ACT_UNSPEC;
}

static int on_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct refusal_search *s = arg;
	struct policy_rule r;
	enum rule_fits fits;

	if (s->over || !policy_rule_parse(&r, nlh) || r.priority < s->skip_to)
		return MNL_CB_OK;
	fits = policy_rule_fits(&r, s->q, s->in);
	if (fits == RULE_NOT || r.action == FR_ACT_NOP)
		return MNL_CB_OK;
	if (r.action == FR_ACT_TO_TBL) {
		s->tables |= r.table != RT_TABLE_LOCAL;
		return MNL_CB_OK;
	}
	if (r.action == FR_ACT_GOTO && fits == RULE_FITS) {
		s->skip_to = r.target;
		return MNL_CB_OK;
	}
	s->over = true;
	s->found = fits == RULE_FITS && r.action == s->action;
	s->rule = r;
	return MNL_CB_OK;
}

bool refusing_rule_find(struct refusing_rule *r, const struct way_question *q,
			const char *in, int error)
{
	struct refusal_search s = { .q = q, .in = in, .action = action_of(error) };
	struct fib_rule_hdr ask = {
		.family = q->nfproto == NFPROTO_IPV6 ? AF_INET6 : AF_INET,
	};

	if (s.action == FR_ACT_UNSPEC ||
	    dump_ask(NETLINK_ROUTE, RTM_GETRULE, NLM_F_DUMP, &ask, sizeof(ask),
		     on_rule, &s) < 0 || !s.found)
		return false;
	r->alone = !s.tables;
	policy_rule_print(&s.rule, q->nfproto, r->text, sizeof(r->text));
	return true;
}
