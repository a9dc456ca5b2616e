// SPDX-License-Identifier: GPL-2.0-or-later
/* stories_test: a story is told again of packets to which the same happened, and of no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/outbuf.h"
#include "capture/ifnames.h"
#include "journey/journey_types.h"
#include "journey/near_miss.h"
#include "place/place_types.h"
#include "report/report.h"
#include "report/stories.h"

enum { STEPS = 200 };

/* A packet, its events and its end. */
struct told {
	struct journey j;
	struct step step[STEPS];
	struct change change[3];
	struct fate fate[2];
	struct path path[2];
};

static struct place place[1000];
static struct report_env env;
static struct ifnames *names;
static struct outbuf out;
static struct told t;

static void usual(void)
{
	memset(&t, 0, sizeof(t));
	t.j.step = t.step;
	t.j.change = t.change;
	t.j.fate = t.fate;
	t.j.path = t.path;
	t.j.branches = 1;
	t.j.steps = 4;
	t.j.changes = 2;
	t.j.nfproto = 2;
	for (int i = 0; i < 4; i++)
		t.step[i] = (struct step){ .place = &place[i], .mark = 1, .in = 3 };
	t.change[0] = (struct change){ .step = 1, .field = FIELD_TTL,
				       .from = { .number = 64 },
				       .to = { .number = 63 } };
	t.change[1] = (struct change){ .step = 2, .field = FIELD_OUT,
				       .to = { .number = 4 } };
	t.fate[0] = (struct fate){ .kind = FATE_FORWARDED, .out = 4, .hook = 4 };
}

/* What is written of it: @text, unless a story is told. */
static void assert_written(const char *want, enum story_part part, const char *text)
{
	struct story s;
	size_t at;

	outbuf_begin(&out);
	outbuf_text(&out, "#1 ");
	at = outbuf_written(&out);
	s = stories_tell(&env, &out, &t.j, part);
	if (s.told)
		assert_ptr_equal(s.by, &place[7]);
	else
		assert_int_equal(outbuf_written(&out), at);
	if (!s.told) {
		outbuf_text(&out, text);
		stories_keep(&env, &s, &out, &t.j, &place[7]);
	}
	assert_int_equal(outbuf_written(&out) - at, strlen(want));
	assert_memory_equal(outbuf_record(&out, at), want, strlen(want));
	outbuf_cut(&out, 0);
	outbuf_end(&out);
}

static int setup(void **state)
{
	(void)state;
	names = ifnames_new();
	env = (struct report_env){ .names = names, .stories = stories_open() };
	return env.stories ? outbuf_open(&out, open("/dev/null", O_WRONLY)) : -1;
}

static int teardown(void **state)
{
	(void)state;
	stories_close(env.stories);
	ifnames_close(names);
	close(out.fd);
	outbuf_close(&out);
	return 0;
}

/* Of one that differs so another text is written; and then again the usual one's. */
#define OTHER(...)							\
	do {								\
		usual();						\
		assert_written("usual", STORY_BLOCK, "usual");		\
		__VA_ARGS__;						\
		assert_written("other", STORY_BLOCK, "other");		\
		usual();						\
		assert_written("usual", STORY_BLOCK, "usual");		\
	} while (0)

static void test_same(void **state)
{
	(void)state;
	usual();
	assert_written("a", STORY_BLOCK, "a");
	/* Its own number, time, headers and connection are not told there. */
	t.j.number = 9;
	t.j.first_ns = 8;
	t.j.serial = 7;
	t.j.key = 6;
	t.j.first.ttl = 5;
	t.j.ct.id = 4;
	t.j.flags = JOURNEY_STAMPED;
	assert_written("a", STORY_BLOCK, "b");
	assert_written("c", STORY_FOLD, "c");
	assert_written("d", STORY_LINE, "d");
	assert_written("e", STORY_JSON, "e");
	assert_written("f", STORY_RECORD, "f");
}

/*
 * Another part may have its place in the table, by chance: then its story is not told,
 * and never is another part's told for it.
 */
