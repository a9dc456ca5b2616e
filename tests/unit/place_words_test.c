// SPDX-License-Identifier: GPL-2.0-or-later
/* place_words_test: what the short forms say of a rule, of both backends. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

#include "capture/event.h"
#include "place/place.h"
#include "report/place_words.h"
#include "report/rule_gist.h"

static const struct row {
	const char *text;
	const char *rule, *brief, *comment, *nat;
} rows[] = {
	{ "-A c -p udp -m udp --dport 53 -j DROP",
	  "-p udp --dport 53 -j DROP", "-p udp --dport 53 -j DROP", "", "" },
	/* Of another protocol, and no protocol: it stays. */
	{ "-A c -m udp --dport 53 -j DROP", "-m udp --dport 53 -j DROP",
	  "-m udp --dport 53 -j DROP", "", "" },
	{ "-A c -p tcp -m multiport --dports 25,465 -j DROP",
	  "-p tcp -m multiport --dports 25,465 -j DROP",
	  "-p tcp -m multiport --dports 25,465 -j DROP", "", "" },
	{ "-A c -m comment --comment \"cali:6gwbT8clXdHdC1b1\" -j cali-x",
	  "-j cali-x", "-j cali-x", "", "" },
	/* Like a hash, and a person's words. */
	{ "-A c -m comment --comment \"cali:not a hash here\" -j x", "-j x",
	  "-j x", "\"cali:not a hash here\"", "" },
	{ "-A c -m comment --comment \"cali:6gwbT8clXdHdC1b1\" -m comment "
	  "--comment \"Policy a/b egress\" -m comment --comment one -j DROP",
	  "-j DROP", "-j DROP", "\"Policy a/b egress\" \"one\"", "" },
	{ "-A c -m comment --comment \"say \\\"-j x\\\" -m udp\" -g y", "-g y",
	  "-g y", "\"say \\\"-j x\\\" -m udp\"", "" },
	{ "-A c -m comment --comment \"kubernetes forwarding rules\" -j x",
	  "-j x", "-j x", "", "" },
	{ "-A c -m comment --comment \"kubernetes is ours\" -j x",
	  "-j x", "-j x", "\"kubernetes is ours\"", "" },
	{ "-A c -j MARK --set-xmark 0x1/0x1", "-j MARK --set-xmark 0x1/0x1",
	  "-j MARK", "", "" },
	{ "-A c -p tcp -m tcp -j DNAT --to-destination 10.0.0.1:80",
	  "-p tcp -j DNAT --to-destination 10.0.0.1:80", "-p tcp -j DNAT", "",
	  "DNAT" },
	{ "-A c -s 10.0.0.0/8 -j MASQUERADE --random-fully",
	  "-s 10.0.0.0/8 -j MASQUERADE --random-fully",
	  "-s 10.0.0.0/8 -j MASQUERADE", "", "MASQUERADE" },
	{ "-A c -m string --string \"a  b\" --algo bm -j DROP",
	  "-m string --string \"a  b\" --algo bm -j DROP",
	  "-m string --string \"a  b\" --algo bm -j DROP", "", "" },
	{ "-A c", "", "", "", "" },
	{ "-P FORWARD DROP", "policy DROP", "policy DROP", "", "" },
	{ "tcp dport 25 counter packets 26 bytes 2861 drop comment \"no mail\"",
	  "tcp dport 25 drop", "tcp dport 25 drop", "\"no mail\"", "" },
	/* felix' rules of nft have both in one. */
	{ "counter drop comment \"cali:6gwbT8clXdHdC1b1; Drop if no policies passed\"",
	  "drop", "drop", "\"Drop if no policies passed\"", "" },
	{ "drop comment \"cali:6gwbT8clXdHdC1b1\"", "drop", "drop", "", "" },
	{ "drop comment \"cali:6gwbT8clXdHdC1b12; no hash\"", "drop", "drop",
	  "\"cali:6gwbT8clXdHdC1b12; no hash\"", "" },
	{ "tcp dport 25 counter drop", "tcp dport 25 drop", "tcp dport 25 drop",
	  "", "" },
	/* What it counts is chosen by the packet: no boilerplate. */
	{ "counter name tcp dport map { 80 : \"http\" }",
	  "counter name tcp dport map { 80 : \"http\" }",
	  "counter name tcp dport map { 80 : \"http\" }", "", "" },
	{ "log prefix \"counter packets \" jump x",
	  "log prefix \"counter packets \" jump x",
	  "log prefix \"counter packets \" jump x", "", "" },
	{ "ip daddr 10.0.0.9 dnat to 10.0.0.1:80",
	  "ip daddr 10.0.0.9 dnat to 10.0.0.1:80",
	  "ip daddr 10.0.0.9 dnat to 10.0.0.1:80", "", "DNAT" },
	{ "oifname \"eth0\" masquerade", "oifname \"eth0\" masquerade",
	  "oifname \"eth0\" masquerade", "", "MASQUERADE" },
	{ "-A c -m comment --comment \"\033[2J\" -j x", "-j x", "-j x",
	  "\"\\x1b[2J\"", "" },
	{ "", "", "", "", "" },
};

static void assert_words(struct words got, const char *want)
{
	char text[512];

	snprintf(text, sizeof(text), "%.*s", (int)got.len, got.at ? got.at : "");
	assert_string_equal(text, want);
}

