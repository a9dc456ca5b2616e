// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_form_test: which rules are of a form that iptables-nft writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/units.h"
#include "rules/nft/form.h"

enum { WORDS = 8 };

/* One expression in words; absent ones are "". */
struct words {
	char *w[WORDS];
};

static uint32_t number(const char *word)
{
	return (uint32_t)strtoul(word, NULL, 0);
}

/* Hexadecimal digits; return: bytes. */
static uint32_t bytes(const char *hex, uint8_t *to)
{
	uint32_t n = 0;

	for (; hex[0] && hex[1]; hex += 2) {
		const char two[] = { hex[0], hex[1], '\0' };

		to[n++] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

static void set_bytes(struct nftnl_expr *x, uint16_t type, const char *hex)
{
	uint8_t data[64];

	nftnl_expr_set(x, type, data, bytes(hex, data));
}

static uint32_t code(const char *word)
{
	static const struct {
		const char *word;
		uint32_t code;
	} codes[] = {
		{ "link", NFT_PAYLOAD_LL_HEADER },
		{ "net", NFT_PAYLOAD_NETWORK_HEADER },
		{ "trans", NFT_PAYLOAD_TRANSPORT_HEADER },
		{ "iif", NFT_META_IIFNAME }, { "oif", NFT_META_OIFNAME },
		{ "l4", NFT_META_L4PROTO }, { "mark", NFT_META_MARK },
		{ "uid", NFT_META_SKUID }, { "trace", NFT_META_NFTRACE },
		{ "==", NFT_CMP_EQ }, { "!=", NFT_CMP_NEQ }, { "<", NFT_CMP_LT },
		{ "packets", NFT_LIMIT_PKTS }, { "bytes", NFT_LIMIT_PKT_BYTES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strcmp(codes[i].word, word) == 0)
			return codes[i].code;
	fail_msg("no such word: %s", word);
	return 0;
}

/* load BASE OFFSET LEN [REGISTER] */
static struct nftnl_expr *load(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("payload");

	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_BASE, code(w->w[1]));
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_OFFSET, number(w->w[2]));
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_LEN, number(w->w[3]));
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	return x;
}

/* write: to a packet, from a register */
static struct nftnl_expr *write_packet(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("payload");

	(void)w;
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_BASE,
			   NFT_PAYLOAD_NETWORK_HEADER);
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_OFFSET, 12);
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_LEN, 4);
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_SREG, NFT_REG_1);
	return x;
}

/* meta KEY, set KEY */
static struct nftnl_expr *meta(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("meta");
	bool set = strcmp(w->w[0], "set") == 0;

	nftnl_expr_set_u32(x, NFTNL_EXPR_META_KEY, code(w->w[1]));
	nftnl_expr_set_u32(x, set ? NFTNL_EXPR_META_SREG : NFTNL_EXPR_META_DREG,
			   NFT_REG_1);
	return x;
}

/* and MASK [XOR [FROM TO]]: the registers */
static struct nftnl_expr *bitwise(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("bitwise");
	uint8_t data[64];
	char zero[64] = "";

	for (uint32_t n = bytes(w->w[1], data); n > 0; n--)
		strcat(zero, "00");
	set_bytes(x, NFTNL_EXPR_BITWISE_MASK, w->w[1]);
	set_bytes(x, NFTNL_EXPR_BITWISE_XOR, w->w[2][0] ? w->w[2] : zero);
	nftnl_expr_set_u32(x, NFTNL_EXPR_BITWISE_SREG,
			   w->w[3][0] ? number(w->w[3]) : NFT_REG_1);
	nftnl_expr_set_u32(x, NFTNL_EXPR_BITWISE_DREG,
			   w->w[4][0] ? number(w->w[4]) : NFT_REG_1);
	return x;
}

/* cmp OP DATA [REGISTER] */
static struct nftnl_expr *cmp(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("cmp");

	nftnl_expr_set_u32(x, NFTNL_EXPR_CMP_OP, code(w->w[1]));
	set_bytes(x, NFTNL_EXPR_CMP_DATA, w->w[2]);
	nftnl_expr_set_u32(x, NFTNL_EXPR_CMP_SREG,
			   w->w[3][0] ? number(w->w[3]) : NFT_REG_1);
	return x;
}

/* range FROM TO [REGISTER] */
static struct nftnl_expr *range(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("range");

	nftnl_expr_set_u32(x, NFTNL_EXPR_RANGE_OP, NFT_RANGE_EQ);
	set_bytes(x, NFTNL_EXPR_RANGE_FROM_DATA, w->w[1]);
	set_bytes(x, NFTNL_EXPR_RANGE_TO_DATA, w->w[2]);
	nftnl_expr_set_u32(x, NFTNL_EXPR_RANGE_SREG,
			   w->w[3][0] ? number(w->w[3]) : NFT_REG_1);
	return x;
}

