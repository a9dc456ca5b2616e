// SPDX-License-Identifier: GPL-2.0-or-later
/* group_test: which sources' packets a group's members do not want, as the kernel lists that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host/group.h"

static const char list[] =
	"Idx Device        MCA        SRC    INC    EXC\n"
	"  2   eth0 0xe8000132 0x0a010063      1      0\n"
	"  2   eth0 0xe8000132 0x0a010064      1      0\n"
	"  2   eth0 0xe8000133 0x0a010063      0      1\n"
	"  3   eth1 0xe8000134 0x0a010063      1      0\n";

static bool refuses(uint8_t group, uint8_t source, uint32_t index)
{
	const uint8_t to[4] = { 232, 0, 1, group }, by[4] = { 10, 1, 0, source };
	FILE *f = fmemopen((char *)list, strlen(list), "r");
	bool is = group_list_refuses(f, to, by, index);

	fclose(f);
	return is;
}

static void test_sources(void **state)
{
	(void)state;
	assert_true(refuses(0x32, 7, 2));
	assert_false(refuses(0x32, 99, 2));
	assert_false(refuses(0x32, 100, 2));
	/* All but one are wanted. */
	assert_true(refuses(0x33, 99, 2));
	assert_false(refuses(0x33, 7, 2));
	/* On another interface, or nobody chooses. */
	assert_false(refuses(0x34, 7, 2));
	assert_true(refuses(0x34, 7, 3));
	assert_false(refuses(0x35, 7, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