static void test_rules(void **state)
{
	struct place_words_cache *c = place_words_cache_open();

	(void)state;
	assert_non_null(c);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct place p = {
			.id = i * 7, .table = "filter", .chain = "c",
			.chain_len = 1, .rule = r->text,
			.rule_len = (uint32_t)strlen(r->text), .number = 3,
		};
		const struct place_words *w = place_words_of(c, &p);

		assert_words(w->rule, r->rule);
		assert_words(w->brief, r->brief);
		assert_words(w->comment, r->comment);
		assert_string_equal(w->nat, r->nat);
		assert_words(w->label, "filter:c:3");
	}
	place_words_cache_close(c);
}

/* The long forms leave out what no person has written, and nothing else. */
static void test_gists(void **state)
{
	static const struct {
		const char *text, *gist;
	} gists[] = {
		{ "-A c -p udp -m udp --dport 53 -j DROP",
		  "-p udp -m udp --dport 53 -j DROP" },
		{ "-A c -m comment --comment \"cali:6gwbT8clXdHdC1b1\" -j x",
		  "-j x" },
		{ "-A c -i lo -m comment --comment \"cali:6gwbT8clXdHdC1b1\" -m "
		  "comment --comment \"Policy a/b\" -j x", "-i lo \"Policy a/b\" -j x" },
		{ "-A c -m comment --comment cali:mine -j x", "cali:mine -j x" },
		{ "-P c DROP", "DROP" },
		{ "tcp dport 25 counter packets 26 bytes 2861 drop comment \"no\"",
		  "tcp dport 25 counter packets 26 bytes 2861 drop comment \"no\"" },
		{ "drop comment \"cali:6gwbT8clXdHdC1b1\"", "drop" },
		{ "", "" },
	};
	char got[128];

	(void)state;
	for (size_t i = 0; i < sizeof(gists) / sizeof(gists[0]); i++) {
		struct place p = {
			.chain = "c", .chain_len = 1, .rule = gists[i].text,
			.rule_len = (uint32_t)strlen(gists[i].text),
		};
		size_t n = rule_gist(got, p.rule_len, &p);

		assert_true(n <= p.rule_len);
		got[n] = '\0';
		assert_string_equal(got, gists[i].gist);
	}
}

static void test_labels(void **state)
{
	static const struct {
		struct place p;
		const char *label, *table, *chain, *rule;
	} labels[] = {
		{ { .kind = PLACE_RULE, .number = 2 },
		  "filter:c:2", "filter", "c:2", "" },
		/* The kernel's word for a rule that is nothing but a verdict. */
		{ { .kind = PLACE_RETURN, .number = 2, .rule = "-A c -j RETURN" },
		  "filter:c:2", "filter", "c:2", "-j RETURN" },
		{ { .kind = PLACE_RETURN, .number = 5, .at_end = true },
		  "filter:c:return", "filter", "c:return", "" },
		{ { .kind = PLACE_POLICY, .number = 5, .at_end = true,
		    .rule = "-P c DROP" },
		  "filter:c", "filter", "c", "policy DROP" },
		{ { .backend = EVENT_NFT, .family = NFPROTO_INET, .handle = 9 },
		  "nft inet filter:c handle 9", "nft inet filter", "c handle 9", "" },
		{ { .backend = EVENT_NFT, .family = NFPROTO_IPV4, .handle = 9,
		    .position = 4, .counted = true },
		  "nft ip filter:c:4", "nft ip filter", "c:4", "" },
		{ { .backend = EVENT_NFT, .family = NFPROTO_IPV4 },
		  "nft ip filter:c", "nft ip filter", "c", "" },
		{ { .backend = EVENT_NFT, .family = NFPROTO_BRIDGE,
		    .kind = PLACE_POLICY },
		  "nft bridge filter:c", "nft bridge filter", "c", "" },
		{ { .backend = EVENT_NFT, .family = NFPROTO_INET,
		    .kind = PLACE_POLICY,
		    .rule = "type filter hook input priority filter + 10; "
			    "policy drop;" },
		  "nft inet filter:c", "nft inet filter", "c", "policy drop" },
	};
	struct place_words_cache *c = place_words_cache_open();

	(void)state;
	for (uint32_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct place p = labels[i].p;
		const struct place_words *w;

		p.id = i;
		p.table = "filter";
		p.chain = "c";
		p.chain_len = 1;
		p.rule = p.rule ? p.rule : "";
		p.rule_len = (uint32_t)strlen(p.rule);
		w = place_words_of(c, &p);
		assert_words(w->label, labels[i].label);
		assert_words(w->table, labels[i].table);
		assert_words(w->chain, labels[i].chain);
		assert_words(w->rule, labels[i].rule);
	}
	place_words_cache_close(c);
}

/* An id that becomes another place's has that one's words. */
static void test_forget(void **state)
{
	struct place_words_cache *c = place_words_cache_open();
	struct place p = {
		.id = 5, .table = "nat", .chain = "a", .chain_len = 1,
		.rule = "", .number = 1,
	};

	(void)state;
	assert_words(place_words_of(c, &p)->label, "nat:a:1");
	p.chain = "b";
	assert_words(place_words_of(c, &p)->label, "nat:a:1");
	place_words_cache_forget(c, 5);
	place_words_cache_forget(c, 1000);
	assert_words(place_words_of(c, &p)->label, "nat:b:1");
	place_words_cache_close(c);
	place_words_cache_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_gists),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