/* verdict, data HEX */
static struct nftnl_expr *immediate(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("immediate");
	bool verdict = strcmp(w->w[0], "verdict") == 0;

	nftnl_expr_set_u32(x, NFTNL_EXPR_IMM_DREG,
			   verdict ? NFT_REG_VERDICT : NFT_REG_1);
	if (verdict)
		nftnl_expr_set_u32(x, NFTNL_EXPR_IMM_VERDICT, NF_DROP);
	else
		set_bytes(x, NFTNL_EXPR_IMM_DATA, w->w[1]);
	return x;
}

/* limit TYPE SECONDS FLAGS */
static struct nftnl_expr *limit(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("limit");

	nftnl_expr_set_u64(x, NFTNL_EXPR_LIMIT_RATE, 3);
	nftnl_expr_set_u64(x, NFTNL_EXPR_LIMIT_UNIT, number(w->w[2]));
	nftnl_expr_set_u32(x, NFTNL_EXPR_LIMIT_TYPE, code(w->w[1]));
	nftnl_expr_set_u32(x, NFTNL_EXPR_LIMIT_FLAGS, number(w->w[3]));
	return x;
}

/* log [group] [level] */
static struct nftnl_expr *log_packet(const struct words *w)
{
	struct nftnl_expr *x = nftnl_expr_alloc("log");

	for (unsigned int i = 1; i < WORDS; i++) {
		if (strcmp(w->w[i], "group") == 0)
			nftnl_expr_set_u16(x, NFTNL_EXPR_LOG_GROUP, 1);
		if (strcmp(w->w[i], "level") == 0)
			nftnl_expr_set_u32(x, NFTNL_EXPR_LOG_LEVEL, 4);
	}
	return x;
}

/* counter, match, target, lookup ...: their name is enough */
static struct nftnl_expr *named(const struct words *w)
{
	return nftnl_expr_alloc(w->w[0]);
}

static void add(struct nftnl_rule *r, char *text)
{
	static const struct {
		const char *word;
		struct nftnl_expr *(*fn)(const struct words *w);
	} makers[] = {
		{ "load", load }, { "write", write_packet }, { "meta", meta },
		{ "set", meta }, { "and", bitwise }, { "cmp", cmp },
		{ "range", range }, { "verdict", immediate },
		{ "data", immediate }, { "limit", limit },
		{ "log", log_packet }, { "", named },
	};
	static char none[] = "";
	struct words w;
	size_t k = 0;
	char *save;

	for (unsigned int i = 0; i < WORDS; i++) {
		char *word = strtok_r(i ? NULL : text, " ", &save);

		w.w[i] = word ? word : none;
	}
	while (makers[k].word[0] && strcmp(makers[k].word, w.w[0]) != 0)
		k++;
	nftnl_rule_add_expr(r, makers[k].fn(&w));
}

static bool is_iptables(uint32_t family, const char *text)
{
	struct nftnl_rule *r = nftnl_rule_alloc();
	char copy[512], *save, *one;
	bool is;

	assert_non_null(r);
	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	nftnl_rule_set_u32(r, NFTNL_RULE_FAMILY, family);
	for (one = strtok_r(copy, ";", &save); one;
	     one = strtok_r(NULL, ";", &save))
		add(r, one);
	is = nft_expr_is_iptables(r);
	nftnl_rule_free(r);
	return is;
}

struct row {
	const char *name, *expressions;
};

