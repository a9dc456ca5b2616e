// SPDX-License-Identifier: GPL-2.0-or-later
/* path_texts_test: a text is written again of the same path alone, and of nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/outbuf.h"
#include "journey/journey_types.h"
#include "place/place_types.h"
#include "report/path_texts.h"

enum { PLACES = 200 };

static struct place place[PLACES];
static struct step step[PLACES];
static struct fate fate[2];
static struct journey packet;
static struct outbuf out;
static struct path_texts *texts;

/* A packet that met these places; a digit each. */
static struct path_key met(const char *places)
{
	memset(&packet, 0, sizeof(packet));
	memset(step, 0, sizeof(step));
	memset(fate, 0, sizeof(fate));
	packet.step = step;
	packet.fate = fate;
	packet.branches = 2;
	packet.steps = (uint32_t)strlen(places);
	for (uint32_t i = 0; i < packet.steps; i++)
		step[i].place = &place[places[i] - '0'];
	return (struct path_key){ .j = &packet, .by = &place[1] };
}

/* What is written of it; @text where it is not known. */
static void assert_told(const char *want, const struct path_key *key,
			const char *text)
{
	size_t at;

	outbuf_begin(&out);
	outbuf_text(&out, "before ");
	at = outbuf_written(&out);
	if (!path_texts_put(texts, &out, key)) {
		assert_int_equal(outbuf_written(&out), at);
		outbuf_text(&out, text);
		path_texts_keep(texts, &out, at);
	}
	assert_int_equal(outbuf_written(&out) - at, strlen(want));
	assert_memory_equal(outbuf_record(&out, at), want, strlen(want));
	outbuf_cut(&out, 0);
	outbuf_end(&out);
}

static int setup(void **state)
{
	(void)state;
	texts = path_texts_open();
	return texts ? outbuf_open(&out, open("/dev/null", O_WRONLY)) : -1;
}

static int teardown(void **state)
{
	(void)state;
	path_texts_close(texts);
	close(out.fd);
	outbuf_close(&out);
	return 0;
}

static void test_same_path(void **state)
{
	struct path_key key = met("123");

	(void)state;
	assert_told("a", &key, "a");
	key = met("123");
	assert_told("a", &key, "b");
	key = met("45");
	assert_told("", &key, "");
	assert_told("", &key, "something");
	/* Its place may be another's by now: then it is written anew. */
	key = met("123");
	assert_told("a", &key, "a");
}

static void test_whatever_differs(void **state)
{
	struct path_key key = met("123");

	(void)state;
	assert_told("a", &key, "a");
	key = met("124");
	assert_told("b", &key, "b");
	key = met("12");
	assert_told("c", &key, "c");
	key = met("1233");
	assert_told("d", &key, "d");
	key = met("213");
	assert_told("e", &key, "e");
	key = met("123");
	step[2].branch = 1;
	assert_told("f", &key, "f");
	key = met("123");
	key.branch = 1;
	assert_told("g", &key, "g");
	key = met("123");
	key.by = &place[2];
	assert_told("h", &key, "h");
	key = met("123");
	key.also = &place[2];
	assert_told("i", &key, "i");
	key = met("123");
	key.form = PATH_RECORD;
	assert_told("j", &key, "j");
	/* Any of them may have its place, but none its text. */
	key = met("123");
	assert_told("a", &key, "a");
}

/* A recording may tell more than its events; what was left out may have told more. */
static void test_not_kept(void **state)
{
	static const struct fate_grounds told;
	struct path_key key = met("123");

	(void)state;
	fate[0].told = &told;
	assert_told("a", &key, "a");
	assert_told("b", &key, "b");
	key = met("123");
	packet.steps++;
	packet.omitted = 1;
	assert_told("c", &key, "c");
	key = met("123");
	assert_told("d", &key, "d");
}

static void test_forgotten(void **state)
{
	struct path_key key = met("123");

	(void)state;
	assert_told("a", &key, "a");
	path_texts_forget(texts);
	assert_told("b", &key, "b");
	path_texts_forget(NULL);
	assert_false(path_texts_put(NULL, &out, &key));
	path_texts_keep(NULL, &out, 0);
}

/* More paths than are remembered, and one that is too long for it. */
static void test_many(void **state)
{
	char places[4] = "000", text[8], longest[PLACES];
	struct path_key key;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		places[0] = (char)('0' + i / 100);
		places[1] = (char)('0' + i / 10 % 10);
		places[2] = (char)('0' + i % 10);
		key = met(places);
		strcpy(text, places);
		assert_told(text, &key, text);
		assert_told(text, &key, "other");
	}
	memset(longest, '1', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	key = met(longest);
	assert_told("a", &key, "a");
	assert_told("b", &key, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_path, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whatever_differs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests_name("path_texts", tests, NULL, NULL);
}
