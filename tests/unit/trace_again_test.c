// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_again_test: a line read behind others gives what it gives alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "replay/trace_again.h"
#include "replay/trace_text.h"
#include "rules/base/units.h"

#define MAC "MAC=02:42:0a:01:00:01:02:42:0a:01:00:02:08:00 "
#define OTHER_MAC "MAC=02:42:0a:01:00:03:02:42:0a:01:00:04:86:dd "
#define UDP "SRC=10.1.0.2 DST=10.2.0.2 LEN=48 TOS=0x00 PREC=0x00 TTL=64 ID=7 PROTO=UDP SPT=1 DPT=2 LEN=28 "
#define V6 "SRC=fd00::1 DST=fd00::2 LEN=60 TC=0 HOPLIMIT=64 FLOWLBL=0 PROTO=UDP SPT=1 DPT=2 LEN=20 "
#define HIDDEN "SRC=x.x.x.x DST=10.2.0.2 LEN=28 TOS=0x00 PREC=0x00 TTL=64 ID=7 PROTO=UDP SPT=1 DPT=2 LEN=8 "

/* Each is read behind each: with the same words behind "SRC=", and other ones. */
static const char *const lines[] = {
	"[ 1.000001] TRACE: raw:PREROUTING:policy:2 IN=eth0 OUT= " MAC UDP,
	"[ 1.000002] TRACE: filter:FORWARD:rule:1 IN=eth0 OUT=eth1 " OTHER_MAC UDP,
	"[ 1.000003] TRACE: filter:OUTPUT:rule:1 IN= OUT=eth1 " UDP,
	"[ 1.000004] TRACE: filter:OUTPUT:rule:2 IN= OUT=eth1 " UDP "UID=7 GID=8 ",
	"[ 1.000004] TRACE: filter:OUTPUT:rule:2 IN= OUT=eth1 " UDP "UID=7 GID=8 MARK=0x1 ",
	"[ 1.000005] TRACE: filter:INPUT:rule:1 IN=br0 OUT= PHYSIN=p0 " MAC UDP "MARK=0x1 ",
	"[ 1.000006] TRACE: filter:INPUT:rule:1 IN=br0 OUT= MARK=0x2 " UDP "MARK=0x1 ",
	"[ 1.000007] TRACE: filter:INPUT:rule:1 IN=br0 OUT= MARK=0x2 " UDP,
	/* Words of the head behind it: they are the line's all the same. */
	"[ 1.000008] TRACE: filter:INPUT:rule:1 IN=br0 OUT= " UDP "PHYSIN=p1 ",
	"[ 1.000009] TRACE: filter:INPUT:rule:1 IN=br0 OUT= PHYSIN=p0 " UDP "PHYSIN=p1 ",
	"[ 1.000010] TRACE: filter:INPUT:rule:1 IN=br0 OUT= " MAC UDP OTHER_MAC,
	"[ 1.000011] TRACE: filter:INPUT:rule:1 IN=br0 OUT= " UDP OTHER_MAC,
	"[ 1.000012] TRACE: filter:INPUT:rule:1 IN=br0 OUT= " UDP
		"MACSRC=02:42:0a:01:00:01 MACDST=02:42:0a:01:00:02 MACPROTO=0800 ",
	"[ 1.000013] TRACE: filter:INPUT:rule:1 IN=br0 OUT= " MAC UDP
		"MACSRC=02:42:0a:01:00:01 ",
	/* And of the packet in front of it. */
	"[ 1.000014] TRACE: filter:INPUT:rule:1 IN=br0 OUT= LEN=48 " UDP,
	"[ 1.000015] TRACE: filter:INPUT:rule:1 IN=br0 OUT= TTL=63 SRC=10.1.0.2 DST=10.2.0.2 LEN=48 ID=7 PROTO=UDP SPT=1 DPT=2 LEN=28 ",
	"[ 1.000016] TRACE: filter:INPUT:rule:1 IN=br0 OUT= SRC=10.1.0.2 DST=10.2.0.2 LEN=48 ID=7 PROTO=UDP SPT=1 DPT=2 LEN=28 ",
	"[ 1.000017] TRACE: raw:PREROUTING:policy:2 IN=eth0 OUT= " OTHER_MAC V6,
	"[ 1.000018] TRACE: raw:PREROUTING:policy:2 IN=eth0 OUT= " HIDDEN,
	/* Damaged: nothing is kept of it. */
	"[ 1.000019] TRACE: raw:PREROUTING:policy:2 IN=eth0 OUT= SRC=10.1.0.2 DST=10.2.0.2 LEN=48 ",
	"[ 1.000020] TRACE: raw:PREROUTING:policy:2 IN=eth0 OUT= " UDP "TRACE: ",
};

static int read_line(struct trace_text *t, struct trace_again *again,
		     const char *line)
{
	int err;

	/* What is not written is not the same by accident. */
	memset(t, 0xa5, sizeof(*t));
	err = trace_text_parse(t, line, strlen(line), 1795554343, again);
	if (err)
		return err;
	assert_ptr_equal(t->e.payload, t->packet);
	if (t->e.hw_header)
		assert_ptr_equal(t->e.hw_header, t->hw_header);
	t->e.payload = t->e.hw_header = NULL;
	return 0;
}

static void test_each_behind_each(void **state)
{
	static struct trace_again none, kept;
	static struct trace_text alone, behind;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		for (size_t k = 0; k < ARRAY_SIZE(lines); k++) {
			int err;

			memset(&none, 0, sizeof(none));
			memset(&kept, 0, sizeof(kept));
			read_line(&behind, &kept, lines[i]);
			err = read_line(&alone, &none, lines[k]);
			assert_int_equal(read_line(&behind, &kept, lines[k]), err);
			if (!err)
				assert_memory_equal(&alone, &behind, sizeof(alone));
		}
}

/* They are not read twice: what is kept is what is given. */
static void test_kept(void **state)
{
	static const struct strview words = { UDP, sizeof(UDP) - 1 };
	static struct trace_again again;
	struct trace_again_packet *p = trace_again_find(&again, words);
	static struct trace_text t;

	(void)state;
	assert_false(trace_again_has(p, words));
	assert_int_equal(read_line(&t, &again, lines[0]), 0);
	assert_true(trace_again_has(p, words));
	p->mark = 0x77;
	assert_int_equal(read_line(&t, &again, lines[1]), 0);
	assert_int_equal(t.e.mark, 0x77);
}

static void test_too_long(void **state)
{
	static char line[2048];
	static struct trace_again again;
	static struct trace_text t;

	(void)state;
	snprintf(line, sizeof(line), "%s%*s", lines[0], TRACE_AGAIN_TEXT, "");
	for (int i = 0; i < 2; i++)
		assert_int_equal(read_line(&t, &again, line), 0);
	assert_null(trace_again_find(&again, (struct strview){ line, strlen(line) }));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_behind_each),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
