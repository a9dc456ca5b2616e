/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_rule: one rule of policy routing ("ip rule"), and whether a packet fits. */
#ifndef NFTRACE_POLICY_RULE_H
#define NFTRACE_POLICY_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;
struct nlmsghdr;
struct way_question;

/* What linux/fib_rules.h tells; names are the rule's own. */
struct policy_rule {
	uint32_t priority, table, target;	/* .target: of a goto */
	uint32_t mark, mask;
	uint32_t uid_first, uid_last;
	int32_t suppress;			/* routes no longer than this; -1: none */
	uint8_t action;				/* enum fr_act */
	uint8_t src_len, dst_len;
	uint8_t src[16], dst[16];
	uint8_t tos, proto;
	bool has_uids, inverted;
	bool unknown;				/* it looks at what is not known here */
	char in[16], out[16];
};

enum rule_fits { RULE_NOT, RULE_MAYBE, RULE_FITS };

/** policy_rule_address - the address in an attribute of rtnetlink, of either family */
void policy_rule_address(uint8_t to[16], const struct nlattr *a);

/** policy_rule_parse - an RTM_NEWRULE; false: it is none */
bool policy_rule_parse(struct policy_rule *r, const struct nlmsghdr *nlh);

/**
 * policy_rule_fits - would it send this packet to its table?
 * @in: the name of the interface; "lo" of what this host sends
 */
enum rule_fits policy_rule_fits(const struct policy_rule *r,
				const struct way_question *q, const char *in);

/** policy_rule_print - "102 fwmark 0x7 lookup 79", "7 unreachable", as ip-rule(8) words it */
void policy_rule_print(const struct policy_rule *r, uint8_t nfproto,
		       char *buf, size_t size);

/** policy_table_print - "main", "79" */
void policy_table_print(uint32_t table, char *buf, size_t size);

#endif
