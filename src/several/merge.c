// SPDX-License-Identifier: GPL-2.0-or-later
/* merge: the packets of several runs, in order of time, each with its namespace. */
#include "several/merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct block {
	struct block *next;
	struct join_packet packet;
	bool beside;		/* no packet's */
	uint64_t came_ms;	/* it, or the first that came of those behind it */
	size_t len;
	char text[];
};

int merge_open(struct merge *m, const struct merge_space *space,
	       uint32_t spaces, const struct cables *c, enum merge_form form)
{
	*m = (struct merge) { .space = space, .spaces = spaces, .form = form,
			      .out = stdout };
	return join_open(&m->join, c);
}

void merge_close(struct merge *m)
{
	while (m->first) {
		struct block *b = m->first;

		m->first = b->next;
		free(b);
	}
	join_close(&m->join);
}

int merge_add(struct merge *m, uint32_t space, const struct frame *f,
	      const char *text, size_t len, uint64_t now_ms)
{
	struct block *b = malloc(sizeof(*b) + len), **at = &m->first;
	uint64_t before = 0;

	if (!b)
		return -ENOMEM;
	*b = (struct block) { .packet.space = space, .beside = !f,
			      .came_ms = now_ms, .len = len };
	memcpy(b->text, text, len);
	if (f)
		b->packet.frame = *f;
	m->kept += sizeof(*b) + len;
	/* What is said beside is of those that are there. */
	while (*at && (!f || (*at)->packet.frame.first_ns <= f->first_ns)) {
		before = (*at)->packet.frame.first_ns;
		at = &(*at)->next;
	}
	if (!f)
		b->packet.frame.first_ns = before;
	b->next = *at;
	*at = b;
	/* Whoever comes in front of those that wait does not have them wait for longer. */
	if (b->next && b->next->came_ms < b->came_ms)
		b->came_ms = b->next->came_ms;
	if (!f)
		return 0;
	join_add(&m->join, &b->packet);
	if (m->progress[space].last_ns < f->first_ns)
		m->progress[space].last_ns = f->first_ns;
	return 0;
}

void merge_over(struct merge *m, uint32_t space)
{
	m->progress[space].over = true;
}

/* Of all runs nothing comes that is of before it, or could be what it goes on as. */
static bool is_certain(const struct merge *m, const struct block *b)
{
	for (uint32_t i = 0; i < m->spaces; i++)
		if (!m->progress[i].over && m->progress[i].last_ns <=
					    b->packet.frame.first_ns + JOIN_NS)
			return false;
	return true;
}

static bool is_due(const struct merge *m, const struct block *b, uint64_t now_ms)
{
	return is_certain(m, b) || m->kept > MERGE_KEPT ||
	       (!m->patient && b->came_ms + MERGE_MS <= now_ms);
}

static void put_label(const struct merge *m, const struct block *b)
{
	if (m->form != MERGE_JSON)
		fprintf(m->out, "[%s] ", m->space[b->packet.space].label);
}

/* An object's last brace comes behind it. */
static void put_json(const struct merge *m, const struct block *b,
		     const struct join_packet *next)
{
	size_t end = b->len;

	while (end && b->text[end - 1] != '}')
		end--;
	if (!end || !next) {
		fwrite(b->text, 1, b->len, m->out);
		return;
	}
	fwrite(b->text, 1, end - 1, m->out);
	fprintf(m->out, ",\"continues\":{\"netns\":\"%" PRIu64 "\",\"packet\":%"
		PRIu64 "}", m->space[next->space].inode, next->frame.number);
	fwrite(b->text + end - 1, 1, b->len - end + 1, m->out);
}

static void put_joined(const struct merge *m, const char *before,
		       const char *word, const struct join_packet *p)
{
	if (p)
		fprintf(m->out, "%s%s #%" PRIu64 " in %s", before, word,
			p->frame.number, m->space[p->space].label);
}

static void put_line(const struct merge *m, const struct block *b,
		     const struct join_packet *next)
{
	size_t len = b->len;

	while (len && b->text[len - 1] == '\n')
		len--;
	fwrite(b->text, 1, len, m->out);
	put_joined(m, "  ", "continues as", next);
	fputc('\n', m->out);
}

static void put_block(const struct merge *m, const struct block *b,
		      const struct join_packet *next)
{
	const struct join_packet *before = join_before(&m->join, &b->packet);

	fwrite(b->text, 1, b->len, m->out);
	put_joined(m, "  ", "continues as", next);
	put_joined(m, next ? "; " : "  ", "was", before);
	if (next || before)
		fputc('\n', m->out);
}

static void put(struct merge *m, const struct block *b)
{
	const struct join_packet *next;

	put_label(m, b);
	if (b->beside) {
		fwrite(b->text, 1, b->len, m->out);
		return;
	}
	next = join_next(&m->join, &b->packet);
	if (m->form == MERGE_JSON)
		put_json(m, b, next);
	else if (m->form == MERGE_LINE)
		put_line(m, b, next);
	else
		put_block(m, b, next);
	m->printed++;
}

static struct block **find(struct merge *m, const struct join_packet *p)
{
	struct block **at = &m->first;

	while (*at && ((*at)->beside || (*at)->packet.space != p->space ||
		       (*at)->packet.frame.number != p->frame.number))
		at = &(*at)->next;
	return at;
}

/* A join tells the order of two better than times of reading do. */
static struct block *take_next(struct merge *m)
{
	struct block **at = &m->first, *b;

	for (uint32_t i = 0; i < m->spaces && !(*at)->beside; i++) {
		const struct join_packet *before = join_before(&m->join,
							&(*at)->packet);
		struct block **its = before ? find(m, before) : NULL;

		if (!its || !*its)
			break;
		at = its;
	}
	b = *at;
	*at = b->next;
	return b;
}

int merge_print(struct merge *m, uint64_t now_ms)
{
	struct block *b;

	while ((b = m->first) && is_due(m, b, now_ms)) {
		b = take_next(m);
		m->kept -= sizeof(*b) + b->len;
		if (!m->most || m->printed < m->most)
			put(m, b);
		free(b);
	}
	fflush(m->out);
	return !b || m->patient ? -1 : (int)(b->came_ms + MERGE_MS - now_ms);
}
