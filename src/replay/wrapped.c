// SPDX-License-Identifier: GPL-2.0-or-later
/* wrapped: one TRACE entry that was broken into several lines, put together again. */
#include "replay/wrapped.h"

#include <string.h>

#include "replay/trace_entry.h"

static struct strview first_word(struct strview s)
{
	struct strview word;

	strview_word(&s, &word);
	return word;
}

static struct strview last_wrapped_word(struct strview s)
{
	const char *blank = s.len ? memrchr(s.at, ' ', s.len) : NULL;

	return blank ? strview_behind(s, (size_t)(blank + 1 - s.at)) : s;
}

/* The prefix ends with a number, and "IN=" is the first word behind it. */
static bool ends_word(struct strview before, struct strview next)
{
	return trace_entry_word(last_wrapped_word(before)) ||
	       strview_starts(next, "IN=");
}

static bool is_parted(const struct wrapped *w, struct strview piece)
{
	struct strview next = first_word(piece);

	if (!w->len || w->text[w->len - 1] == ' ' || *piece.at == ' ')
		return true;
	if (trace_entry_ends_with_mark(wrapped_text(w)))
		return false;
	return !trace_entry_word(next) || !ends_word(wrapped_text(w), next);
}

static bool append(struct wrapped *w, const char *at, size_t len)
{
	if (len > sizeof(w->text) - w->len)
		return false;
	memcpy(w->text + w->len, at, len);
	w->len += len;
	return true;
}

bool wrapped_begin(struct wrapped *w, struct strview piece, uint64_t number)
{
	w->len = 0;
	w->pieces = 0;
	w->whole = false;
	if (!append(w, piece.at, piece.len))
		return false;
	w->pieces = 1;
	w->number = number;
	return true;
}

bool wrapped_add(struct wrapped *w, struct strview piece)
{
	if (!piece.len || w->pieces++ == WRAPPED_PIECES)
		return false;
	return (is_parted(w, piece) || append(w, " ", 1)) &&
	       append(w, piece.at, piece.len);
}
