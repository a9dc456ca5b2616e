// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * brief_test [FILE...]: what a rule's conditions say of a packet in short is what they say when they
 * are put down one by one.  Of rules by chance, and of each line of the files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include <cmocka.h>

#include "misses/asked.h"
#include "misses/brief.h"
#include "misses/condition.h"
#include "misses/nft_brief.h"
#include "misses/nft_conditions.h"
#include "misses/rule_kept.h"
#include "misses/xt_conditions.h"
#include "rules/base/units.h"

enum { RULES = 4000, PACKETS = 8, PIECES = 7, SAME_PACKETS = 50 };

static char **files;

static uint32_t rnd(uint32_t n)
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 32) % n;
}

static const char *const xt_pieces[] = {
	"-s 10.1.2.0/24", "! -s 10.1.2.0/24", "-s 10.1.2.3/32", "-d 192.168.7.9/255.255.0.255",
	"! -d 0.0.0.0/0", "-s 2001:db8::/32", "! -d 2001:db8::2/128", "-s 10.1.2.x", "-i eth0",
	"! -i eth0", "-i eth+", "-o +", "-o wg0", "! -o eth1", "-p tcp", "! -p udp", "-p icmp",
	"-p ipv6-icmp", "-p strange", "-f", "! -f", "-p tcp -m tcp --dport 443",
	"-p udp -m udp ! --dport 53", "-m tcp --sport 1024:65535", "-m udp --dport 99999",
	"-m multiport --dports 80,443,8000:8080", "-m multiport ! --sports 1:1024",
	"-m multiport --ports 53,80", "-m multiport ! --ports 53,443",
	"-m tcp --tcp-flags FIN,SYN,RST,ACK SYN", "-m tcp ! --tcp-flags SYN SYN",
	"-m tcp --tcp-option 2", "-m icmp --icmp-type 8", "-m icmp ! --icmp-type any",
	"-m icmp6 --icmpv6-type 128", "-m mark --mark 0x43", "-m mark ! --mark 0x40/0x40",
	"-m conntrack --ctstate NEW", "-m conntrack ! --ctstate NEW", "-m state --state INVALID",
	"-m conntrack --ctstate RELATED,ESTABLISHED", "-m conntrack --ctstate DNAT",
	"-m conntrack --ctstate NEW,SNAT", "-m conntrack --ctdir REPLY",
	"-m conntrack --ctdir ODD", "-m iprange --src-range 10.1.2.4-10.1.2.9",
	"-m iprange ! --dst-range 192.168.7.1-192.168.7.9", "-m physdev --physdev-in vnet1",
	"-m physdev ! --physdev-out vnet3", "-m owner --uid-owner 0-999",
	"-m owner ! --gid-owner 5", "-m pkttype --pkt-type unicast",
	"-m pkttype ! --pkt-type broadcast", "-m mac --mac-source 02:00:00:00:00:02",
	"-m length --length 40:60", "-m length ! --length 40", "-m ttl --ttl-gt 60",
	"-m ttl ! --ttl-lt 61", "-m hl --hl-eq 64", "-m dscp --dscp 0x04",
	"-m tos ! --tos 0x10/0xff", "-m addrtype --dst-type MULTICAST",
	"-m addrtype ! --src-type LOCAL", "-m limit --limit 3/min", "-m set --match-set a src",
	"-m something --strange", "-m statistic --mode random", "-m comment --comment \"a b\"",
	"--unread",
};

static const char *const nft_pieces[] = {
	"ip saddr 10.1.2.0/24", "ip saddr != 10.1.2.3", "ip saddr { 10.0.0.1, 10.1.2.4-10.1.2.9 }",
	"ip daddr 192.168.7.9", "ip daddr != { 192.168.7.9, 10.0.0.0/8 }", "ip protocol tcp",
	"ip6 saddr 2001:db8::/32", "ip6 daddr != 2001:db8::2", "ip6 nexthdr 17", "tcp dport 443",
	"tcp dport != 443", "tcp dport { 80, 443, 8000-8080 }", "udp dport 53", "th dport 53",
	"udp sport 1024-65535", "udp sport < 1024", "tcp flags syn", "tcp flags == syn",
	"tcp flags & (fin | syn | rst | ack) == syn", "tcp flags != { syn, ack }",
	"meta l4proto tcp", "meta l4proto { tcp, udp }", "meta l4proto != udp",
	"meta nfproto ipv4", "meta nfproto != ipv6", "iifname \"eth0\"", "iifname != \"eth0\"",
	"iifname { \"eth1\", \"wg*\" }", "oifname \"wg*\"", "oifname != { \"eth0\", \"br0\" }",
	"iif \"eth1\"", "ct state new", "ct state != invalid", "ct state { established, related }",
	"ct state established,related", "ct state vmap { invalid : drop, new : accept }",
	"ct status dnat", "ct direction original", "ct mark 0x5", "meta mark 0x43",
	"meta mark & 0xf0 == 0x40", "meta mark != 0x43", "meta mark { 0x1, 0x43 }",
	"ip ttl 60", "ip ttl > 60", "ip length 40", "ip dscp 0x04", "icmp type echo-request",
	"icmp type { echo-request, echo-reply }", "icmpv6 type nd-neighbor-solicit",
	"icmp code 0", "ip saddr . tcp dport { 10.1.2.3 . 443 }", "tcp dport @ports",
	"ip saddr @nets", "limit rate 3/minute", "meta mark set 0x1", "counter",
	"ct mark set 0x1", "meta pkttype unicast", "fib daddr type local", "strange thing",
	"tcp dport odd", "tcp dport 80 counter packets 0 bytes 0", "meta length 60",
};

