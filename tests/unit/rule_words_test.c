// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_words_test: what of a rule's text asks, what acts, and what is only a comment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "place/rule_words.h"
#include "rules/base/target.h"
#include "rules/base/units.h"

struct row {
	const char *text;
	bool condition;
	enum place_effect effect;
	const char *target;
	uint32_t mark;
	const char *comment;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];
		const char *comment = r->comment ? r->comment : "";
		struct rule_words w;

		rule_words_read(&w, (struct strview){ r->text,
						      strlen(r->text) });
		if (w.condition != r->condition || w.effect != r->effect ||
		    !strview_is(w.target, r->target) || w.mark != r->mark ||
		    !strview_is(w.comment, comment))
			fail_msg("%s: condition %d, effect %u, target %.*s, mark %x, comment %.*s",
				 r->text, w.condition, w.effect,
				 (int)w.target.len, w.target.at, w.mark,
				 (int)w.comment.len, w.comment.at);
	}
}

static void test_iptables(void **state)
{
	static const struct row rows[] = {
		{ "-A F -j ACCEPT", false, EFFECT_ACCEPT, "ACCEPT", 0, NULL },
		{ "-A F", false, EFFECT_CONTINUE, "", 0, NULL },
		{ "-A F -j cali-FORWARD", false, EFFECT_JUMP, "cali-FORWARD", 0, NULL },
		{ "-A F -g DOCKER", false, EFFECT_GOTO, "DOCKER", 0, NULL },
		{ "-A F -c 1 60 -j RETURN", false, EFFECT_RETURN, "RETURN", 0, NULL },
		{ "-A F -i eth0 -j DROP", true, EFFECT_DROP, "DROP", 0, NULL },
		{ "-A F ! -f -j DROP", true, EFFECT_DROP, "DROP", 0, NULL },
		{ "-A F -p tcp -m tcp --dport 80 -j REJECT --reject-with tcp-reset", true, EFFECT_REJECT, "REJECT", 0, NULL },
		{ "-A F -m comment --comment cali:x -j DROP", false, EFFECT_DROP, "DROP", 0, "cali:x" },
		{ "-A F -m comment --comment \"-s 1.1.1.1 -j ACCEPT\" -j DROP", false, EFFECT_DROP, "DROP", 0, "\"-s 1.1.1.1 -j ACCEPT\"" },
		{ "-A F -s 1.1.1.1/32 -m comment --comment \"a \\\" -m mark --mark 1\" -j DROP", true, EFFECT_DROP, "DROP", 0, "\"a \\\" -m mark --mark 1\"" },
		{ "-A F -m limit --limit 1/sec -j LOG", true, EFFECT_CONTINUE, "LOG", 0, NULL },
		{ "-A F -m statistic --mode random --probability 0.5 -j KUBE-SEP-A", true, EFFECT_JUMP, "KUBE-SEP-A", 0, NULL },
		{ "-A F -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", true, EFFECT_ACCEPT, "ACCEPT", 0, NULL },
		{ "-A F -m mark --mark 0x10000/0x10000 -j ACCEPT", true, EFFECT_ACCEPT, "ACCEPT", 0x10000, NULL },
		{ "-A F -m mark ! --mark 0x0/0xff -j ACCEPT", true, EFFECT_ACCEPT, "ACCEPT", 0xff, NULL },
		{ "-A F -m mark --mark 0x7 -j ACCEPT", true, EFFECT_ACCEPT, "ACCEPT", UINT32_MAX, NULL },
		{ "-A F -m mark --mark 0x1/0x1 -m mark --mark 0x2/0x2 -j DROP", true, EFFECT_DROP, "DROP", 3, NULL },
		/* the connection's is another one, and what a target is told asks nothing */
		{ "-A F -m connmark --mark 0x1/0x1 -j ACCEPT", true, EFFECT_ACCEPT, "ACCEPT", 0, NULL },
		{ "-A F -m mark --mark 0x4/0x4 -m connmark --mark 0x1/0x1 -j ACCEPT", true, EFFECT_ACCEPT, "ACCEPT", 4, NULL },
		{ "-A F -j MARK --set-xmark 0x10000/0x10000", false, EFFECT_CONTINUE, "MARK", 0, NULL },
		{ "-A F -j DNAT --to-destination 10.0.0.1:80", false, EFFECT_ACCEPT, "DNAT", 0, NULL },
		{ "-A F -p udp -j NFQUEUE --queue-num 1", true, EFFECT_QUEUE, "NFQUEUE", 0, NULL },
		{ "-P FORWARD ACCEPT", false, EFFECT_ACCEPT, "ACCEPT", 0, NULL },
		{ "-P FORWARD DROP", false, EFFECT_DROP, "DROP", 0, NULL },
		{ "", false, EFFECT_UNKNOWN, "", 0, NULL },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

/* Of a rule that rejects tcp as tcp wants it, that is not why. */
static void test_only_protocol(void **state)
{
	static const struct {
		const char *text;
		bool only;
	} rows[] = {
		{ "-A R -p tcp -j REJECT --reject-with tcp-reset", true },
		{ "-A R -p tcp -m tcp -j REJECT", true },
		{ "-A R -p icmp -m comment --comment x -j DROP", true },
		{ "-A R -j REJECT", false },
		{ "-A R -p tcp -m tcp --dport 25 -j REJECT", false },
		{ "-A R -p tcp -m conntrack --ctstate NEW -j REJECT", false },
		{ "-A R -s 10.0.0.0/8 -p tcp -j REJECT", false },
		{ "-A R ! -p tcp -j REJECT", false },
		{ "-A R -i eth0 -j REJECT", false },
		{ "meta l4proto tcp reject with tcp reset", true },
		{ "ip protocol udp counter reject", true },
		{ "meta nfproto ipv4 meta l4proto { tcp, udp } reject", true },
		{ "tcp dport 25 reject", false },
		{ "meta l4proto tcp tcp dport 25 reject", false },
		{ "iifname \"eth0\" meta l4proto tcp reject", false },
		{ "reject", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule_words w;

		rule_words_read(&w, (struct strview){ rows[i].text,
						      strlen(rows[i].text) });
		if (w.only_protocol != rows[i].only)
			fail_msg("%s", rows[i].text);
	}
}

static void test_nft(void **state)
{
	static const struct row rows[] = {
		{ "accept", false, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "counter packets 12 bytes 900 accept", false, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "counter name \"ip saddr\" drop", false, EFFECT_DROP, "drop", 0, NULL },
		{ "counter", false, EFFECT_CONTINUE, "", 0, NULL },
		{ "jump filter_FWD", false, EFFECT_JUMP, "filter_FWD", 0, NULL },
		{ "goto accept", false, EFFECT_GOTO, "accept", 0, NULL },
		{ "log prefix \"tcp dport 80 \" level info flags all drop", false, EFFECT_DROP, "drop", 0, NULL },
		{ "log flags tcp sequence,options group 3 return", false, EFFECT_RETURN, "return", 0, NULL },
		{ "counter comment \"ct state new\"", false, EFFECT_CONTINUE, "", 0, "\"ct state new\"" },
		{ "reject with icmpx admin-prohibited comment \"no\"", false, EFFECT_REJECT, "reject", 0, "\"no\"" },
		{ "queue flags bypass to 4", false, EFFECT_QUEUE, "queue", 0, NULL },
		{ "meta mark set 0x1 accept", false, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "meta mark set meta mark | 0x10000 counter return", false, EFFECT_RETURN, "return", 0, NULL },
		{ "meta mark set ct mark & 0xff", false, EFFECT_CONTINUE, "", 0, NULL },
		{ "ct mark set meta mark", false, EFFECT_CONTINUE, "", 0, NULL },
		{ "ip dscp set cs1", false, EFFECT_CONTINUE, "", 0, NULL },
		{ "tcp option maxseg size set rt mtu", false, EFFECT_CONTINUE, "", 0, NULL },
		{ "meta mark set jhash ip saddr . ip daddr mod 2 seed 0x1 offset 4", false, EFFECT_CONTINUE, "", 0, NULL },
		{ "meta mark set numgen inc mod 2 map { 0 : 0x1, 1 : 0x2 } accept", false, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "dnat to numgen random mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }", false, EFFECT_ACCEPT, "dnat", 0, NULL },
		{ "masquerade random", false, EFFECT_ACCEPT, "masquerade", 0, NULL },
		{ "notrack", false, EFFECT_CONTINUE, "notrack", 0, NULL },
		{ "notrack ip saddr 10.0.0.1", true, EFFECT_CONTINUE, "notrack", 0, NULL },
		{ "dup to 10.0.0.2 device \"eth1\" accept", false, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "tproxy ip to 127.0.0.1:8443 meta mark set 0x1 accept", false, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "flow add @f accept", false, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "update @seen { ip saddr timeout 1m } accept", false, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "xt match \"comment\" drop", false, EFFECT_DROP, "drop", 0, NULL },
		{ "xt target \"MARK\"", false, EFFECT_CONTINUE, "MARK", 0, NULL },
		{ "type filter hook forward priority filter; policy drop;", false, EFFECT_DROP, "drop", 0, NULL },

		{ "tcp dport 80 accept", true, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "meta l4proto tcp accept", true, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "iifname \"drop\" accept", true, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "ip saddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . 81 } drop", true, EFFECT_DROP, "drop", 0, NULL },
		{ "tcp flags & (fin | syn) == syn jump x", true, EFFECT_JUMP, "x", 0, NULL },
		{ "tcp flags syn / fin,syn,rst,ack accept", true, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "fib daddr . iif type local jump x", true, EFFECT_JUMP, "x", 0, NULL },
		{ "fib saddr . iif oif missing drop", true, EFFECT_DROP, "drop", 0, NULL },
		{ "ct state established,related accept", true, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "ct original ip daddr 10.0.0.1 accept", true, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "ct state vmap { new : drop, established : accept }", true, EFFECT_MAYBE, "", 0, NULL },
		{ "ip daddr . th dport vmap @services", true, EFFECT_MAYBE, "", 0, NULL },
		{ "numgen random mod 2 vmap { 0 : jump a, 1 : jump b }", true, EFFECT_MAYBE, "", 0, NULL },
		{ "limit rate 10/second burst 5 packets accept", true, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "limit rate over 1 mbytes/second drop", true, EFFECT_DROP, "drop", 0, NULL },
		{ "quota over 10 mbytes used 0 bytes drop", true, EFFECT_DROP, "drop", 0, NULL },
		{ "update @seen { ip saddr limit rate over 1/second } drop", true, EFFECT_DROP, "drop", 0, NULL },
		{ "add @seen { ip saddr ct count over 10 } reject", true, EFFECT_REJECT, "reject", 0, NULL },
		{ "xt match \"addrtype\" drop", true, EFFECT_DROP, "drop", 0, NULL },
		{ "meta mark set 0x1 tcp dport 80 accept", true, EFFECT_ACCEPT, "accept", 0, NULL },

		{ "meta mark & 0x10000 == 0x10000 accept", true, EFFECT_ACCEPT, "accept", 0x10000, NULL },
		{ "meta mark and 0x8000 == 0x8000 drop", true, EFFECT_DROP, "drop", 0x8000, NULL },
		{ "meta mark != 0x0 accept", true, EFFECT_ACCEPT, "accept", UINT32_MAX, NULL },
		{ "mark 0x7 drop", true, EFFECT_DROP, "drop", UINT32_MAX, NULL },
		{ "meta mark 0x00000003 accept", true, EFFECT_ACCEPT, "accept", UINT32_MAX, NULL },
		{ "ct mark & 0x1 == 0x1 accept", true, EFFECT_ACCEPT, "accept", 0, NULL },
		{ "meta mark & 0x4 == 0x4 meta mark set meta mark & 0xfffffffb accept", true, EFFECT_ACCEPT, "accept", 4, NULL },
		{ "log prefix \"meta mark 0x1\" drop", false, EFFECT_DROP, "drop", 0, NULL },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iptables),
		cmocka_unit_test(test_only_protocol),
		cmocka_unit_test(test_nft),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
