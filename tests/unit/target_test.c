// SPDX-License-Identifier: GPL-2.0-or-later
/* target_test: a target does the same to a packet whichever backend has its rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>

#include "place/path_map.h"
#include "place/place.h"
#include "rules/base/family.h"
#include "rules/base/target.h"
#include "rules/legacy/save.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/expr.h"
#include "rules/view/ruleset.h"

/* What the kernel's code does; the last is nobody's. */
static const struct row {
	const char *name;
	uint8_t effect;
	unsigned int does;
} rows[] = {
	{ "CHECKSUM", EFFECT_CONTINUE, MANGLE_OTHER },
	{ "CONNMARK", EFFECT_CONTINUE, MANGLE_MARK },
	{ "DNAT", EFFECT_ACCEPT, MANGLE_DST | DOES_NAT },
	{ "ECN", EFFECT_CONTINUE, MANGLE_TOS | MANGLE_OTHER },
	{ "LOG", EFFECT_CONTINUE, 0 },
	{ "MASQUERADE", EFFECT_ACCEPT, MANGLE_SRC | DOES_NAT },
	{ "NETMAP", EFFECT_ACCEPT, MANGLE_SRC | MANGLE_DST | DOES_NAT },
	{ "NFQUEUE", EFFECT_QUEUE, DOES_QUEUE | MANGLE_MARK | MANGLE_SRC |
	  MANGLE_DST | MANGLE_TTL | MANGLE_TOS | MANGLE_OTHER },
	{ "REJECT", EFFECT_REJECT, DOES_REJECT },
	{ "SNPT", EFFECT_CONTINUE, MANGLE_SRC | DOES_DROP },
	{ "TCPMSS", EFFECT_CONTINUE, MANGLE_OTHER | DOES_DROP },
	{ "SYNPROXY", EFFECT_MAYBE, DOES_STEAL },
	{ "TEE", EFFECT_CONTINUE, MANGLE_CLONE | MANGLE_TTL },
	{ "TPROXY", EFFECT_ACCEPT, MANGLE_MARK },
	{ "TRACE", EFFECT_CONTINUE, DOES_TRACE_ON },
	{ "TTL", EFFECT_CONTINUE, MANGLE_TTL },
	{ "NOSUCH", EFFECT_MAYBE, 0 },
};

/* What the expressions of "-j NAME" are said to do, as iptables-nft has it. */
static unsigned int by_nft(const char *name)
{
	struct nftnl_rule *r = nftnl_rule_alloc();
	struct nftnl_expr *x = nftnl_expr_alloc("target");
	void *info = calloc(1, 64);
	struct nft_effect e;

	assert_true(r && x && info);
	nftnl_rule_set_u32(r, NFTNL_RULE_FAMILY, NFPROTO_IPV4);
	nftnl_expr_set_str(x, NFTNL_EXPR_TG_NAME, name);
	nftnl_expr_set_u32(x, NFTNL_EXPR_TG_REV, 0);
	nftnl_expr_set(x, NFTNL_EXPR_TG_INFO, info, 64);
	nftnl_rule_add_expr(r, x);
	nft_expr_read(r, &e);
	nftnl_rule_free(r);
	return e.does;
}

/* The place of a legacy rule with this target. */
static void by_legacy(const char *name, uint8_t *effect, unsigned int *mangles)
{
	static const char prefix[] = "TRACE: mangle:PREROUTING:rule:1 ";
	static struct path_map map;
	struct ruleset rules = { .nft = NULL };
	struct place_index *idx;
	const struct place *p;
	struct save_notes notes;
	char text[128];
	size_t len = (size_t)snprintf(text, sizeof(text), "*mangle\n:PREROUTING "
				      "ACCEPT [0:0]\n-A PREROUTING -j %s\n"
				      "COMMIT\n", name);
	size_t size = save_size(text, len), used;
	struct snapshot *s = calloc(1, size);

	assert_non_null(s);
	assert_int_equal(save_read(&family_ipv4, text, len, s, size, &used,
				   &notes), 0);
	rules.legacy[0] = s;
	idx = place_index_open(&rules, &map);
	assert_non_null(idx);
	p = place_find(idx, NFPROTO_IPV4, prefix, sizeof(prefix) - 1);
	assert_non_null(p);
	*effect = p->effect;
	*mangles = p->mangles;
	place_index_close(idx);
	free(s);
}

static void test_both_backends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int mangles, does = by_nft(rows[i].name);
		uint8_t effect;

		by_legacy(rows[i].name, &effect, &mangles);
		if (effect != rows[i].effect || does != rows[i].does ||
		    mangles != (rows[i].does & MANGLE_ALL))
			fail_msg("%s: effect %u, mangles %#x, does %#x",
				 rows[i].name, effect, mangles, does);
	}
}

/* An expression of nft that does what a target does is said to do the same. */
static void test_expressions(void **state)
{
	static const struct {
		const char *expr, *target;
	} same[] = {
		{ "dup", "TEE" }, { "masq", "MASQUERADE" },
		{ "queue", "NFQUEUE" }, { "redir", "REDIRECT" },
		{ "reject", "REJECT" }, { "synproxy", "SYNPROXY" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct nftnl_rule *r = nftnl_rule_alloc();
		struct nftnl_expr *x = nftnl_expr_alloc(same[i].expr);
		struct nft_effect e;

		assert_true(r && x);
		nftnl_rule_add_expr(r, x);
		nft_expr_read(r, &e);
		assert_int_equal(e.does, target_find(same[i].target)->does);
		nftnl_rule_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_backends),
		cmocka_unit_test(test_expressions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
