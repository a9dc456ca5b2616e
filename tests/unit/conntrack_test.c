// SPDX-License-Identifier: GPL-2.0-or-later
/* conntrack_test: what messages, rules and drop records say of a packet's connection. */
#include "journey_world.h"

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "capture/conntrack.h"
#include "journey/change.h"
#include "place/ct_rule.h"
#include "rules/base/units.h"

static char buf[4096] __attribute__((aligned(8)));

static struct nlmsghdr *message(uint16_t type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = type;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = NFPROTO_IPV4;
	return nlh;
}

static struct nlmsghdr *logged(void)
{
	return message(NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET);
}

static void an_entry_in_a_log_message(void **state)
{
	struct nlmsghdr *nlh = logged();
	struct nlattr *ct = mnl_attr_nest_start(nlh, NFULA_CT);
	struct event e;

	(void)state;
	mnl_attr_put_u32(nlh, CTA_STATUS, htonl(IPS_DST_NAT));
	mnl_attr_put_u8(nlh, CTA_ZONE, 1);
	mnl_attr_put_u32(nlh, CTA_MARK, htonl(0x2a));
	mnl_attr_put_u32(nlh, CTA_ID, htonl(77));
	mnl_attr_nest_end(nlh, ct);
	mnl_attr_put_u32(nlh, NFULA_CT_INFO, htonl(IP_CT_RELATED_REPLY));
	assert_true(event_parse(&e, nlh, nlh->nlmsg_len));
	assert_int_equal(e.ct.state, CONNTRACK_RELATED);
	assert_true(e.ct.reply);
	assert_int_equal(e.ct.known, CONNTRACK_DIRECTION | CONNTRACK_ID |
			 CONNTRACK_MARK | CONNTRACK_STATUS);
	assert_int_equal(e.ct.id, 77);
	assert_int_equal(e.ct.mark, 0x2a);
	assert_int_equal(e.ct.status, IPS_DST_NAT);
}

/* What is cut, and of a kind that nobody knows, is nothing. */
static void an_odd_entry(void **state)
{
	static const uint8_t odd[] = { 200, 0, CTA_ID, 0, 1, 2, 3, 4 };
	struct nlmsghdr *nlh = logged();
	struct event e;

	(void)state;
	mnl_attr_put(nlh, NFULA_CT, sizeof(odd), odd);
	mnl_attr_put_u32(nlh, NFULA_CT_INFO, htonl(6));
	assert_true(event_parse(&e, nlh, nlh->nlmsg_len));
	assert_int_equal(e.ct.state, CONNTRACK_UNTOLD);
	assert_int_equal(e.ct.known, 0);
}

/* Attributes 18 to 21: include/uapi/linux/netfilter/nf_tables.h of Linux 6.16. */
static void attributes_of_nft(void **state)
{
	static const struct {
		uint32_t bits;
		uint8_t state;
	} rows[] = {
		{ 1, CONNTRACK_INVALID }, { 2, CONNTRACK_ESTABLISHED },
		{ 4, CONNTRACK_RELATED }, { 8, CONNTRACK_NEW },
		{ 64, CONNTRACK_UNTRACKED }, { 3, CONNTRACK_UNTOLD },
	};
	struct event_nft n;
	struct event e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct nlmsghdr *nlh = message(NFNL_SUBSYS_NFTABLES << 8 |
					       NFT_MSG_TRACE);

		mnl_attr_put_strz(nlh, NFTA_TRACE_TABLE, "t");
		mnl_attr_put_strz(nlh, NFTA_TRACE_CHAIN, "c");
		mnl_attr_put_u32(nlh, NFTA_TRACE_TYPE,
				 htonl(NFT_TRACETYPE_POLICY));
		mnl_attr_put_u32(nlh, 18, htonl(99));
		mnl_attr_put_u8(nlh, 19, i & 1);
		mnl_attr_put_u32(nlh, 20, htonl(IPS_CONFIRMED));
		mnl_attr_put_u32(nlh, 21, htonl(rows[i].bits));
		mnl_attr_put_u32(nlh, 22, htonl(1));	/* a later kernel's */
		assert_true(event_nft_parse(&e, &n, nlh, nlh->nlmsg_len));
		assert_int_equal(e.ct.state, rows[i].state);
		assert_int_equal(e.ct.reply, i & 1);
		assert_int_equal(e.ct.id, 99);
		assert_int_equal(e.ct.status, IPS_CONFIRMED);
	}
}

