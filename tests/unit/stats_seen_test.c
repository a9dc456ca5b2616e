// SPDX-License-Identifier: GPL-2.0-or-later
/* stats_seen_test: whatever the reader has written, what the supervisor takes of it is within bounds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/stats.h"
#include "replay/replay_state.h"
#include "report/sink.h"
#include "rules/base/family.h"
#include "supervisor/stats_seen.h"

static struct stats shared, copy;

static bool is_error(int32_t err)
{
	return err <= 0 && err >= -4095;
}

static void assert_bounded(void)
{
	assert_true(is_error(copy.input_error));
	assert_true(is_error(copy.output_error));
	assert_true(copy.drops <= STATS_DROPS);
	assert_true(copy.input_end <= REPLAY_MEMORY);
	assert_true(copy.output_sink <= SINK_COUNT);
	assert_true(copy.unexpected.kind < FATE_COUNT);
	assert_non_null(memchr(copy.unexpected.packet, '\0',
			       sizeof(copy.unexpected.packet)));
	for (unsigned int i = 0; i < copy.drops; i++) {
		const struct stats_drop *d = &copy.drop[i];

		assert_true(d->family <= FAMILY_COUNT);
		assert_non_null(memchr(d->text, '\0', sizeof(d->text)));
	}
}

static void test_any_bytes(void **state)
{
	static const int bytes[] = { 0x00, 0x7f, 0x80, 0xff };
	unsigned char *at = (unsigned char *)&shared;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		memset(&shared, bytes[i], sizeof(shared));
		stats_take(&copy, &shared);
		assert_bounded();
	}
	srand48(1);
	for (int round = 0; round < 100; round++) {
		for (size_t i = 0; i < sizeof(shared); i++)
			at[i] = (unsigned char)lrand48();
		stats_take(&copy, &shared);
		assert_bounded();
	}
}

static void test_errors(void **state)
{
	static const struct {
		int32_t told, taken;
	} rows[] = {
		{ 0, 0 }, { -EPIPE, -EPIPE }, { -4095, -4095 }, { -4096, -EIO },
		{ 1, -EIO }, { INT32_MIN, -EIO }, { INT32_MAX, -EIO },
	};

	(void)state;
	memset(&shared, 0, sizeof(shared));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		shared.input_error = shared.output_error = rows[i].told;
		stats_take(&copy, &shared);
		assert_int_equal(copy.input_error, rows[i].taken);
		assert_int_equal(copy.output_error, rows[i].taken);
	}
}

/* What drives a terminal arrives as the names of its bytes. */
static void test_texts(void **state)
{
	static const struct {
		const char *told, *taken;
	} rows[] = {
		{ "filter:FORWARD:rule:1", "filter:FORWARD:rule:1" },
		{ "\033[2J\a", "\\x1b[2J\\x07" },
		{ "a\nb\r", "a\\x0ab\\x0d" },
		{ "\xc2\x9b" "1m", "\\xc2\\x9b1m" },
		{ "\xe2\x80\xae" "txt", "\\xe2\\x80\\xaetxt" },
		{ "m\xc3\xbcller", "m\xc3\xbcller" },
		{ "\xff", "\\xff" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&shared, 0, sizeof(shared));
		shared.drops = STATS_DROPS;
		strcpy(shared.drop[STATS_DROPS - 1].text, rows[i].told);
		strcpy(shared.refused.word, rows[i].told);
		stats_take(&copy, &shared);
		assert_string_equal(copy.drop[STATS_DROPS - 1].text,
				    rows[i].taken);
		assert_string_equal(copy.refused.word, rows[i].taken);
	}
}

/* Text of nothing but such bytes grows fourfold: what has no room is cut off. */
static void test_long_texts(void **state)
{
	char *text = shared.drop[0].text;
	size_t len;

	(void)state;
	memset(&shared, 0, sizeof(shared));
	shared.drops = 1;
	memset(text, '\033', sizeof(shared.drop[0].text));
	stats_take(&copy, &shared);
	len = strlen(copy.drop[0].text);
	assert_true(len < sizeof(copy.drop[0].text));
	assert_true(len > sizeof(copy.drop[0].text) - 8);
	assert_null(strchr(copy.drop[0].text, '\033'));
}

/* An honest reader's words arrive as they are. */
static void test_honest(void **state)
{
	(void)state;
	memset(&shared, 0, sizeof(shared));
	stats_set(&shared.events, UINT64_MAX);
	stats_add(&shared.packets, 2);
	stats_add(&shared.packets, 3);
	shared.drops = 1;
	shared.drop[0].family = 1;
	strcpy(shared.drop[0].text, "filter:FORWARD:rule:1");
	shared.output_sink = SINK_PCAP;
	shared.input_end = REPLAY_BROKEN;
	memset(&copy, 0, sizeof(copy));
	stats_take(&copy, &shared);
	assert_memory_equal(&copy, &shared, sizeof(copy));
	assert_true(stats_get(&copy.packets) == 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_honest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