struct corpus {
	struct packet p;
	struct asked a;
	uint8_t bytes[60];
};

static const uint8_t packets[][60] = {
	/* 10.1.2.3:40000 > 192.168.7.9:443, TCP SYN, TTL 60, TOS 0x10 */
	{ 0x45, 0x10, 0, 40, 0, 1, 0, 0, 60, 6, 0, 0, 10, 1, 2, 3, 192, 168, 7, 9,
	  0x9c, 0x40, 0x01, 0xbb, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0, 1, 0, 0, 0, 0 },
	/* 10.1.2.3 > 192.168.7.9: ICMP echo request */
	{ 0x45, 0, 0, 28, 0, 1, 0, 0, 64, 1, 0, 0, 10, 1, 2, 3, 192, 168, 7, 9,
	  8, 0, 0, 0, 0, 1, 0, 1 },
	/* A later fragment of TCP. */
	{ 0x45, 0, 0, 28, 0, 1, 0, 5, 64, 6, 0, 0, 10, 1, 2, 3, 192, 168, 7, 9,
	  0x9c, 0x40, 0x01, 0xbb, 0, 0, 0, 1 },
	/* 2001:db8::1:40000 > 2001:db8::2:53, UDP, hop limit 64 */
	{ 0x60, 0, 0, 0, 0, 8, 17, 64, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	  0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x9c, 0x40, 0, 53, 0, 8 },
	/* The same behind hop-by-hop options. */
	{ 0x60, 0, 0, 0, 0, 16, 0, 64, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	  0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 17, 0, 1, 4, 0, 0, 0, 0,
	  0x9c, 0x40, 0, 53, 0, 8 },
};

static const uint8_t ethernet[14] = { 0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 8, 0 };

static const char *device(void)
{
	static const char *const names[] = { "eth0", "eth1", "wg0", "br0", "", NULL };

	return names[rnd(ARRAY_SIZE(names))];
}

/* What may be another for each rule that asks the same packet. */
static void make_mark(struct asked *a)
{
	a->mark = rnd(2) ? 0x43 : rnd(256);
	a->mark_known = rnd(4);
	a->states = (uint8_t)(rnd(2) ? 1u << (1 + rnd(5)) : (1 + rnd(31)) << 1);
}

/* Another packet each time: mostly of these bytes, some of them others, or cut. */
static void make(struct corpus *c)
{
	static uint64_t serial;
	static const uint8_t at[] = { 9, 13, 15, 19, 20, 21, 22, 23, 33, 6, 1, 8 };
	const uint8_t *from = packets[rnd(ARRAY_SIZE(packets))];
	struct asked *a = &c->a;
	uint8_t *bytes = c->bytes;

	memcpy(bytes, from, 60);
	for (uint32_t n = rnd(4); n; n--)
		bytes[at[rnd(ARRAY_SIZE(at))]] = (uint8_t)(rnd(2) ? rnd(256) : rnd(20));
	packet_decode(&c->p, *bytes >> 4 == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6, bytes,
		      rnd(8) ? 54 : rnd(54));
	*a = (struct asked){
		.p = &c->p, .nfproto = *bytes >> 4 == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
		.hook = (uint8_t)rnd(NF_INET_NUMHOOKS), .in = { 7, device() },
		.out = { 8, device() }, .phys_in = { 0, rnd(2) ? NULL : "vnet1" },
		.phys_out = { 9, "vnet3" }, .serial = ++serial,
		.uid = rnd(2) ? 1000 : UINT32_MAX, .gid = UINT32_MAX,
		.hw = ethernet, .hw_len = rnd(2) ? sizeof(ethernet) : 0, .printed = !rnd(8),
		.ct = { .known = (uint8_t)rnd(16), .reply = rnd(2),
			.status = rnd(2) ? 0 : rnd(64) },
	};
}