static void a_dropped_buffer(void **state)
{
	static const struct {
		uint8_t low;
		bool entry, active;
		uint8_t state;
	} rows[] = {
		{ IP_CT_NEW, true, false, CONNTRACK_NEW },
		{ IP_CT_ESTABLISHED_REPLY, true, false, CONNTRACK_ESTABLISHED },
		{ 7, false, false, CONNTRACK_UNTRACKED },
		{ 0, false, true, CONNTRACK_INVALID },
		{ 0, false, false, CONNTRACK_UNTOLD },
		{ 7, true, true, CONNTRACK_UNTOLD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct conntrack c = { 0 };

		conntrack_by_nfct(&c, rows[i].low, rows[i].entry,
				  rows[i].active);
		assert_int_equal(c.state, rows[i].state);
		assert_int_equal(c.reply, rows[i].low == IP_CT_ESTABLISHED_REPLY);
	}
}

static uint8_t states(const char *words)
{
	char copy[128];
	uint8_t bits = 0;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
		bits |= (uint8_t)(1 << conntrack_state_find(w, strlen(w)));
	return bits;
}

/* Whether it asks at all: in words, and not in a comment. */
static bool asks(const char *rule)
{
	return !strstr(rule, "comment") &&
	       strstr(rule, "state ");
}

static void what_rules_ask_for(void **state)
{
	static const struct {
		const char *rule, *states;
		uint8_t more;
	} rows[] = {
		{ "-A F -m conntrack --ctstate INVALID -j DROP", "INVALID", 0 },
		{ "-A F -m state --state NEW -j ACCEPT", "NEW", 0 },
		{ "-A F -m conntrack ! --ctstate NEW,INVALID -j DROP",
		  "ESTABLISHED RELATED UNTRACKED", 0 },
		{ "-A F -m conntrack --ctstate NEW,DNAT -j ACCEPT", "", 0 },
		{ "-A F -m comment --comment \"ct state new\" -j ACCEPT", "", 0 },
		{ "-A F -m comment --comment --ctstate -m mark --mark 1", "", 0 },
		{ "-A F -m conntrack --ctstate NEW -j CONNMARK --save-mark", "NEW",
		  CT_RULE_SETS_MARK },
		{ "-A F -j CONNMARK --restore-mark --nfmask 0xff", "", 0 },
		{ "-A F -j CONNMARK --set-xmark 0x5/0xff", "",
		  CT_RULE_SETS_MARK },
		{ "-A F -p udp -j CT --notrack", "", CT_RULE_UNTRACKS },
		{ "-A F -p udp -m connmark --mark 0x1", "", 0 },
		{ "ct state invalid counter drop", "INVALID", 0 },
		{ "ct state established,related accept", "ESTABLISHED RELATED", 0 },
		{ "ct state { new, untracked } accept", "NEW UNTRACKED", 0 },
		{ "ct state != new drop", "INVALID ESTABLISHED RELATED UNTRACKED",
		  0 },
		{ "ct state vmap { invalid : drop }", "", 0 },
		{ "ct state @s drop", "", 0 },
		{ "ct state . ip saddr { new . 10.0.0.1 } drop", "", 0 },
		{ "ct state new ct mark set 0x1", "NEW", CT_RULE_SETS_MARK },
		{ "ct mark 0x1 accept comment \"ct mark set\"", "", 0 },
		{ "udp dport 53 notrack", "", CT_RULE_UNTRACKS },
		{ "-A F -j notrack", "", 0 },
		{ "-A F -i notrack -m set --match-set CONNMARK src", "", 0 },
		{ "ip protocol udp jump notrack", "", 0 },
		{ "notrack", "", CT_RULE_UNTRACKS },
		{ "ct state", "", 0 },
		{ "", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t want = states(rows[i].states) | rows[i].more |
			       (asks(rows[i].rule) ? CT_RULE_ASKS : 0);
		uint8_t got = ct_rule_read(rows[i].rule, strlen(rows[i].rule),
					   EFFECT_UNKNOWN, "");

		if (got != want)
			fail_msg("%s: %x, not %x", rows[i].rule, got, want);
	}
}

/* A map of verdicts: the states that lead where the packet went. */
static void what_maps_ask_for(void **state)
{
	static const char rule[] =
		"meta l4proto tcp ct state vmap { invalid : drop, established : "
		"accept, related : accept, new : jump x, untracked : goto y }";
	static const struct {
		uint8_t effect;
		const char *chain, *states;
	} rows[] = {
		{ EFFECT_DROP, "", "INVALID" },
		{ EFFECT_ACCEPT, "", "ESTABLISHED RELATED" },
		{ EFFECT_JUMP, "x", "NEW" }, { EFFECT_JUMP, "y", "" },
		{ EFFECT_GOTO, "y", "UNTRACKED" }, { EFFECT_QUEUE, "", "" },
		{ EFFECT_UNKNOWN, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t len = strlen(rule); len > strlen(rule) - 9; len--) {
			uint8_t got = ct_rule_read(rule, len, rows[i].effect,
						   rows[i].chain);

			if (len == strlen(rule))
				assert_int_equal(got, states(rows[i].states) |
						      CT_RULE_ASKS);
		}
}

/* One packet whose connection gets a mark behind its raw table. */
static struct journey *seen;

static bool keep(void *arg, struct journey *j)
{
	(void)arg;
	seen = j;
	return true;
}

static void see(struct world *w, enum spot spot, const char *rule, uint32_t mark)
{
	struct event e = {
		.nfproto = NFPROTO_IPV4, .hook = spots[spot].hook,
		.in = ETH0, .flags = EVENT_HAS_STAMP, .stamp_ns = 1,
		.ct = { .state = CONNTRACK_NEW, .known = CONNTRACK_ID |
			CONNTRACK_MARK, .id = mark == UINT32_MAX ? 0 : 5,
			.mark = mark },
	};
	struct place *at = (struct place *)place_at(w, spot, 'A');
	struct bytes b;

	if (mark == UINT32_MAX)
		e.ct = (struct conntrack){ 0 };
	at->ct = ct_rule_read(rule, strlen(rule), EFFECT_UNKNOWN, "");
	fill_bytes(&b, &udp);
	e.payload = (void *)&b;
	e.payload_len = sizeof(b);
	w->now_ns += 1000;
	journeys_add(w->journeys, &e, at, w->now_ns, w->now_ns);
}

/* By the rule that can, or by conntrack's own doing; its first mark is no change. */
static void a_changed_mark(void **state)
{
	static const struct journey_ops ops = { .done = keep };
	struct world *w = *state;

	journeys_close(w->journeys);
	w->journeys = journeys_open(&w->map, 128, false, false, &ops, w);
	see(w, PRE_RAW_RULE, "", UINT32_MAX);
	see(w, PRE_RAW, "", UINT32_MAX);
	see(w, PRE_MANGLE, "-A P -j CONNMARK --set-mark 7", 1);
	see(w, FWD_MANGLE, "", 7);
	see(w, FWD_FILTER, "", 8);
	see(w, POST, "", 8);
	pass_ms(w, 2000);
	assert_non_null(seen);
	assert_int_equal(seen->ct.mark, 8);
	assert_int_equal(seen->changes, 2);
	assert_int_equal(seen->change[0].field, FIELD_CTMARK);
	assert_int_equal(seen->change[0].maker, MAKER_RULE);
	assert_int_equal(seen->change[0].step, 2);
	assert_int_equal(seen->change[0].from.number, 1);
	assert_int_equal(seen->change[0].to.number, 7);
	assert_int_equal(seen->change[1].maker, MAKER_CONNTRACK);
	assert_int_equal(seen->change[1].to.number, 8);
	journeys_give_back(w->journeys, seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_in_a_log_message),
		cmocka_unit_test(an_odd_entry),
		cmocka_unit_test(attributes_of_nft),
		cmocka_unit_test(a_dropped_buffer),
		cmocka_unit_test(what_rules_ask_for),
		cmocka_unit_test(what_maps_ask_for),
		cmocka_unit_test_setup_teardown(a_changed_mark, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
