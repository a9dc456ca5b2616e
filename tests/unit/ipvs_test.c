// SPDX-License-Identifier: GPL-2.0-or-later
/* ipvs_test: which packets are a virtual service's, by the table as the kernel writes it. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host/ipvs.h"
#include "rules/base/units.h"

static char table[] =
	"IP Virtual Server version 1.2.1 (size=4096)\n"
	"Prot LocalAddress:Port Scheduler Flags\n"
	"  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n"
	"UDP  0A010001:0007 rr  \n"
	"  -> 0A020007:0007      Masq    1      0          0         \n"
	"TCP  [fd00:0000:0000:0000:0000:0000:0000:0001]:0050 rr\n"
	"FWM  0000007B wlc\n";

static void test_find(void **state)
{
	static const struct {
		const char *dst;
		uint8_t proto;
		int32_t port;
		uint32_t mark;
		bool found;
	} rows[] = {
		{ "10.1.0.1", IPPROTO_UDP, 7, 0, true },
		{ "10.1.0.1", IPPROTO_TCP, 7, 0, false },
		{ "10.1.0.1", IPPROTO_UDP, 8, 0, false },
		{ "10.1.0.1", IPPROTO_UDP, -1, 0, false },
		{ "10.2.0.7", IPPROTO_UDP, 7, 0, false },	/* a server's */
		{ "fd00::1", IPPROTO_TCP, 80, 0, true },
		{ "fd00::2", IPPROTO_TCP, 80, 0, false },
		{ "10.9.9.9", IPPROTO_ICMP, -1, 123, true },
		{ "10.9.9.9", IPPROTO_ICMP, -1, 124, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool six = strchr(rows[i].dst, ':');
		FILE *f = fmemopen(table, strlen(table), "r");
		uint8_t dst[16];
		struct ipvs_packet p = {
			.six = six, .proto = rows[i].proto, .dst = dst,
			.dport = rows[i].port, .mark = rows[i].mark,
		};

		assert_non_null(f);
		inet_pton(six ? AF_INET6 : AF_INET, rows[i].dst, dst);
		if (ipvs_find(f, &p) != rows[i].found)
			fail_msg("row %zu", i);
		fclose(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_find) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
