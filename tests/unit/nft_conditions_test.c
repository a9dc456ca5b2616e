// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_conditions_test: rules as nft prints them, held against packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include "misses/condition.h"
#include "misses/nft_conditions.h"
#include "rules/base/units.h"

/* 10.1.2.3.40000 > 10.9.8.7.8080, tcp SYN, ttl 64, DSCP cs1 */
static const uint8_t tcp4[] = {
	0x45, 0x20, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 1, 2, 3, 10, 9, 8, 7,
	0x9c, 0x40, 0x1f, 0x90, 0, 0, 0, 5, 0, 0, 0, 0, 0x50, 2, 0x10, 0, 0, 0, 0, 0,
};

/* The same addresses and ports, udp */
static const uint8_t udp4[] = {
	0x45, 0, 0, 32, 0x12, 0x34, 0x40, 0, 64, 17, 0, 0, 10, 1, 2, 3, 10, 9, 8, 7,
	0x9c, 0x40, 0x1f, 0x90, 0, 12, 0, 0, 1, 2, 3, 4,
};

static const uint8_t icmp4[] = {
	0x45, 0, 0, 28, 0, 1, 0, 0, 1, 1, 0, 0, 10, 1, 2, 3, 10, 9, 8, 7,
	8, 0, 0, 0, 0, 7, 0, 1,
};

/* fd00::1.40000 > fd00:1::2.443, tcp SYN */
static const uint8_t tcp6[] = {
	0x60, 0, 0, 0, 0, 20, 6, 63,
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0x9c, 0x40, 1, 0xbb, 0, 0, 0, 5, 0, 0, 0, 0, 0x50, 2, 0x10, 0, 0, 0, 0, 0,
};

/* A later fragment: what is behind its header is no port. */
static const uint8_t fragment4[] = {
	0x45, 0, 0, 32, 0x12, 0x34, 0, 8, 64, 17, 0, 0, 10, 1, 2, 3, 10, 9, 8, 7,
	0x9c, 0x40, 0x1f, 0x90, 0, 12, 0, 0, 1, 2, 3, 4,
};

enum which { TCP4, UDP4, ICMP4, TCP6, FRAGMENT4 };

static const struct {
	const uint8_t *bytes;
	size_t len;
	uint8_t nfproto;
} packets[] = {
	[TCP4] = { tcp4, sizeof(tcp4), NFPROTO_IPV4 },
	[UDP4] = { udp4, sizeof(udp4), NFPROTO_IPV4 },
	[ICMP4] = { icmp4, sizeof(icmp4), NFPROTO_IPV4 },
	[TCP6] = { tcp6, sizeof(tcp6), NFPROTO_IPV6 },
	[FRAGMENT4] = { fragment4, sizeof(fragment4), NFPROTO_IPV4 },
};

struct world {
	struct packet p;
	struct asked a;
};

static void begin(struct world *w, enum which which)
{
	memset(w, 0, sizeof(*w));
	packet_decode(&w->p, packets[which].nfproto, packets[which].bytes,
		      packets[which].len);
	w->a = (struct asked){
		.p = &w->p, .in = { 2, "eth0" }, .out = { 3, "eth1" },
		.phys_in = { 0, "" }, .phys_out = { 0, "" }, .mark = 0x15,
		.mark_known = true, .states = 1 << CONNTRACK_NEW, .uid = UINT32_MAX, .gid = UINT32_MAX,
		.hook = NF_INET_FORWARD, .nfproto = packets[which].nfproto,
	};
}

/* "+" held, "-" failed, "?" unknown, and the words of each. */
static void write_down(char *buf, size_t size, const struct conditions *c)
{
	static const char signs[] = {
		[CONDITION_HELD] = '+', [CONDITION_FAILED] = '-',
		[CONDITION_UNKNOWN] = '?',
	};
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < c->n; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%c%.*s", i ? "; " : "",
				      signs[c->c[i].state], (int)c->c[i].words.len,
				      c->c[i].words.at);
	if (c->unread)
		snprintf(buf + n, size - n, "%sunread", n ? "; " : "");
}

static struct strview view(const char *text)
{
	return (struct strview){ text, strlen(text) };
}