/* With "counter; verdict" behind them: what iptables-nft -A writes. */
static const struct row accepted[] = {
	{ "nothing", "" },
	{ "-s 10.0.0.1", "load net 12 4; cmp == 0a000001" },
	{ "! -d 10.0.0.1", "load net 16 4; cmp != 0a000001" },
	{ "-s 10.0.0.0/24", "load net 12 3; cmp == 0a0000" },
	{ "-s 10.0.0.0/25",
	  "load net 12 4; and ffffff80; cmp == 0a000000" },
	{ "the mask's result in another register",
	  "load net 12 4; and ffffff80 00000000 1 2; cmp == 0a000000 2" },
	{ "-s and -d",
	  "load net 12 4; cmp == 0a000001; load net 16 4; cmp == 0a000002" },
	{ "-i eth0", "meta iif; cmp == 6574683000" },
	{ "-i eth+ -o eth0", "meta iif; cmp == 657468; meta oif; cmp == 65" },
	{ "-p 6", "load net 9 1; cmp == 06" },
	{ "-p tcp --dport 80",
	  "meta l4; cmp == 06; load trans 2 2; cmp == 0050" },
	{ "-p udp --sport 1 --dport 2", "meta l4; cmp == 11; "
	  "load trans 0 2; cmp == 0001; load trans 2 2; cmp == 0002" },
	{ "both ports at once",
	  "meta l4; cmp == 11; load trans 0 4; cmp == 00010002" },
	{ "--dport 80:90",
	  "meta l4; cmp == 06; load trans 2 2; range 0050 005a" },
	{ "--syn",
	  "meta l4; cmp == 06; load trans 13 1; and 17; cmp == 02" },
	{ "-f", "load net 6 2; and 1fff; cmp != 0000" },
	{ "-m mark", "meta mark; cmp == 01000000" },
	{ "-m mark with a mask", "meta mark; and ff000000; cmp == 01000000" },
	{ "-m limit", "limit packets 60 0" },
	{ "-m limit, a day", "limit packets 86400 0" },
	{ "-m state", "match" },
	{ "-p tcp -m multiport", "meta l4; cmp == 06; match; match" },
};

static void its_own_forms(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		snprintf(text, sizeof(text), "%s%scounter; verdict",
			 accepted[i].expressions,
			 accepted[i].expressions[0] ? "; " : "");
		if (!is_iptables(NFPROTO_IPV4, text))
			fail_msg("%s", accepted[i].name);
	}
}

/* How its rules end. */
static void its_own_ends(void **state)
{
	(void)state;
	assert_true(is_iptables(NFPROTO_IPV4, "counter"));
	assert_true(is_iptables(NFPROTO_IPV4, "counter; target"));
	assert_true(is_iptables(NFPROTO_IPV4, "counter; log group"));
	assert_true(is_iptables(NFPROTO_IPV4, "counter; data 01; set trace"));
}

static void addresses_of_ipv6(void **state)
{
	static const char source[] =
		"load net 8 16; cmp == 20010db8000000000000000000000001; counter";
	static const char dest[] =
		"load net 24 16; cmp == 20010db8000000000000000000000001; counter";

	(void)state;
	assert_true(is_iptables(NFPROTO_IPV6, source));
	assert_true(is_iptables(NFPROTO_IPV6, dest));
	assert_false(is_iptables(NFPROTO_IPV4, source));
	assert_false(is_iptables(NFPROTO_IPV6, "load net 12 4; cmp == 0a000001; "
				 "counter"));
	assert_false(is_iptables(NFPROTO_IPV6, "load net 9 1; cmp == 06; "
				 "counter"));
	assert_false(is_iptables(NFPROTO_IPV6, "load net 6 2; and 1fff; "
				 "cmp != 0000; counter"));
}

