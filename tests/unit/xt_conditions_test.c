// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_conditions_test: what of a rule in iptables' words holds for a packet, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include <cmocka.h>

#include "misses/condition.h"
#include "misses/xt_conditions.h"
#include "rules/base/units.h"

/* 10.1.2.3:40000 > 192.168.7.9:443, TCP SYN, TTL 60, TOS 0x10 */
static const uint8_t tcp[] = {
	0x45, 0x10, 0, 40, 0, 1, 0, 0, 60, 6, 0, 0,
	10, 1, 2, 3, 192, 168, 7, 9,
	0x9c, 0x40, 0x01, 0xbb, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0, 1, 0, 0, 0, 0,
};

/* 10.1.2.3 > 192.168.7.9: ICMP echo request */
static const uint8_t icmp[] = {
	0x45, 0, 0, 28, 0, 1, 0, 0, 64, 1, 0, 0,
	10, 1, 2, 3, 192, 168, 7, 9, 8, 0, 0, 0, 0, 1, 0, 1,
};

/* The same as .tcp, a later fragment. */
static const uint8_t fragment[] = {
	0x45, 0, 0, 28, 0, 1, 0, 5, 64, 6, 0, 0,
	10, 1, 2, 3, 192, 168, 7, 9, 0x9c, 0x40, 0x01, 0xbb, 0, 0, 0, 1,
};

/* 2001:db8::1:40000 > 2001:db8::2:53, UDP, hop limit 64 */
static const uint8_t udp6[] = {
	0x60, 0, 0, 0, 0, 8, 17, 64,
	0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0x9c, 0x40, 0, 53, 0, 8, 0, 0,
};

static const uint8_t ethernet[14] = { 0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 8, 0 };

static void ask(struct asked *a, struct packet *p, uint8_t nfproto,
		const uint8_t *bytes, size_t len)
{
	packet_decode(p, nfproto, bytes, len);
	*a = (struct asked){
		.p = p, .nfproto = nfproto, .hook = NF_INET_FORWARD,
		.in = { 7, "eth1" }, .out = { 8, "wg0" },
		.phys_in = { 0, NULL }, .phys_out = { 9, "vnet3" },
		.mark = 0x43, .mark_known = true,
		.states = 1 << CONNTRACK_NEW, .uid = 1000, .gid = UINT32_MAX,
		.hw = ethernet, .hw_len = sizeof(ethernet),
	};
}

/* "H--- ": a letter for each condition: H held, F failed, U unknown, L depends on the past. */
static void letters(char *to, const struct conditions *all)
{
	for (unsigned int i = 0; i < all->n; i++)
		*to++ = all->c[i].changes ? 'L' : "HFU"[all->c[i].state];
	if (all->unread)
		*to++ = '?';
	*to = '\0';
}

struct row {
	const char *text;	/* behind "-A F " */
	const char *letters;
	const char *failed;	/* the words of the first that failed, and its value */
};

static void check(const struct asked *a, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[256], got[32], failed[256] = "", value[CONDITION_VALUE];
		struct conditions all;

		snprintf(text, sizeof(text), "-A F %s -j ACCEPT", rows[i].text);
		xt_conditions(&all, (struct strview){ text, strlen(text) }, a);
		letters(got, &all);
		for (unsigned int c = all.n; c-- > 0;) {
			if (all.c[c].state != CONDITION_FAILED)
				continue;
			asked_value(value, sizeof(value), a, all.c[c].field);
			if (all.c[c].tell)
				all.c[c].tell(value, &all.c[c], a);
			snprintf(failed, sizeof(failed), "%.*s: %s",
				 (int)all.c[c].words.len, all.c[c].words.at, value);
		}
		if (strcmp(got, rows[i].letters) != 0 ||
		    strcmp(failed, rows[i].failed ? rows[i].failed : "") != 0)
			fail_msg("%s: %s, %s", rows[i].text, got, failed);
	}
}

