// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_diff: two pcapngs -> --diff in every form; one and itself are the same. */
#include <fcntl.h>
#include <stdint.h>

#include "capture/ifnames.h"
#include "diff/diff.h"
#include "journey/path.h"
#include "judge.h"
#include "place/place.h"
#include "printer/printer.h"
#include "protocol/stats.h"
#include "replay/line_reader.h"
#include "replay/replay_pcap.h"
#include "replay/replay_state.h"
#include "report/path_texts.h"
#include "rules/base/family.h"
#include "rules/view/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT = 8 << 20, FORMS = 3 };

/* In front of both: how many of the other bytes are the first one. */
enum { HEAD = 2 };

static const struct report *const forms[FORMS] = {
	&report_diff, &report_diff_line, &report_diff_json,
};

static struct stats stats;
static struct stats_diff result[FORMS];
static struct outbuf out;

struct file {
	const uint8_t *bytes;
	size_t size;
};

static const char *const pair_members[] = {
	"schema", "diff", "same", "matched", "a", "b", "differs", "how", "text",
	"common", "next_a", "next_b", "rule", "met_by", "conditions", "besides",
	"complete", NULL,
};
static const char *const side_members[] = {
	"packet", "time", "headers", "fate", "reason", "by", NULL,
};
static const char *const condition_members[] = {
	"words", "a", "b", "how", NULL,
};
static const char *const fact_members[] = { "what", "a", "b", NULL };
static const char *const only_members[] = { "schema", "diff", "a?", "b?", NULL };
static const char *const rule_members[] = {
	"schema", "diff", "change", "a", "b", NULL,
};

static void judge_pair(json_t *o, const char *at, size_t len)
{
	const bool same = json_is_true(json_object_get(o, "same"));

	JUDGE(judge_has_members(o, pair_members), at, len);
	JUDGE(judge_has_members(json_object_get(o, "a"), side_members), at, len);
	JUDGE(judge_has_members(json_object_get(o, "b"), side_members), at, len);
	JUDGE(judge_all_have(json_object_get(o, "conditions"),
			     condition_members), at, len);
	JUDGE(judge_all_have(json_object_get(o, "besides"), fact_members), at,
	      len);
	JUDGE(judge_has_rule(o, "next_a") && judge_has_rule(o, "next_b") &&
	      judge_has_rule(o, "rule"), at, len);
	/* What differs is named, and nothing else is. */
	JUDGE(json_is_null(json_object_get(o, "text")) == same, at, len);
	JUDGE(json_is_null(json_object_get(o, "differs")) == same, at, len);
}

static void judge_object(void *arg, const char *at, size_t len)
{
	json_t *o = json_loadb(at, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
			       NULL);
	const char *kind = json_string_value(json_object_get(o, "diff"));

	(void)arg;
	JUDGE(o && kind, at, len);
	if (strcmp(kind, "pair") == 0)
		judge_pair(o, at, len);
	else
		JUDGE(judge_has_members(o, strcmp(kind, "only") == 0 ?
						   only_members : rule_members),
		      at, len);
	json_decref(o);
}

static void news(void *arg, enum printer_news n)
{
	(void)arg, (void)n;
}

/* Forms in turn get what one sink is given. */
static void *state[FORMS];

static struct report_env env_of(const struct report_env *env, unsigned int i,
				struct diff_setup *setup)
{
	struct report_env own = *env;

	*setup = (struct diff_setup){ NULL, &result[i] };
	own.diff = setup;
	own.state = state[i];
	own.width = 60;
	return own;
}

static void take_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	for (unsigned int i = 0; i < FORMS; i++) {
		struct diff_setup setup;
		struct report_env own = env_of(env, i, &setup);

		forms[i]->journey(o, &own, j);
	}
}

static void take_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	for (unsigned int i = 0; i < FORMS; i++) {
		struct diff_setup setup;
		struct report_env own = env_of(env, i, &setup);

		forms[i]->late(o, &own, l);
	}
}

