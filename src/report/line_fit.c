// SPDX-License-Identifier: GPL-2.0-or-later
/* line_fit: a line of parts, of which the less important ones give way where it is too wide. */
#include "report/line_fit.h"

#include <string.h>

#include "base/columns.h"
#include "base/outbuf.h"
#include "rules/base/units.h"

/* Of a part that is cut, what stays behind the mark. */
enum tail {
	TAIL_NONE, TAIL_BRACKET, TAIL_NUMBER, TAIL_ADDRESS,
	TAIL_OBJECT,	/* all behind who it is that owns it, without a mark */
	TAIL_WORDS,	/* nothing, and in front of it whole words: no number is another */
};

enum { ADDRESS_END = 10 };	/* columns: a port, and some of the host */

/* Columns to keep of parts of a kind; 0: they go. */
struct fit_step {
	uint8_t kind, keep, tail;
};

/* The first is what a line says that matters least. */
static const struct fit_step fit_steps[] = {
	{ LINE_NEAR, 0, TAIL_NONE },
	{ LINE_FAMILY, 0, TAIL_NONE },
	{ LINE_NAT_TABLE, 0, TAIL_NONE },
	{ LINE_NAT_SRC, 0, TAIL_NONE },
	{ LINE_WORDS, 12, TAIL_WORDS },
	{ LINE_WHERE, 0, TAIL_NONE },
	{ LINE_IN, 0, TAIL_NONE },
	{ LINE_OWNER, 34, TAIL_BRACKET },
	{ LINE_NAT_WORD, 0, TAIL_NONE },
	{ LINE_ELEMENT, 24, TAIL_WORDS },
	{ LINE_VIA, 28, TAIL_NUMBER },
	{ LINE_BY_CHAIN, 28, TAIL_NUMBER },
	{ LINE_NAT_CHAIN, 20, TAIL_NUMBER },
	{ LINE_WORDS, 1, TAIL_WORDS },
	{ LINE_KERNEL, 0, TAIL_NONE },
	{ LINE_REASON, 60, TAIL_WORDS },
	{ LINE_MARK, 0, TAIL_NONE },
	{ LINE_VIA_TABLE, 0, TAIL_NONE },
	{ LINE_OUT, 0, TAIL_NONE },
	{ LINE_BY_TABLE, 0, TAIL_NONE },
	{ LINE_ELEMENT, 0, TAIL_NONE },
	{ LINE_OWNER, 1, TAIL_OBJECT },
	{ LINE_VIA, 20, TAIL_NUMBER },
	{ LINE_OWNER, 24, TAIL_BRACKET },
	{ LINE_NAT_CHAIN, 14, TAIL_NUMBER },
	{ LINE_SRC, 20, TAIL_ADDRESS },
	{ LINE_DST, 20, TAIL_ADDRESS },
	{ LINE_NAT_DST, 24, TAIL_ADDRESS },
	{ LINE_OWNER, 0, TAIL_NONE },
	{ LINE_NAT_CHAIN, 12, TAIL_NUMBER },
	{ LINE_WORDS, 0, TAIL_NONE },
	{ LINE_PROTO, 1, TAIL_NONE },
	{ LINE_BY_CHAIN, 14, TAIL_NUMBER },
	{ LINE_VIA, 14, TAIL_NUMBER },
	{ LINE_NAT_CHAIN, 10, TAIL_NUMBER },
	{ LINE_REASON, 30, TAIL_WORDS },
};

void line_part(struct line *l, enum line_kind kind)
{
	/* What is more belongs to the last one. */
	if (l->parts == LINE_PARTS || (l->whole && l->parts))
		return;
	l->at[l->parts] = outbuf_written(l->o);
	l->kind[l->parts++] = l->whole ? LINE_FIXED : (uint8_t)kind;
}

void line_take(struct line *l, enum line_kind kind, size_t len)
{
	line_part(l, kind);
	outbuf_advance(l->o, len);
}

static size_t part_len(const struct line *l, unsigned int i)
{
	size_t end = i + 1 < l->parts ? l->at[i + 1] : outbuf_written(l->o);

	return end - l->at[i];
}

static size_t part_columns(const struct line *l, unsigned int i)
{
	const char *text = outbuf_record(l->o, l->at[i]);

	if (!text || l->kind[i] == LINE_COLOR)
		return 0;
	return columns_of(text, part_len(l, i));
}

size_t line_columns(const struct line *l)
{
	size_t n = 0;

	if (l->whole)
		return l->parts ? part_columns(l, 0) : 0;
	for (unsigned int i = 0; i < l->parts; i++)
		n += part_columns(l, i);
	return n;
}