static void test_tcp(void **state)
{
	static const struct row rows[] = {
		{ "", "", NULL },
		{ "-m comment --comment -j", "", NULL },
		{ "-m comment --comment \"-s 1.2.3.4 -j DROP\" -p tcp", "H", NULL },
		{ "-s 10.0.0.0/8 -d 192.168.7.9/32", "HH", NULL },
		{ "! -s 10.0.0.0/8", "F", "! -s 10.0.0.0/8: the packet's is 10.1.2.3" },
		{ "-s 10.0.0.0/255.0.0.255", "F", "-s 10.0.0.0/255.0.0.255: the packet's is 10.1.2.3" },
		{ "-s 10.0.0.3/255.0.0.255", "H", NULL },
		{ "-d 192.168.8.0/24 -p tcp", "FH", "-d 192.168.8.0/24: the packet's is 192.168.7.9" },
		{ "-i eth1 -o wg+", "HH", NULL },
		{ "-i eth", "F", "-i eth: it came in by eth1" },
		{ "! -o wg0", "F", "! -o wg0: it was to go out by wg0" },
		{ "-i eth10", "F", "-i eth10: it came in by eth1" },
		{ "-p udp", "F", "-p udp: the packet is TCP" },
		{ "! -p udp", "H", NULL },
		{ "-p 6", "H", NULL },
		{ "-p no-such", "U", NULL },
		{ "-f", "F", "-f: the packet is no later fragment" },
		{ "! -f", "H", NULL },
		{ "-p tcp -m tcp --dport 443", "HH", NULL },
		{ "-p tcp -m tcp --dport 400:442", "HF", "--dport 400:442: the packet's is 443" },
		{ "-p tcp -m tcp ! --sport 40000", "HF", "! --sport 40000: the packet's is 40000" },
		{ "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", "HH", NULL },
		{ "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN", "HF",
		  "! --tcp-flags FIN,SYN,RST,ACK SYN: the packet has SYN" },
		{ "-p tcp -m tcp --tcp-flags FIN,SYN NONE --tcp-option 2", "HFU",
		  "--tcp-flags FIN,SYN NONE: the packet has SYN" },
		{ "-p tcp -m multiport --dports 22,440:450", "HH", NULL },
		{ "-p tcp -m multiport ! --dports 22,80", "HH", NULL },
		{ "-p tcp -m multiport --ports 40000", "HH", NULL },
		{ "-p tcp -m multiport --ports 1,2", "HF", "--ports 1,2: the packet's are 40000 and 443" },
		{ "-m mark --mark 0x3/0xf", "H", NULL },
		{ "-m mark ! --mark 0x43", "F", "! --mark 0x43: the packet's is 0x43" },
		{ "-m conntrack --ctstate NEW,ESTABLISHED", "H", NULL },
		{ "-m conntrack --ctstate RELATED,ESTABLISHED", "F", "--ctstate RELATED,ESTABLISHED: the packet is NEW" },
		{ "-m conntrack --ctstate INVALID,DNAT", "U", NULL },
		{ "-m conntrack ! --ctstate INVALID --ctproto 6", "HU", NULL },
		{ "-m state --state INVALID", "F", "--state INVALID: the packet is NEW" },
		{ "-m iprange --src-range 10.1.2.0-10.1.2.3 ! --dst-range 192.168.7.9-192.168.7.9", "HF",
		  "! --dst-range 192.168.7.9-192.168.7.9: the packet's is 192.168.7.9" },
		{ "-m physdev --physdev-in eth0 --physdev-out vnet+ --physdev-is-bridged", "UHU", NULL },
		{ "-m owner --uid-owner 0-999", "F", "--uid-owner 0-999: the sender's is 1000" },
		{ "-m owner --socket-exists --gid-owner 7", "UU", NULL },
		{ "-m pkttype --pkt-type broadcast", "F", "--pkt-type broadcast: the packet is unicast" },
		{ "-m mac --mac-source 02:00:00:00:00:02", "H", NULL },
		{ "-m length --length 41:65535", "F", "--length 41:65535: the packet's is 40" },
		{ "-m ttl --ttl-eq 60", "H", NULL },
		{ "-m ttl --ttl-gt 60", "F", "--ttl-gt 60: the packet's is 60" },
		{ "-m ttl --ttl-lt 61", "H", NULL },
		{ "-m dscp --dscp 0x04", "H", NULL },
		{ "-m tos --tos 0x08/0x3f", "F", "--tos 0x08/0x3f: the packet's is 0x10" },
		{ "-m addrtype --dst-type MULTICAST", "U", NULL },
		{ "-m limit --limit 3/min --limit-burst 5", "L", NULL },
		{ "-p tcp -m recent --rcheck --name x --rsource -m tcp --dport 443", "HLH", NULL },
		{ "-m set --match-set a src -m tcp --dport 443", "UH", NULL },
		{ "-m set ! --match-set a src", "U", NULL },
		{ "--no-such 7", "?", NULL },
		{ "-p tcp -m tcp --dport 4x3", "H?", NULL },
		{ "-m tcp --no-such", "?", NULL },
		{ "!", "?", NULL },
	};
	struct packet p;
	struct asked a;

	(void)state;
	ask(&a, &p, NFPROTO_IPV4, tcp, sizeof(tcp));
	check(&a, rows, ARRAY_SIZE(rows));
}

