// SPDX-License-Identifier: GPL-2.0-or-later
/* policy_rule: one rule of policy routing ("ip rule"), and whether a packet fits. */
#include "answers/policy_rule.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>

#include "protocol/ways.h"
#include "rules/base/units.h"

static void take_name(char name[16], const struct nlattr *a)
{
	snprintf(name, 16, "%.*s", (int)mnl_attr_get_payload_len(a),
		 (const char *)mnl_attr_get_payload(a));
}

void policy_rule_address(uint8_t to[16], const struct nlattr *a)
{
	uint16_t len = mnl_attr_get_payload_len(a);

	memcpy(to, mnl_attr_get_payload(a), len < 16 ? len : 16);
}

static void take_uids(struct policy_rule *r, const struct nlattr *a)
{
	struct fib_rule_uid_range range;

	if (mnl_attr_get_payload_len(a) < sizeof(range))
		return;
	memcpy(&range, mnl_attr_get_payload(a), sizeof(range));
	r->has_uids = true;
	r->uid_first = range.start;
	r->uid_last = range.end;
}

/* Numbers of 32 bits, by attribute: where they belong. */
static uint32_t *number_of(struct policy_rule *r, uint16_t type)
{
	switch (type) {
	case FRA_PRIORITY:
		return &r->priority;
	case FRA_TABLE:
		return &r->table;
	case FRA_GOTO:
		return &r->target;
	case FRA_FWMARK:
		return &r->mark;
	case FRA_FWMASK:
		return &r->mask;
	case FRA_SUPPRESS_PREFIXLEN:
		return (uint32_t *)&r->suppress;
	}
	return NULL;
}

/* Attributes that are no condition; what is none of those here is one that is not known. */
static bool is_no_condition(uint16_t type)
{
	return type == FRA_PROTOCOL || type == FRA_PAD || type == FRA_FLOW ||
	       type == FRA_UNSPEC;
}

static void take_attribute(struct policy_rule *r, const struct nlattr *a)
{
	uint16_t type = mnl_attr_get_type(a), len = mnl_attr_get_payload_len(a);
	uint32_t *number = number_of(r, type);

	if (number && len >= 4)
		*number = mnl_attr_get_u32(a);
	else if (type == FRA_SRC)
		policy_rule_address(r->src, a);
	else if (type == FRA_DST)
		policy_rule_address(r->dst, a);
	else if (type == FRA_IIFNAME)
		take_name(r->in, a);
	else if (type == FRA_OIFNAME)
		take_name(r->out, a);
	else if (type == FRA_UID_RANGE)
		take_uids(r, a);
	else if (type == FRA_IP_PROTO && len >= 1)
		r->proto = mnl_attr_get_u8(a);
	else if (type == FRA_SUPPRESS_IFGROUP || type == FRA_L3MDEV)
		r->unknown |= type == FRA_L3MDEV ? mnl_attr_get_u8(a) != 0
						 : mnl_attr_get_u32(a) != UINT32_MAX;
	else
		r->unknown |= !is_no_condition(type);
}

bool policy_rule_parse(struct policy_rule *r, const struct nlmsghdr *nlh)
{
	const struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *a;

	if (nlh->nlmsg_type != RTM_NEWRULE ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*frh))
		return false;
	*r = (struct policy_rule){
		.table = frh->table, .action = frh->action, .tos = frh->tos,
		.src_len = frh->src_len, .dst_len = frh->dst_len,
		.inverted = frh->flags & FIB_RULE_INVERT, .suppress = -1,
	};
	mnl_attr_for_each(a, nlh, sizeof(*frh))
		take_attribute(r, a);
	if (r->mark && !r->mask)
		r->mask = UINT32_MAX;
	return true;
}

static bool in_prefix(const uint8_t *addr, const uint8_t *prefix, uint8_t len)
{
	uint8_t rest = len % 8;

	if (len > 128 || memcmp(addr, prefix, len / 8) != 0)
		return false;
	return !rest || (addr[len / 8] ^ prefix[len / 8]) >> (8 - rest) == 0;
}

