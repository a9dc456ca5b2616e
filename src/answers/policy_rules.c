// SPDX-License-Identifier: GPL-2.0-or-later
/* policy_rules: what the host's ip rules, taken together, can do to a packet. */
#include "answers/policy_rules.h"

#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "host/dump.h"

/* Since Linux 6.12 and 6.14: in no header of older systems. */
enum { RULE_DSCP = 25, RULE_FLOWLABEL = 26 };

static bool is_not_in_questions(uint16_t type)
{
	return type == FRA_SPORT_RANGE || type == FRA_DPORT_RANGE ||
	       type == FRA_UID_RANGE || type == FRA_TUN_ID ||
	       type == RULE_DSCP || type == RULE_FLOWLABEL;
}

static int note_ip_rule(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a;
	bool *more = arg;

	if (nlh->nlmsg_type != RTM_NEWRULE)
		return MNL_CB_OK;
	mnl_attr_for_each(a, nlh, sizeof(struct fib_rule_hdr))
		*more |= is_not_in_questions(mnl_attr_get_type(a));
	return MNL_CB_OK;
}

bool policy_rules_ask_more(bool six)
{
	struct fib_rule_hdr frh = { .family = six ? AF_INET6 : AF_INET };
	bool more = false;

	return dump_ask(NETLINK_ROUTE, RTM_GETRULE, NLM_F_DUMP, &frh, sizeof(frh),
			note_ip_rule, &more) == 0 && more;
}