struct row {
	enum which packet;
	const char *rule;
	const char *conditions;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct conditions c = { .enough = 0 };
		struct world w;
		char got[1024];

		begin(&w, rows[i].packet);
		nft_conditions_read(&c, view(rows[i].rule), &w.a);
		write_down(got, sizeof(got), &c);
		if (strcmp(got, rows[i].conditions) != 0)
			fail_msg("%s: %s", rows[i].rule, got);
	}
}

static void test_headers(void **state)
{
	static const struct row rows[] = {
		{ TCP4, "accept", "" },
		{ TCP4, "ip saddr 10.1.2.3 accept", "+ip saddr 10.1.2.3" },
		{ TCP4, "ip saddr 10.1.2.4 accept", "-ip saddr 10.1.2.4" },
		{ TCP4, "ip saddr 10.0.0.0/8 accept", "+ip saddr 10.0.0.0/8" },
		{ TCP4, "ip saddr != 10.0.0.0/8 accept", "-ip saddr != 10.0.0.0/8" },
		{ TCP4, "ip saddr 0.0.0.0/0 accept", "+ip saddr 0.0.0.0/0" },
		{ TCP4, "ip daddr 10.9.8.0-10.9.8.7 drop", "+ip daddr 10.9.8.0-10.9.8.7" },
		{ TCP4, "ip daddr 10.9.8.8-10.9.8.9 drop", "-ip daddr 10.9.8.8-10.9.8.9" },
		{ TCP4, "ip saddr { 10.1.2.2, 10.1.3.0/24, 10.1.2.3 } accept", "+ip saddr { 10.1.2.2, 10.1.3.0/24, 10.1.2.3 }" },
		{ TCP4, "ip saddr != { 10.1.2.2, 10.1.3.0/24 } accept", "+ip saddr != { 10.1.2.2, 10.1.3.0/24 }" },
		{ TCP4, "ip saddr & 255.0.0.255 == 10.0.0.3 accept", "+ip saddr & 255.0.0.255 == 10.0.0.3" },
		{ TCP4, "ip saddr 10.1.2.3 ip daddr 10.9.8.6 counter accept", "+ip saddr 10.1.2.3; -ip daddr 10.9.8.6" },
		{ TCP4, "tcp dport 8080 accept", "+tcp; +tcp dport 8080" },
		{ TCP4, "tcp dport { 22, 80-90, 443 } accept", "+tcp; -tcp dport { 22, 80-90, 443 }" },
		{ TCP4, "ip saddr . tcp dport vmap { 10.1.2.9 . 80 : accept, * : drop }", "+tcp; ?ip saddr . tcp dport vmap { 10.1.2.9 . 80 : accept, * : drop }" },
		{ TCP4, "tcp sport 1024-65535 tcp dport 22 accept", "+tcp; +tcp sport 1024-65535; -tcp dport 22" },
		{ TCP4, "tcp dport >= 8080 accept", "+tcp; +tcp dport >= 8080" },
		{ TCP4, "tcp dport < 8080 accept", "+tcp; -tcp dport < 8080" },
		{ TCP4, "tcp dport > 8080 accept", "+tcp; -tcp dport > 8080" },
		{ TCP4, "tcp dport <= 8080 accept", "+tcp; +tcp dport <= 8080" },
		{ TCP4, "tcp dport != 22 accept", "+tcp; +tcp dport != 22" },
		{ TCP4, "tcp dport != 80-9000 accept", "+tcp; -tcp dport != 80-9000" },
		{ TCP4, "udp dport 8080 accept", "-udp; +udp dport 8080" },
		{ UDP4, "tcp dport 22 accept", "-tcp; -tcp dport 22" },
		{ UDP4, "tcp flags syn accept", "-tcp; -tcp flags syn" },
		{ ICMP4, "tcp dport 22 accept", "-tcp; -tcp dport 22" },
		{ TCP4, "meta l4proto tcp tcp dport 8080 accept", "+meta l4proto tcp; +tcp dport 8080" },
		{ TCP4, "meta l4proto { tcp, udp } th dport 8080 accept", "+meta l4proto { tcp, udp }; +th dport 8080" },
		{ TCP4, "ip protocol != tcp accept", "-ip protocol != tcp" },
		{ TCP4, "meta l4proto 6 accept", "+meta l4proto 6" },
		{ ICMP4, "icmp type echo-request accept", "+icmp; +icmp type echo-request" },
		{ ICMP4, "icmp type { destination-unreachable, time-exceeded } accept", "+icmp; -icmp type { destination-unreachable, time-exceeded }" },
		{ ICMP4, "icmp code 0-3 accept", "+icmp; +icmp code 0-3" },
		{ TCP4, "ip ttl 64 ip ttl != 64 accept", "+ip ttl 64; -ip ttl != 64" },
		{ TCP4, "ip dscp cs1 accept", "+ip dscp cs1" },
		{ TCP4, "ip dscp { 0x07, cs2 } accept", "-ip dscp { 0x07, cs2 }" },
		{ TCP4, "ip ecn not-ect ip id 4660 accept", "+ip ecn not-ect; +ip id 4660" },
		{ TCP4, "ip frag-off & 8191 != 0 drop", "-ip frag-off & 8191 != 0" },
		{ TCP4, "meta length 30-40 ip length > 1000 accept", "+meta length 30-40; -ip length > 1000" },
		{ TCP4, "tcp window 4096 accept", "+tcp; +tcp window 4096" },
		{ FRAGMENT4, "udp dport 8080 accept", "+udp; ?udp dport 8080" },
		{ TCP6, "ip6 saddr fd00::/16 tcp dport 443 accept", "+ip6 saddr fd00::/16; +tcp; +tcp dport 443" },
		{ TCP6, "ip6 daddr fd00::/32 accept", "-ip6 daddr fd00::/32" },
		{ TCP6, "ip6 daddr fd00:1::1-fd00:1::3 accept", "+ip6 daddr fd00:1::1-fd00:1::3" },
		{ TCP6, "ip6 hoplimit 255 ip6 nexthdr tcp accept", "-ip6 hoplimit 255; +ip6 nexthdr tcp" },
		{ TCP6, "ip saddr 10.1.2.3 tcp dport 443 accept", "-ip; -ip" },
		{ TCP4, "meta nfproto ipv6 accept", "-meta nfproto ipv6" },
		{ TCP4, "meta nfproto ipv4 meta protocol ip accept", "+meta nfproto ipv4; +meta protocol ip" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

static void test_flags(void **state)
{
	static const struct row rows[] = {
		{ TCP4, "tcp flags syn accept", "+tcp; +tcp flags syn" },
		{ TCP4, "tcp flags fin,ack accept", "+tcp; -tcp flags fin,ack" },
		{ TCP4, "tcp flags syn / fin,syn,rst,ack accept", "+tcp; +tcp flags syn / fin,syn,rst,ack" },
		{ TCP4, "tcp flags != syn / fin,syn,rst,ack accept", "+tcp; -tcp flags != syn / fin,syn,rst,ack" },
		{ TCP4, "tcp flags ! fin,syn,rst,psh,ack,urg drop", "+tcp; -tcp flags ! fin,syn,rst,psh,ack,urg" },
		{ TCP4, "tcp flags ! fin,rst accept", "+tcp; +tcp flags ! fin,rst" },
		{ TCP4, "tcp flags == syn accept", "+tcp; +tcp flags == syn" },
		{ TCP4, "tcp flags == syn | ack accept", "+tcp; -tcp flags == syn | ack" },
		{ TCP4, "tcp flags & (syn | ack) == syn | ack accept", "+tcp; -tcp flags & (syn | ack) == syn | ack" },
		{ TCP4, "tcp flags & (fin | syn | rst | ack) == syn accept", "+tcp; +tcp flags & (fin | syn | rst | ack) == syn" },
		{ TCP4, "tcp flags & (fin | syn) != 0x0 accept", "+tcp; +tcp flags & (fin | syn) != 0x0" },
		{ TCP4, "tcp flags { syn | ack, syn } accept", "+tcp; +tcp flags { syn | ack, syn }" },
		{ TCP4, "tcp flags { fin | ack, fin } accept", "+tcp; -tcp flags { fin | ack, fin }" },
		{ TCP4, "ct state new accept", "+ct state new" },
		{ TCP4, "ct state established,related accept", "-ct state established,related" },
		{ TCP4, "ct state != established accept", "+ct state != established" },
		{ TCP4, "ct state ! new,invalid accept", "-ct state ! new,invalid" },
		{ TCP4, "ct state { established, new } accept", "+ct state { established, new }" },
		{ TCP4, "ct state invalid drop", "-ct state invalid" },
		{ TCP4, "ct status dnat accept", "?ct status dnat" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

/* What conntrack has said of the packet, in the words of a near miss. */
static void test_connection(void **state)
{
	static const struct {
		bool reply;
		uint32_t status;
		const char *rule, *told;
	} rows[] = {
		{ false, 0, "ct direction reply accept", "the packet is no reply" },
		{ true, 0, "ct direction original accept", "the packet is a reply" },
		{ false, 0, "ct status dnat accept", "its connection is not translated" },
		{ false, IPS_SRC_NAT, "ct status dnat accept", "its connection is snat" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct conditions c = { .enough = 0 };
		char told[CONDITION_VALUE];
		struct world w;

		begin(&w, TCP4);
		w.a.ct.known = CONNTRACK_DIRECTION | CONNTRACK_STATUS;
		w.a.ct.reply = rows[i].reply;
		w.a.ct.status = rows[i].status;
		nft_conditions_read(&c, view(rows[i].rule), &w.a);
		assert_int_equal(c.n, 1);
		assert_int_equal(c.c[0].state, CONDITION_FAILED);
		c.c[0].tell(told, &c.c[0], &w.a);
		assert_string_equal(told, rows[i].told);
	}
}

static void test_meta(void **state)
{
	static const struct row rows[] = {
		{ TCP4, "iifname \"eth0\" accept", "+iifname \"eth0\"" },
		{ TCP4, "iifname \"eth\" accept", "-iifname \"eth\"" },
		{ TCP4, "iifname \"eth*\" oifname != \"lo\" accept", "+iifname \"eth*\"; +oifname != \"lo\"" },
		{ TCP4, "iifname { \"lo\", \"eth0\" } accept", "+iifname { \"lo\", \"eth0\" }" },
		{ TCP4, "iifname != { \"lo\", \"br*\" } accept", "+iifname != { \"lo\", \"br*\" }" },
		{ TCP4, "iif \"lo\" accept", "-iif \"lo\"" },
		{ TCP4, "iif 7 accept", "?iif 7" },
		{ TCP4, "iifname \"a\\*\" accept", "?iifname \"a\\*\"" },
		{ TCP4, "meta mark 0x00000015 accept", "+meta mark 0x00000015" },
		{ TCP4, "meta mark & 0x0000000f == 0x00000005 accept", "+meta mark & 0x0000000f == 0x00000005" },
		{ TCP4, "meta mark & 0x000000f0 != 0x00000010 accept", "-meta mark & 0x000000f0 != 0x00000010" },
		{ TCP4, "meta mark != 0x00000000 accept", "+meta mark != 0x00000000" },
		{ TCP4, "meta mark { 0x00000001, 0x00000010-0x00000020 } accept", "+meta mark { 0x00000001, 0x00000010-0x00000020 }" },
		{ TCP4, "meta mark | 0x00000001 == 0x00000015 accept", "?meta mark | 0x00000001 == 0x00000015" },
		/* What the rule itself has changed. */
		{ TCP4, "meta mark set 0x00000001 meta mark 0x00000015 accept", "?meta mark 0x00000015" },
		{ TCP4, "meta mark set meta mark | 0x00000001 tcp dport 8080 accept", "+tcp; +tcp dport 8080" },
		{ TCP4, "tcp dport set 22 tcp dport 8080 accept", "+tcp; ?tcp dport 8080" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

static void test_concatenations(void **state)
{
	static const struct row rows[] = {
		{ TCP4, "ip saddr . tcp dport { 10.1.2.3 . 22, 10.1.2.3 . 8080 } accept", "+tcp; +ip saddr . tcp dport { 10.1.2.3 . 22, 10.1.2.3 . 8080 }" },
		{ TCP4, "ip saddr . tcp dport { 10.1.2.3 . 22, 10.1.2.4 . 8080 } accept", "+tcp; -ip saddr . tcp dport { 10.1.2.3 . 22, 10.1.2.4 . 8080 }" },
		{ TCP4, "ip saddr . ip daddr { 10.1.0.0/16 . 10.9.0.0-10.9.9.0 } accept", "+ip saddr . ip daddr { 10.1.0.0/16 . 10.9.0.0-10.9.9.0 }" },
		{ TCP4, "iifname . oifname { \"eth0\" . \"eth1\" } accept", "+iifname . oifname { \"eth0\" . \"eth1\" }" },
		{ TCP4, "ip saddr . meta l4proto . th dport { 10.1.2.3 . udp . 8080, 10.1.2.3 . tcp . 8080 } accept", "+ip saddr . meta l4proto . th dport { 10.1.2.3 . udp . 8080, 10.1.2.3 . tcp . 8080 }" },
		/* One of two is not known: the other decides where it can. */
		{ TCP4, "ip saddr . ct mark { 10.1.2.3 . 0x1 } accept", "unread" },
		{ FRAGMENT4, "ip saddr . udp dport { 10.1.2.4 . 22 } accept", "+udp; -ip saddr . udp dport { 10.1.2.4 . 22 }" },
		{ FRAGMENT4, "ip saddr . udp dport { 10.1.2.3 . 22 } accept", "+udp; ?ip saddr . udp dport { 10.1.2.3 . 22 }" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

/* What nothing tells is never judged, and what is no condition is none. */
static void test_others(void **state)
{
	static const struct row rows[] = {
		{ TCP4, "limit rate 5/second accept", "?limit rate 5/second" },
		{ TCP4, "tcp dport 8080 limit rate over 5/minute burst 7 packets drop", "+tcp; +tcp dport 8080; ?limit rate over 5/minute burst 7 packets" },
		{ TCP4, "numgen random mod 2 0 accept", "?numgen random mod 2 0" },
		{ TCP4, "fib daddr type local accept", "?fib daddr type local" },
		{ TCP4, "ct count over 5 drop", "?ct count over 5" },
		{ TCP4, "ip saddr @s4 accept", "?ip saddr @s4" },
		{ TCP4, "ip saddr . tcp dport @cc accept", "+tcp; ?ip saddr . tcp dport @cc" },
		{ TCP4, "tcp dport vmap { 22 : accept, 8080 : jump x }", "+tcp; +tcp dport vmap { 22 : accept, 8080 : jump x }" },
		{ TCP4, "tcp dport vmap { 22 : accept, 23-25 comment \"a, b\" : jump x }", "+tcp; -tcp dport vmap { 22 : accept, 23-25 comment \"a, b\" : jump x }" },
		{ TCP4, "ct state vmap { established : accept, related : accept }", "-ct state vmap { established : accept, related : accept }" },
		{ TCP4, "ct state vmap { invalid : drop, new : accept }", "+ct state vmap { invalid : drop, new : accept }" },
		{ TCP4, "ip daddr . tcp dport vmap @services", "+tcp; ?ip daddr . tcp dport vmap @services" },
		{ TCP4, "add @seen { ip saddr timeout 1m } tcp dport 8080 accept", "unread" },
		{ TCP4, "counter packets 1 bytes 60 log prefix \"tcp dport 22\" flags all tcp dport 8080 accept comment \"udp dport 1\"", "+tcp; +tcp dport 8080" },
		{ TCP4, "tcp option maxseg size 1-500 drop", "?tcp option maxseg size 1-500" },
		{ TCP4, "meta hour \"08:00\"-\"17:00\" accept", "?meta hour \"08:00\"-\"17:00\"" },
		{ TCP4, "ct original ip saddr 10.0.0.1 ct zone 5 accept", "?ct original ip saddr 10.0.0.1; ?ct zone 5" },
		{ TCP4, "ip daddr 10.9.8.7 tcp dport 8080 jump x", "+ip daddr 10.9.8.7; +tcp; +tcp dport 8080" },
		{ TCP4, "tcp dport 8080 -m recent --name x accept", "+tcp; +tcp dport 8080; unread" },
		{ TCP4, "", "unread" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

/* In front of conntrack, and of a packet that has no such device. */
static void test_elsewhere(void **state)
{
	struct conditions c = { .enough = 0 };
	struct world w;

	(void)state;
	begin(&w, TCP4);
	w.a.hook = NF_INET_PRE_ROUTING;
	w.a.out = (struct asked_device){ 0, "" };
	nft_conditions_read(&c, view("ct state new oifname \"eth1\" accept"), &w.a);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.c[0].state, CONDITION_UNKNOWN);
	assert_int_equal(c.c[1].state, CONDITION_FAILED);
	nft_conditions_read(&c, view("oifname != \"eth1\" accept"), &w.a);
	assert_int_equal(c.c[0].state, CONDITION_UNKNOWN);
	w.a.out.name = NULL;
	nft_conditions_read(&c, view("oifname \"eth1\" accept"), &w.a);
	assert_int_equal(c.c[0].state, CONDITION_UNKNOWN);
}

/* The packet with what a failed condition wants meets it. */
static void test_wants(void **state)
{
	static const struct {
		enum which packet;
		const char *rule;
		enum asked_field field;
		uint32_t distance;
	} rows[] = {
		{ TCP4, "tcp dport { 22, 8000-8070, 8443 } accept", ASKED_DPORT, 10 },
		{ TCP4, "tcp dport < 22 accept", ASKED_DPORT, 8059 },
		{ TCP4, "tcp dport != 8080 accept", ASKED_DPORT, CONDITION_FAR },
		{ TCP4, "ip saddr 10.1.2.4 accept", ASKED_SRC, 3 },
		{ TCP4, "ip saddr 10.1.3.0/24 accept", ASKED_SRC, 9 },
		{ TCP6, "ip6 daddr fd00:2::/32 accept", ASKED_DST, 98 },
		{ TCP4, "meta mark & 0x000000f0 == 0x00000020 accept", ASKED_MARK, 16 },
		{ TCP4, "iifname \"eth7\" accept", ASKED_IN, CONDITION_FAR },
		{ TCP4, "oif \"lo\" accept", ASKED_OUT, CONDITION_FAR },
		{ TCP4, "ct state established,related accept", ASKED_STATE, CONDITION_FAR },
		{ TCP4, "tcp flags ack accept", ASKED_TCP_FLAGS, CONDITION_FAR },
		{ TCP4, "tcp flags == ack / fin,syn,ack accept", ASKED_TCP_FLAGS, CONDITION_FAR },
		{ TCP4, "ip dscp cs2 accept", ASKED_TOS, CONDITION_FAR },
		{ TCP4, "ip ttl 1 accept", ASKED_TTL, 63 },
		{ ICMP4, "icmp type echo-reply accept", ASKED_ICMP, CONDITION_FAR },
		{ TCP4, "ip saddr . tcp dport { 10.1.2.3 . 22, 10.1.2.4 . 23 } accept", ASKED_DPORT, 8058 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct condition *last;
		struct asked_copy copy;
		struct conditions c = { .enough = 0 };
		struct world w;

		begin(&w, rows[i].packet);
		nft_conditions_read(&c, view(rows[i].rule), &w.a);
		last = &c.c[c.n - 1];
		assert_int_equal(last->state, CONDITION_FAILED);
		if (last->field != rows[i].field || last->distance != rows[i].distance)
			fail_msg("%s: field %u, distance %u", rows[i].rule,
				 last->field, last->distance);
		assert_true(asked_with(&copy, &w.a, &last->want));
		nft_conditions_read(&c, view(rows[i].rule), &copy.a);
		for (unsigned int n = 0; n < c.n; n++)
			if (c.c[n].state != CONDITION_HELD)
				fail_msg("%s: not met with what it wants", rows[i].rule);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_connection),
		cmocka_unit_test(test_meta),
		cmocka_unit_test(test_concatenations),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_wants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