static void take_next(struct report_env *env)
{
	for (unsigned int i = 0; i < FORMS; i++) {
		struct diff_setup setup;
		struct report_env own = env_of(env, i, &setup);

		forms[i]->next(&own);
	}
}

static const struct report all_forms = {
	.name = "all",
	.journey = take_journey,
	.late = take_late,
	.next = take_next,
};

static void open_forms(const struct report_env *env)
{
	for (unsigned int i = 0; i < FORMS; i++) {
		struct diff_setup setup;
		struct report_env own;

		state[i] = NULL;
		own = env_of(env, i, &setup);
		if (forms[i]->open(NULL, &own) < 0)
			abort();
		state[i] = own.state;
	}
}

static void finish_forms(const struct report_env *env)
{
	for (unsigned int i = 0; i < FORMS; i++) {
		struct diff_setup setup;
		struct report_env own = env_of(env, i, &setup);

		result[i] = (struct stats_diff){ .done = 0 };
		out.head = out.tail = 0;
		forms[i]->finish(&out, &own);
		judge_lines(out.buf + out.head, out.tail - out.head,
			    forms[i] == &report_diff_json ? judge_object : NULL,
			    NULL);
		forms[i]->close(&own);
		JUDGE(result[i].done && result[i].same == result[0].same &&
		      result[i].differ == result[0].differ, "", 0);
	}
}

static void set_up(void)
{
	if (out.buf)
		return;
	out.buf = malloc(OUT);
	out.size = OUT;
	out.fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	out.at_once = true;
	if (!out.buf || out.fd < 0)
		abort();
}

static void read_one(struct replay *r, const struct file *f)
{
	struct line_reader in = {
		.fd = -1, .end = true, .size = f->size, .tail = f->size,
	};

	/* A block of its own size, so that a sanitizer sees its end. */
	in.buf = malloc(f->size ? f->size : 1);
	if (!in.buf)
		abort();
	memcpy(in.buf, f->bytes, f->size);
	r->next_look = 0;
	replay_pcap(r, &in);
	free(in.buf);
}

/* Return: what the last form counted. */
static struct stats_diff run(const struct file *a, const struct file *b)
{
	static const struct snapshot *const none[FAMILY_COUNT];
	const struct ruleset rules = { { NULL, NULL }, NULL };
	static struct printer_plan plan;
	struct printer printer;
	struct path_map map;
	struct replay r = { .fd = -1, .snap = none, .stats = &stats,
			    .printer = &printer, .map = &map };

	set_up();
	memset(&stats, 0, sizeof(stats));
	path_map_fill(&map, none);
	r.names = ifnames_new();
	r.index = place_index_open(&rules, &map);
	plan.stats = &stats;
	plan.sink[SINK_STDOUT] = (struct sink_plan){ .report = &all_forms,
						     .fd = out.fd, .path = "" };
	if (!r.names || !r.index ||
	    printer_open(&printer, &plan, r.names, news, NULL))
		abort();
	open_forms(&printer.sink[SINK_STDOUT].env);
	read_one(&r, a);
	printer_next(&printer);
	read_one(&r, b);
	finish_forms(&printer.sink[SINK_STDOUT].env);
	printer_close(&printer);
	place_index_close(r.index);
	ifnames_close(r.names);
	return result[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file a, b;
	struct stats_diff d, back;

	if (size < HEAD)
		return 0;
	a.bytes = data + HEAD;
	a.size = (size_t)(data[0] | data[1] << 8);
	if (a.size > size - HEAD)
		a.size = size - HEAD;
	b.bytes = a.bytes + a.size;
	b.size = size - HEAD - a.size;
	d = run(&a, &b);
	back = run(&b, &a);
	JUDGE(d.same == back.same && d.differ == back.differ &&
	      d.only[0] == back.only[1] && d.only[1] == back.only[0], "", 0);
	d = run(&a, &a);
	JUDGE(!d.differ && !d.only[0] && !d.only[1] && !d.rules &&
	      d.same == d.packets[0], "", 0);
	return 0;
}