static bool begins_char(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* Bytes of @text that @columns have room for. */
static size_t head_of(const char *text, size_t len, size_t columns)
{
	size_t n = 0;

	for (size_t i = 1; i <= len; i++) {
		if (i < len && !begins_char(text[i]))
			continue;
		if (columns_of(text, i) > columns)
			break;
		n = i;
	}
	return n;
}

/* Bytes at the end of a rule's place: ":7", " handle 7"; of a policy there is no number. */
static size_t number_at_end(const char *text, size_t len)
{
	static const char handle[] = " handle ";
	size_t digits = 0, word = sizeof(handle) - 1;

	while (digits < len && text[len - 1 - digits] >= '0' &&
	       text[len - 1 - digits] <= '9')
		digits++;
	if (!digits || digits == len)
		return 0;
	if (digits + word < len &&
	    memcmp(text + len - digits - word, handle, word) == 0)
		return digits + word;
	return text[len - digits - 1] == ':' ? digits + 1 : 0;
}

static size_t tail_of(enum tail tail, const char *text, size_t len)
{
	switch (tail) {
	case TAIL_BRACKET:
		return 1;
	case TAIL_NUMBER:
		return number_at_end(text, len);
	case TAIL_ADDRESS:
		return len < ADDRESS_END ? len : ADDRESS_END;
	default:
		return 0;
	}
}

/* The last one of @head bytes may be a piece of a word. */
static size_t whole_words(const char *text, size_t head)
{
	const char *blank = memrchr(text, ' ', head);

	if (!blank)
		return 0;
	head = (size_t)(blank - text);
	while (head && (text[head - 1] == ',' || text[head - 1] == ' '))
		head--;
	return head;
}

/* @old bytes from @at on in part @i become the text. */
static void replace(struct line *l, unsigned int i, size_t at, size_t old,
		    const char *text)
{
	size_t len = strlen(text);
	char *to = outbuf_replace(l->o, at, old, len);

	if (!to)
		return;
	memcpy(to, text, len);
	while (++i < l->parts)
		l->at[i] = l->at[i] - old + len;
}

/* " [kube-proxy: shop/cart:http]": the chain's name mostly tells who it is. */
static void cut_owner(struct line *l, unsigned int i)
{
	static const char before[] = " [", behind[] = ": ";
	const char *text = outbuf_record(l->o, l->at[i]);
	size_t open = strlen(before), len = part_len(l, i);
	const char *end = text ? memmem(text, len, behind, strlen(behind)) : NULL;

	if (end && memcmp(text, before, open) == 0)
		replace(l, i, l->at[i] + open,
			(size_t)(end - text) + strlen(behind) - open, "");
}

/* Cut part @i to so many columns. */
static void cut(struct line *l, unsigned int i, size_t columns, enum tail how)
{
	const char *text = outbuf_record(l->o, l->at[i]);
	size_t len = part_len(l, i), tail, head;

	if (!text)
		return;
	tail = tail_of(how, text, len);
	if (columns <= tail)
		return;
	head = head_of(text, len - tail, columns - tail - 1);
	if (how == TAIL_WORDS)
		head = whole_words(text, head);
	replace(l, i, l->at[i] + head, len - tail - head, "~");
}

/* What is too wide by @over gives way as one step says. */
static void give_way(struct line *l, const struct fit_step *s, size_t over)
{
	/* What goes, goes wherever it stands: "nft ip" of one rule tells of all. */
	for (unsigned int i = 0; i < l->parts && (over || !s->keep); i++) {
		size_t had, has;

		if (l->kind[i] != s->kind)
			continue;
		had = part_columns(l, i);
		if (had <= s->keep)
			continue;
		if (!s->keep)
			replace(l, i, l->at[i], part_len(l, i), "");
		else if (s->tail == TAIL_OBJECT)
			cut_owner(l, i);
		else
			cut(l, i, had - s->keep > over ? had - over : s->keep,
			    (enum tail)s->tail);
		has = part_columns(l, i);
		over -= had - has < over ? had - has : over;
	}
}

/* Nothing else helps: from some column on nothing is said; colours end as they do. */
static void cut_off(struct line *l, size_t width)
{
	size_t column = 0;
	bool full = false;

	for (unsigned int i = 0; i < l->parts; i++) {
		size_t columns = part_columns(l, i), len = part_len(l, i), head;
		const char *text = outbuf_record(l->o, l->at[i]);

		if (!text || l->kind[i] == LINE_COLOR)
			continue;
		if (!full && column + columns < width) {
			column += columns;
			continue;
		}
		head = full ? 0 : head_of(text, len, width - column - 1);
		replace(l, i, l->at[i] + head, len - head, full ? "" : "~");
		full = true;
	}
}

bool line_fit(struct line *l, size_t width)
{
	size_t columns = line_columns(l), had = columns;

	for (size_t i = 0; i < ARRAY_SIZE(fit_steps) && columns > width; i++) {
		give_way(l, &fit_steps[i], columns - width);
		columns = line_columns(l);
	}
	if (columns > width)
		cut_off(l, width);
	return had > width;
}