enum rule_fits policy_rule_fits(const struct policy_rule *r,
				const struct way_question *q, const char *in)
{
	bool fits = in_prefix(q->src, r->src, r->src_len) &&
		in_prefix(q->dst, r->dst, r->dst_len) &&
		((q->mark ^ r->mark) & r->mask) == 0 &&
		(!r->tos || r->tos == (q->tos & 0xfc)) &&
		(!r->proto || r->proto == q->proto) &&
		(!r->in[0] || strcmp(r->in, in) == 0);
	/* To which interface a socket is bound nobody tells. */
	bool unknown = r->unknown || (r->out[0] && !q->in) ||
		(r->has_uids && q->uid == UINT32_MAX && !q->in);

	if (r->out[0] && q->in)
		fits = false;
	if (r->has_uids && !unknown)
		fits &= q->uid >= r->uid_first && q->uid <= r->uid_last;
	if (unknown && (fits || r->inverted))
		return RULE_MAYBE;
	return fits != r->inverted ? RULE_FITS : RULE_NOT;
}

struct printed {
	char *buf;
	size_t size, at;
};

static void put(struct printed *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct printed *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->buf + p->at, p->size - p->at, fmt, ap);
	va_end(ap);
	if (n > 0)
		p->at += (size_t)n;
	if (p->at >= p->size)
		p->at = p->size - 1;
}

static void put_prefix(struct printed *p, const char *word, uint8_t nfproto,
		       const uint8_t *addr, uint8_t len)
{
	bool six = nfproto == NFPROTO_IPV6;
	char text[INET6_ADDRSTRLEN];

	if (!len)
		return;
	inet_ntop(six ? AF_INET6 : AF_INET, addr, text, sizeof(text));
	if (len == (six ? 128 : 32))
		put(p, " %s %s", word, text);
	else
		put(p, " %s %s/%u", word, text, len);
}

void policy_table_print(uint32_t table, char *buf, size_t size)
{
	static const char *const names[] = { "default", "main", "local" };

	if (table >= RT_TABLE_DEFAULT && table <= RT_TABLE_LOCAL)
		snprintf(buf, size, "%s", names[table - RT_TABLE_DEFAULT]);
	else
		snprintf(buf, size, "%u", table);
}

/* What a rule says itself, in place of a table's routes; NULL: it does not. */
static const char *policy_rule_refusal(uint8_t action)
{
	switch (action) {
	case FR_ACT_BLACKHOLE:
		return "blackhole";
	case FR_ACT_UNREACHABLE:
		return "unreachable";
	case FR_ACT_PROHIBIT:
		return "prohibit";
	}
	return NULL;
}

void policy_rule_print(const struct policy_rule *r, uint8_t nfproto,
		       char *buf, size_t size)
{
	struct printed p = { .buf = buf, .size = size };
	const char *refusal = policy_rule_refusal(r->action);
	char table[16];

	put(&p, "%u%s", r->priority, r->inverted ? " not" : "");
	put_prefix(&p, "from", nfproto, r->src, r->src_len);
	put_prefix(&p, "to", nfproto, r->dst, r->dst_len);
	if (r->tos)
		put(&p, " tos 0x%x", r->tos);
	if (r->mask == UINT32_MAX)
		put(&p, " fwmark 0x%x", r->mark);
	else if (r->mask)
		put(&p, " fwmark 0x%x/0x%x", r->mark, r->mask);
	if (r->in[0])
		put(&p, " iif %s", r->in);
	if (r->out[0])
		put(&p, " oif %s", r->out);
	if (r->has_uids)
		put(&p, " uidrange %u-%u", r->uid_first, r->uid_last);
	if (r->proto)
		put(&p, " ipproto %u", r->proto);
	policy_table_print(r->table, table, sizeof(table));
	put(&p, "%s%s", refusal ? " " : " lookup ", refusal ? refusal : table);
}