static void test_others(void **state)
{
	static const struct row of_icmp[] = {
		{ "-p icmp -m icmp --icmp-type 8", "HH", NULL },
		{ "-p icmp -m icmp --icmp-type any", "HH", NULL },
		{ "-p icmp -m icmp --icmp-type 8/1", "HF", "--icmp-type 8/1: the packet's is 8, code 0" },
		{ "-p tcp -m tcp --dport 443", "FU", "-p tcp: the packet is ICMP" },
	};
	static const struct row of_fragment[] = {
		{ "-f", "H", NULL },
		{ "-p tcp -m tcp --dport 80", "HU", NULL },
		{ "-p tcp -m tcp --tcp-flags SYN SYN", "HU", NULL },
	};
	static const struct row of_udp6[] = {
		{ "-s 2001:db8::/32 -p udp -m udp --dport 53", "HHH", NULL },
		{ "-d 2001:db8::3/128", "F", "-d 2001:db8::3/128: the packet's is 2001:db8::2" },
		{ "-s 2001::1/ffff::ffff", "H", NULL },
		{ "-m hl --hl-lt 64", "F", "--hl-lt 64: the packet's is 64" },
		{ "-m length --length 48", "H", NULL },
		{ "-s 10.0.0.0/8", "?", NULL },
		{ "-m iprange --src-range 2001:db8::-2001:db8::ff", "H", NULL },
	};
	struct packet p;
	struct asked a;

	(void)state;
	ask(&a, &p, NFPROTO_IPV4, icmp, sizeof(icmp));
	check(&a, of_icmp, ARRAY_SIZE(of_icmp));
	ask(&a, &p, NFPROTO_IPV4, fragment, sizeof(fragment));
	check(&a, of_fragment, ARRAY_SIZE(of_fragment));
	ask(&a, &p, NFPROTO_IPV6, udp6, sizeof(udp6));
	check(&a, of_udp6, ARRAY_SIZE(of_udp6));
}

