// SPDX-License-Identifier: GPL-2.0-or-later
/* policy_rule_test: rules of policy routing: what they say, and which packets they take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "answers/policy_rule.h"
#include "protocol/ways.h"

static char buf[1024] __attribute__((aligned(8)));

static struct nlmsghdr *message(uint32_t table, uint32_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct fib_rule_hdr *frh;

	nlh->nlmsg_type = RTM_NEWRULE;
	frh = mnl_nlmsg_put_extra_header(nlh, sizeof(*frh));
	frh->family = AF_INET;
	frh->action = FR_ACT_TO_TBL;
	frh->flags = flags;
	mnl_attr_put_u32(nlh, FRA_TABLE, table);
	mnl_attr_put_u32(nlh, FRA_SUPPRESS_PREFIXLEN, UINT32_MAX);
	mnl_attr_put_u8(nlh, FRA_PROTOCOL, 3);
	mnl_attr_put_u32(nlh, FRA_PRIORITY, 102);
	return nlh;
}

static struct way_question udp(uint32_t mark)
{
	struct way_question q = {
		.src = { 10, 1, 0, 2 }, .dst = { 10, 9, 9, 9 }, .mark = mark,
		.uid = UINT32_MAX, .in = 2, .nfproto = NFPROTO_IPV4, .proto = 17,
	};

	return q;
}

static enum rule_fits fits(const struct nlmsghdr *nlh, struct way_question q)
{
	struct policy_rule r;

	assert_true(policy_rule_parse(&r, nlh));
	return policy_rule_fits(&r, &q, q.in ? "eth0" : "lo");
}

static void assert_words(const struct nlmsghdr *nlh, const char *words)
{
	struct policy_rule r;
	char text[128];

	assert_true(policy_rule_parse(&r, nlh));
	policy_rule_print(&r, NFPROTO_IPV4, text, sizeof(text));
	assert_string_equal(text, words);
}

static void test_mark(void **state)
{
	struct nlmsghdr *nlh = message(79, 0);

	(void)state;
	assert_int_equal(fits(nlh, udp(0)), RULE_FITS);
	mnl_attr_put_u32(nlh, FRA_FWMARK, 0x70);
	mnl_attr_put_u32(nlh, FRA_FWMASK, 0xf0);
	assert_int_equal(fits(nlh, udp(0x175)), RULE_FITS);
	assert_int_equal(fits(nlh, udp(0x07)), RULE_NOT);
	assert_words(nlh, "102 fwmark 0x70/0xf0 lookup 79");
	nlh = message(RT_TABLE_MAIN, FIB_RULE_INVERT);
	mnl_attr_put_u32(nlh, FRA_FWMARK, 7);
	mnl_attr_put_u32(nlh, FRA_FWMASK, UINT32_MAX);
	assert_int_equal(fits(nlh, udp(7)), RULE_NOT);
	assert_int_equal(fits(nlh, udp(0)), RULE_FITS);
	assert_words(nlh, "102 not fwmark 0x7 lookup main");
}

static void test_addresses(void **state)
{
	static const uint8_t from[4] = { 10, 1, 0, 0 };
	struct nlmsghdr *nlh = message(79, 0);
	struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);
	struct way_question q = udp(0);

	(void)state;
	frh->src_len = 23;
	mnl_attr_put(nlh, FRA_SRC, 4, from);
	assert_int_equal(fits(nlh, q), RULE_FITS);
	q.src[2] = 1;
	assert_int_equal(fits(nlh, q), RULE_FITS);
	q.src[2] = 2;
	assert_int_equal(fits(nlh, q), RULE_NOT);
	assert_words(nlh, "102 from 10.1.0.0/23 lookup 79");
}

/* What nobody tells leaves it open, unless another condition decides. */
static void test_unknown(void **state)
{
	struct fib_rule_uid_range uids = { 1000, 1001 };
	struct fib_rule_port_range ports = { 53, 53 };
	struct nlmsghdr *nlh = message(79, 0);
	struct way_question q = udp(0);

	(void)state;
	mnl_attr_put(nlh, FRA_DPORT_RANGE, sizeof(ports), &ports);
	assert_int_equal(fits(nlh, q), RULE_MAYBE);
	mnl_attr_put_strz(nlh, FRA_IIFNAME, "eth1");
	assert_int_equal(fits(nlh, q), RULE_NOT);
	nlh = message(79, 0);
	mnl_attr_put(nlh, FRA_UID_RANGE, sizeof(uids), &uids);
	q.in = 0;
	assert_int_equal(fits(nlh, q), RULE_MAYBE);
	q.uid = 1001;
	assert_int_equal(fits(nlh, q), RULE_FITS);
	q.uid = 0;
	assert_int_equal(fits(nlh, q), RULE_NOT);
	assert_words(nlh, "102 uidrange 1000-1001 lookup 79");
	nlh = message(79, 0);
	mnl_attr_put_u32(nlh, FRA_MAX + 7, 1);
	assert_int_equal(fits(nlh, q), RULE_MAYBE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
