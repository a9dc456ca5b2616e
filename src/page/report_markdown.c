// SPDX-License-Identifier: GPL-2.0-or-later
/* report_markdown: blocks and a summary that paste into an issue as they are. */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/outbuf.h"
#include "journey/journey.h"
#include "page/inner.h"
#include "page/tally.h"
#include "report/report_text.h"
#include "report/rule_table.h"

enum { MARKDOWN_RULES_SHOWN = 10, MARKDOWN_WIDTH = 100 };

struct markdown_state {
	struct tally tally;
	struct inner form;
};

static int open_with(struct outbuf *o, struct report_env *env,
		     const struct report *form)
{
	struct markdown_state *st = calloc(1, sizeof(*st));

	env->state = st;
	env->color = false;
	env->width = MARKDOWN_WIDTH;
	if (!st || !tally_open(&st->tally))
		return -ENOMEM;
	return inner_open(&st->form, form, o, env);
}

static int markdown_open(struct outbuf *o, struct report_env *env)
{
	return open_with(o, env, &report_fold);
}

static int full_open(struct outbuf *o, struct report_env *env)
{
	return open_with(o, env, &report_block);
}

static void markdown_close(struct report_env *env)
{
	struct markdown_state *st = env->state;

	if (st) {
		inner_close(&st->form, env);
		tally_close(&st->tally);
	}
	free(st);
	env->state = NULL;
}

static void markdown_forget(struct report_env *env, uint32_t id)
{
	struct markdown_state *st = env->state;

	tally_forget(&st->tally, id);
	inner_forget(&st->form, env, id);
}

/*
 * More backticks than stand together in the text, and @least: nothing in there ends the
 * fence.
 */
static size_t fence_len(const char *text, size_t len, size_t least)
{
	size_t most = least - 1, run = 0;

	for (size_t i = 0; i < len; i++) {
		run = text[i] == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most + 1;
}

static void put_fence(struct outbuf *o, size_t len)
{
	char *room = outbuf_room(o, len);

	if (!room)
		return;
	memset(room, '`', len);
	outbuf_advance(o, len);
}

/* What was written into the record from byte @at on stands between fences. */
static void put_fences(struct outbuf *o, size_t at)
{
	const char *text = outbuf_record(o, at);
	size_t len = outbuf_written(o) - at, fence;
	char *room;

	if (!text || !len)
		return;
	fence = fence_len(text, len, 3);
	if (!outbuf_room(o, 2 * fence + sizeof("text\n\n\n")))
		return;
	room = outbuf_record(o, at);
	memmove(room + fence + 5, room, len);
	memset(room, '`', fence);
	memcpy(room + fence, "text\n", 5);
	outbuf_advance(o, fence + 5);
	put_fence(o, fence);
	outbuf_text(o, "\n\n");
}

static void markdown_journey(struct outbuf *o, const struct report_env *env,
			     const struct journey *j)
{
	struct markdown_state *st = env->state;
	size_t at = outbuf_written(o);

	tally_add(&st->tally, j);
	inner_journey(&st->form, o, env, j);
	put_fences(o, at);
}

static void markdown_late(struct outbuf *o, const struct report_env *env,
			  const struct report_late *l)
{
	struct markdown_state *st = env->state;
	size_t at = outbuf_written(o);

	tally_late(&st->tally, l);
	report_block.late(o, env, l);
	put_fences(o, at);
}

static void put_markdown_fates(struct outbuf *o, const struct tally *t)
{
	outbuf_text(o, "| packets | fate |\n| ---: | :--- |\n");
	for (unsigned int k = 0; k < FATE_COUNT; k++)
		if (t->fate[k])
			outbuf_printf(o, "| %llu | %s |\n",
				      (unsigned long long)t->fate[k],
				      fate_word(k));
	outbuf_text(o, "\n");
}

/* Rules that dropped stand first. */
static void put_drops(struct outbuf *o, const struct tally *t)
{
	uint32_t count, *sorted = tally_sorted(t, &count);
	size_t at = outbuf_written(o);

	for (uint32_t i = 0; i < count && i < MARKDOWN_RULES_SHOWN; i++) {
		if (!t->rule[sorted[i]].decided)
			break;
		outbuf_printf(o, "%llu dropped by ",
			      (unsigned long long)t->rule[sorted[i]].decided);
		text_place(o, rule_table_rule(t->rules, sorted[i]));
		outbuf_text(o, "\n");
	}
	put_fences(o, at);
	free(sorted);
}

/* A recording's is a stranger's text: in a span of code nothing of it is a page's. */
static void put_kernel(struct outbuf *o, const char *kernel)
{
	size_t len = strlen(kernel), fence = fence_len(kernel, len, 1);

	outbuf_text(o, " on ");
	put_fence(o, fence);
	outbuf_printf(o, fence > 1 ? " %s " : "%s", kernel);
	put_fence(o, fence);
}

static void markdown_finish(struct outbuf *o, const struct report_env *env)
{
	const struct markdown_state *st = env->state;
	const struct tally *t = &st->tally;

	outbuf_begin(o);
	outbuf_printf(o, "%llu packet%s traced by nftrace " VERSION,
		      (unsigned long long)t->packets,
		      t->packets == 1 ? "" : "s");
	if (*report_kernel(env))
		put_kernel(o, report_kernel(env));
	outbuf_text(o, t->packets ? ":\n\n" : ".\n");
	if (t->packets)
		put_markdown_fates(o, t);
	put_drops(o, t);
	outbuf_end(o);
}

const struct report report_markdown = {
	.name = "markdown",
	.open = markdown_open,
	.journey = markdown_journey,
	.late = markdown_late,
	.finish = markdown_finish,
	.forget = markdown_forget,
	.close = markdown_close,
};

const struct report report_markdown_full = {
	.name = "markdown-full",
	.open = full_open,
	.journey = markdown_journey,
	.late = markdown_late,
	.finish = markdown_finish,
	.forget = markdown_forget,
	.close = markdown_close,
};