/* Which way of its connection it goes. */
static void test_direction(void **state)
{
	static const struct row original[] = {
		{ "-m conntrack --ctdir ORIGINAL", "H", NULL },
		{ "-m conntrack --ctdir REPLY", "F", "--ctdir REPLY: the packet is no reply" },
		{ "-m conntrack ! --ctdir REPLY", "H", NULL },
		{ "-m conntrack --ctdir SIDEWAYS", "?", NULL },
	}, reply[] = {
		{ "-m conntrack --ctdir ORIGINAL", "F", "--ctdir ORIGINAL: the packet is a reply" },
		{ "-m conntrack --ctdir REPLY", "H", NULL },
	}, unknown[] = { { "-m conntrack --ctdir REPLY", "U", NULL } };
	struct packet p;
	struct asked a;

	(void)state;
	ask(&a, &p, NFPROTO_IPV4, tcp, sizeof(tcp));
	check(&a, unknown, ARRAY_SIZE(unknown));
	a.ct.known = CONNTRACK_DIRECTION;
	check(&a, original, ARRAY_SIZE(original));
	a.ct.reply = true;
	check(&a, reply, ARRAY_SIZE(reply));
	/* In raw no packet has a connection yet. */
	a.hook = NF_INET_PRE_ROUTING;
	check(&a, unknown, ARRAY_SIZE(unknown));
}

/* What nobody has told is unknown, and what was never captured too. */
static void test_unknown(void **state)
{
	static const struct row rows[] = {
		{ "-s 10.0.0.0/8", "U", NULL },
		{ "-p tcp -m tcp --dport 443", "UU", NULL },
		{ "-i eth0", "U", NULL },
		{ "-m mark --mark 0x1", "U", NULL },
		{ "-m conntrack --ctstate NEW", "U", NULL },
		{ "-m conntrack --ctstate NEW,INVALID,ESTABLISHED,RELATED,UNTRACKED", "H", NULL },
		{ "-m owner --uid-owner 0", "U", NULL },
		{ "-m pkttype --pkt-type unicast", "U", NULL },
		{ "-m ttl --ttl-eq 5", "U", NULL },
	};
	struct packet p;
	struct asked a;

	(void)state;
	ask(&a, &p, NFPROTO_IPV4, tcp, 10);
	a.in.name = NULL;
	a.mark_known = false;
	a.states = ASKED_ALL_STATES;
	a.uid = UINT32_MAX;
	a.hw_len = 0;
	check(&a, rows, ARRAY_SIZE(rows));
}

/* The packet with what a condition wants meets it, whatever that is. */
static void test_want(void **state)
{
	static const char *const texts[] = {
		"-s 172.16.0.0/12", "! -s 10.0.0.0/8", "-d 192.168.0.0/255.255.0.255",
		"-i eth0", "-i br+", "-o lo", "-p udp", "-p tcp -m tcp --dport 22",
		"-p tcp -m tcp --sport 1:1023", "-p tcp -m multiport --dports 22,400:440,9000",
		"-p tcp -m multiport --ports 5,6", "-p tcp -m tcp --tcp-flags SYN,ACK ACK",
		"-m mark --mark 0x4/0xc", "-m mark ! --mark 0x43",
		"-m conntrack --ctstate RELATED,ESTABLISHED", "-m conntrack ! --ctstate NEW",
		"-m iprange --src-range 10.1.2.4-10.1.2.9", "-m iprange --dst-range 1.1.1.1-1.1.1.2",
		"-m ttl --ttl-gt 200", "-m ttl --ttl-lt 5", "-m ttl --ttl-eq 9",
		"-m dscp --dscp 0x2e", "-m tos --tos 0x08/0x18", "-m owner --uid-owner 5-7",
	};
	struct packet p;
	struct asked a;

	(void)state;
	ask(&a, &p, NFPROTO_IPV4, tcp, sizeof(tcp));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct conditions before, after;
		struct asked_copy copy;
		char text[256];
		unsigned int f = 0;

		snprintf(text, sizeof(text), "-A F %s -j ACCEPT", texts[i]);
		xt_conditions(&before, (struct strview){ text, strlen(text) }, &a);
		while (f < before.n && before.c[f].state != CONDITION_FAILED)
			f++;
		if (f == before.n || !asked_with(&copy, &a, &before.c[f].want))
			fail_msg("%s: nothing is wanted", texts[i]);
		xt_conditions(&after, (struct strview){ text, strlen(text) }, &copy.a);
		if (after.c[f].state != CONDITION_HELD)
			fail_msg("%s: what is wanted does not do", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_direction),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_want),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