/* Whole rules, each a step away from one that is accepted. */
static const struct row refused[] = {
	{ "no counter", "load net 12 4; cmp == 0a000001; verdict" },
	{ "two counters", "counter; counter; verdict" },
	{ "behind the verdict", "counter; verdict; verdict" },
	{ "a counter behind the verdict", "verdict; counter" },
	{ "behind the target", "counter; target; match" },
	{ "a counter behind the target", "target; counter" },
	{ "a counter between", "load net 12 4; counter; cmp == 0a000001" },
	{ "behind the log", "counter; log group; verdict" },
	{ "behind trace", "counter; data 01; set trace; verdict" },
	{ "a set", "load net 12 4; lookup; counter" },
	{ "an unknown expression", "quota; counter" },
	{ "a condition behind the counter",
	  "counter; load net 12 4; cmp == 0a000001; verdict" },
	{ "a match behind the counter", "counter; match; verdict" },
	{ "a limit behind the counter", "counter; limit packets 1 0" },
	{ "an address twice", "load net 12 4; cmp == 0a000001; load net 12 4; "
	  "cmp == 0a000002; counter" },
	{ "loaded and not compared", "load net 12 4; counter" },
	{ "loaded, and a match", "load net 12 4; match; cmp == 0a000001; "
	  "counter" },
	{ "loaded, and a target", "counter; load net 12 4; target" },
	{ "loaded at the end", "counter; load net 12 4" },
	{ "loaded twice", "load net 12 4; load net 16 4; cmp == 0a000001; "
	  "counter" },
	{ "compared, and not loaded", "cmp == 0a000001; counter" },
	{ "compared twice", "load net 12 4; cmp == 0a000001; "
	  "cmp == 0a000001; counter" },
	{ "another register", "load net 12 4; cmp == 0a000001 2; counter" },
	{ "smaller than", "load net 12 4; cmp < 0a000001; counter" },
	{ "fewer bytes than loaded", "load net 12 4; cmp == 0a0000; counter" },
	{ "more bytes than a name has", "meta iif; cmp == "
	  "6161616161616161616161616161616161; counter" },
	{ "the link's header", "load link 12 4; cmp == 0a000001; counter" },
	{ "written, not loaded", "write; counter" },
	{ "half an address", "load net 14 2; cmp == 0001; counter" },
	{ "an address and more", "load net 12 8; cmp == 0a0000010a000002; "
	  "counter" },
	{ "the TTL", "load net 8 1; cmp == 40; counter" },
	{ "two bytes at the protocol", "load net 9 2; cmp == 0600; counter" },
	{ "two bytes at the protocol, one compared", "load net 9 2; "
	  "cmp == 06; counter" },
	{ "written and compared", "write; cmp == 0a000001 0; counter" },
	{ "a range of half addresses", "load net 12 2; range 0a00 0a09; "
	  "counter" },
	{ "a port, and no protocol", "load trans 2 2; cmp == 0050; counter" },
	{ "a port of not TCP", "meta l4; cmp != 06; load trans 2 2; "
	  "cmp == 0050; counter" },
	{ "a port of ICMP", "meta l4; cmp == 01; load trans 2 2; "
	  "cmp == 0050; counter" },
	{ "a port twice", "meta l4; cmp == 06; load trans 2 2; cmp == 0050; "
	  "load trans 2 2; cmp == 0051; counter" },
	{ "a port again with the other", "meta l4; cmp == 06; load trans 0 2; "
	  "cmp == 0050; load trans 0 4; cmp == 00500051; counter" },
	{ "half a port", "meta l4; cmp == 06; load trans 2 1; cmp == 00; "
	  "counter" },
	{ "across the ports", "meta l4; cmp == 06; load trans 1 2; "
	  "cmp == 0000; counter" },
	{ "behind the ports", "meta l4; cmp == 06; load trans 4 2; "
	  "cmp == 0000; counter" },
	{ "flags of UDP", "meta l4; cmp == 11; load trans 13 1; and 17; "
	  "cmp == 02; counter" },
	{ "flags, not masked", "meta l4; cmp == 06; load trans 13 1; "
	  "cmp == 02; counter" },
	{ "a port, masked", "meta l4; cmp == 06; load trans 2 2; and ff00; "
	  "cmp == 0000; counter" },
	{ "a name, masked", "meta iif; and "
	  "ffffffffffffffffffffffffffffffff; cmp == 65; counter" },
	{ "masked twice", "load net 12 4; and ffffff80; and ffffff00; "
	  "cmp == 0a000000; counter" },
	{ "xor", "load net 12 4; and ffffff80 00000001; cmp == 0a000000; "
	  "counter" },
	{ "a mask of another length", "load net 12 4; and ffff; "
	  "cmp == 0a000000; counter" },
	{ "a mask of another register", "load net 12 4; "
	  "and ffffff80 00000000 2 1; cmp == 0a000000; counter" },
	{ "a mask of nothing", "and ffffff80; counter" },
	{ "a fragment, not masked", "load net 6 2; cmp != 0000; counter" },
	{ "a fragment, masked otherwise", "load net 6 2; and 3fff; "
	  "cmp != 0000; counter" },
	{ "one fragment of them", "load net 6 2; and 1fff; cmp == 0001; "
	  "counter" },
	{ "a range of addresses", "load net 12 4; range 0a000001 0a000009; "
	  "counter" },
	{ "a range of both ports", "meta l4; cmp == 06; load trans 0 4; "
	  "range 00010002 00010003; counter" },
	{ "a range of another register", "meta l4; cmp == 06; load trans 2 2; "
	  "range 0050 005a 2; counter" },
	{ "a limit in bytes", "limit bytes 1 0; counter" },
	{ "a limit turned round", "limit packets 1 1; counter" },
	{ "a limit a week", "limit packets 604800 0; counter" },
	{ "a limit on what is loaded", "load net 12 4; limit packets 1 0; "
	  "cmp == 0a000001; counter" },
	{ "a log to the kernel's", "counter; log" },
	{ "a log with a level", "counter; log group level" },
	{ "the mark set", "counter; data 01; set mark" },
	{ "trace set to 2", "counter; data 02; set trace" },
	{ "trace set to nothing", "counter; set trace" },
	{ "the user", "meta uid; cmp == 00000000; counter" },
};

static void one_step_away(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (is_iptables(NFPROTO_IPV4, refused[i].expressions))
			fail_msg("%s", refused[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_own_forms),
		cmocka_unit_test(its_own_ends),
		cmocka_unit_test(addresses_of_ipv6),
		cmocka_unit_test(one_step_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