static void test_parts(void **state)
{
	struct story s;

	(void)state;
	usual();
	assert_written("a", STORY_BLOCK, "a");
	assert_written("c", STORY_FOLD, "c");
	assert_written("d", STORY_LINE, "d");
	assert_written("e", STORY_JSON, "e");
	outbuf_begin(&out);
	s = stories_tell(&env, &out, &t.j, STORY_BLOCK);
	assert_int_equal(outbuf_written(&out), s.told ? 1 : 0);
	if (s.told)
		assert_memory_equal(outbuf_record(&out, 0), "a", 1);
	outbuf_cut(&out, 0);
	outbuf_end(&out);
}

static void test_other_events(void **state)
{
	(void)state;
	OTHER(t.step[1].place = &place[9]);
	OTHER(t.step[3].mark = 2);
	OTHER(t.step[0].in = 4);
	OTHER(t.step[3].out = 4);
	OTHER(t.step[3].phys_in = 4);
	OTHER(t.step[3].phys_out = 4);
	OTHER(t.step[3].branch = 1);
	OTHER(t.step[2].one_backend = true);
	OTHER(t.j.steps = 3);
	OTHER(t.j.changes = 1);
	OTHER(t.change[0].to.number = 62);
	OTHER(t.change[0].step = 0);
	OTHER(t.change[1].maker = MAKER_ROUTING);
	OTHER(t.change[1].field = FIELD_IN);
}

static void test_other_ends(void **state)
{
	(void)state;
	OTHER(t.fate[0].kind = FATE_SENT);
	OTHER(t.fate[0].out = 5);
	OTHER(t.fate[0].hook = 3);
	OTHER(t.fate[0].by = &place[1]);
	OTHER(t.fate[0].port = 1);
	OTHER(t.fate[0].inside = true);
	OTHER(t.fate[0].cause = fate_unheard);
	OTHER(t.j.flags = JOURNEY_AMBIGUOUS);
	OTHER(t.j.flags = JOURNEY_GAP);
	OTHER(t.j.lost = 1);
	OTHER(t.j.nfproto = 10);
	OTHER(t.j.way.text = "by ip rule");
	OTHER(t.j.way.change = 1);
	OTHER(t.j.way.shown = true);
	OTHER(t.path[0].look.since.ends = 1);
}

/* What hangs on the packet itself, or on when it came, is written each time. */
#define NEVER(...)							\
	do {								\
		usual();						\
		__VA_ARGS__;						\
		assert_written("one", STORY_BLOCK, "one");		\
		assert_written("another", STORY_BLOCK, "another");	\
	} while (0)

static void test_never(void **state)
{
	static const struct fate_grounds grounds;
	static const struct drop_seen drop;
	static const struct near_misses near;

	(void)state;
	NEVER(t.fate[0].kind = FATE_DROP);
	NEVER(t.fate[0].kind = FATE_REJECT);
	NEVER(t.fate[0].kind = FATE_LOST);
	NEVER(t.fate[0].cause = "why");
	NEVER(t.fate[0].drop = &drop);
	NEVER(t.fate[0].told = &grounds);
	NEVER(t.fate[0].near = &near);
	NEVER(t.j.branches = 2);
	NEVER(t.j.verdicts = 1);
	NEVER(t.j.omitted = 1);
	NEVER(t.j.steps = 0);
	NEVER(t.j.steps = STEPS);
	NEVER(t.change[0].field = FIELD_DST);
	NEVER(t.change[1].field = FIELD_SRC);
	env.verbose = true;
	NEVER();
}

static void test_forgotten(void **state)
{
	(void)state;
	usual();
	assert_written("a", STORY_BLOCK, "a");
	stories_forget(env.stories);
	assert_written("b", STORY_BLOCK, "b");
	ifnames_set(names, 4, "wan", 3);
	assert_written("c", STORY_BLOCK, "c");
	assert_written("c", STORY_BLOCK, "d");
}

/* More of them than are kept, and more than all may take. */
static void test_many(void **state)
{
	static char text[20001];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 1000; i++) {
		usual();
		t.step[1].place = &place[i];
		text[0] = (char)('a' + i % 26);
		assert_written(text, STORY_FOLD, text);
		assert_written(text, STORY_FOLD, "other");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests_name("stories", tests, NULL, NULL);
}