/* Of what failed the lowest of the states that would do. */
static uint32_t states_of(const struct brief *b)
{
	return b->fails ? b->states & -b->states : b->states;
}

static void assert_same(const char *text, const struct brief *is, const struct brief *all)
{
	if (is->failed != all->failed || is->unknown != all->unknown || is->n != all->n ||
	    is->fails != all->fails || is->open != all->open || is->unread != all->unread ||
	    (is->fails + is->open == 1 &&
	     (is->distance != all->distance || states_of(is) != states_of(all) ||
	      is->last != all->last || is->field != all->field)))
		fail_msg("\"%s\": in short %u conditions, %u failed (%x), %u open (%x), "
			 "distance %u, states %x; else %u, %u (%x), %u (%x), %u, %x",
			 text, is->n, is->fails, is->failed, is->open, is->unknown,
			 is->distance, is->states, all->n, all->fails, all->failed,
			 all->open, all->unknown, all->distance, all->states);
}

static bool ask(struct brief *b, struct rule_kept *k, struct strview text, bool nft,
		const struct asked *a)
{
	return nft ? nft_conditions_brief(b, k, 0, text, a) : xt_conditions_brief(b, k, 0, text, a);
}

/* What failed first does so when it alone is asked. */
static void assert_fails_alone(struct rule_kept *k, struct strview text, bool nft,
			       const struct asked *a, uint8_t term)
{
	struct brief one = { .only = term };

	if (!ask(&one, k, text, nft, a) || !one.fails)
		fail_msg("\"%s\": condition %u does not fail alone", text.at, term);
}

/* Return: could it be told in short? */
static bool compare(struct rule_kept *k, const char *text, bool nft, const struct asked *a)
{
	struct strview t = { text, strlen(text) };
	struct brief is = { .enough = (uint8_t)rnd(3) }, put;
	struct conditions all = { .enough = is.enough };

	if (!ask(&is, k, t, nft, a))
		return false;
	if (is.term)
		assert_fails_alone(k, t, nft, a, is.term);
	if (nft)
		nft_conditions_read(&all, t, a);
	else
		xt_conditions(&all, t, a);
	brief_of(&put, &all);
	assert_same(text, &is, &put);
	return true;
}

/* Return: how many packets of these could be told of in short */
static unsigned int compare_packets(struct rule_kept *k, const char *text, bool nft)
{
	static struct corpus c[PACKETS];
	static unsigned int rules;
	unsigned int told = 0;

	for (int i = 0; i < PACKETS; i++) {
		/* Several rules ask each, so that what they have in common is asked once. */
		if (rules % SAME_PACKETS == 0)
			make(&c[i]);
		make_mark(&c[i].a);
		told += compare(k, text, nft, &c[i].a);
	}
	rules++;
	return told;
}

static void write_rule(char *to, size_t size, bool nft)
{
	size_t len = (size_t)snprintf(to, size, nft ? "" : "-A F ");

	for (uint32_t n = 1 + rnd(PIECES); n; n--)
		len += (size_t)snprintf(to + len, size - len, "%s ", nft ?
					nft_pieces[rnd(ARRAY_SIZE(nft_pieces))] :
					xt_pieces[rnd(ARRAY_SIZE(xt_pieces))]);
	snprintf(to + len, size - len, nft ? "accept" : "-j ACCEPT");
}

static void by_chance(bool nft)
{
	struct rule_kept *k = rule_kept_open();
	unsigned int told = 0;
	char text[1024];

	assert_non_null(k);
	for (int i = 0; i < RULES; i++) {
		write_rule(text, sizeof(text), nft);
		told += compare_packets(k, text, nft);
	}
	/* Sets, concatenations and what is not understood are left to the other way. */
	assert_true(told > RULES * PACKETS / 3);
	rule_kept_close(k);
}

static void test_iptables(void **state)
{
	(void)state;
	by_chance(false);
}

static void test_nft(void **state)
{
	(void)state;
	by_chance(true);
}

static void compare_file(struct rule_kept *k, const char *path)
{
	unsigned int told = 0, rules = 0;
	FILE *f = fopen(path, "r");
	char line[8192];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		char *text = line + strspn(line, "\t ");

		text[strcspn(text, "\n")] = '\0';
		if (*text)
			told += compare_packets(k, text, *text != '-');
		rules++;
	}
	fclose(f);
	print_message("%s: %u lines, %u packets told of in short\n", path, rules, told);
}

static void test_files(void **state)
{
	struct rule_kept *k = rule_kept_open();

	(void)state;
	assert_non_null(k);
	for (char **f = files; *f; f++)
		compare_file(k, *f);
	rule_kept_close(k);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iptables),
		cmocka_unit_test(test_nft),
		cmocka_unit_test(test_files),
	};

	(void)argc;
	files = argv + 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
