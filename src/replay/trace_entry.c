// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_entry: where in a text one TRACE entry ends and the next begins; pure. */
#include "replay/trace_entry.h"

#include <string.h>

#include "rules/base/units.h"

static const char MARK[] = "TRACE: ";

static bool is_decimal(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of "KEY=" or "[KEY=", 0: it is no such word. */
static size_t key_len(struct strview word)
{
	static const char *const keys[] = {
		"SRC", "DST", "LEN", "TOS", "PREC", "TTL", "ID", "PROTO",
		"SPT", "DPT", "SEQ", "ACK", "WINDOW", "RES", "URGP", "TYPE",
		"CODE", "MARK", "IN", "OUT", "MAC", "PHYSIN", "PHYSOUT", "TC",
		"HOPLIMIT", "FLOWLBL", "UID", "GID", "SPI", "MTU", "GATEWAY",
		"PARAMETER", "POINTER", "MACSRC", "MACDST", "MACPROTO",
	};
	size_t open = word.len && *word.at == '[';
	const char *end = word.len ? memchr(word.at, '=', word.len) : NULL;
	struct strview key = { word.at + open, 0 };

	if (!end || key.at >= end)
		return 0;
	key.len = (size_t)(end - key.at);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strview_is(key, keys[i]))
			return (size_t)(end + 1 - word.at);
	return 0;
}

bool trace_entry_word(struct strview word)
{
	static const char *const words[] = {
		"DF", "MF", "CE", "SYN", "ACK", "FIN", "RST", "PSH", "URG",
		"ECE", "CWR", "INCOMPLETE", "TRUNCATED", "OPT", "AH", "ESP",
		"(", ")", "]", "bytes]", "UNKNOWN",
	};

	if (key_len(word) || strview_starts(word, "FRAG:") ||
	    strview_starts(word, "ID:"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strview_is(word, words[i]))
			return true;
	return word.len > 2 && *word.at == '(' && strview_digit(word.at[1]) >= 0;
}

/* The end of a number, or of options: what a line's end can have parted. */
static bool is_end_of_word(struct strview word)
{
	for (size_t i = 0; i < word.len; i++)
		if (strview_digit(word.at[i]) < 0 && !strchr("x)", word.at[i]))
			return false;
	return word.len > 0;
}

bool trace_entry_is_rest(struct strview text)
{
	struct strview word;
	bool first = true;

	while (strview_word(&text, &word)) {
		if (!trace_entry_word(word) && !(first && is_end_of_word(word)))
			return false;
		first = false;
	}
	return !first;
}

size_t trace_entry_mark(struct strview text, size_t from)
{
	if (from >= text.len)
		return text.len;
	return from + strview_find(strview_behind(text, from), MARK);
}

bool trace_entry_ends_with_mark(struct strview text)
{
	static const size_t len = sizeof(MARK) - 2;	/* no blank, no NUL */

	return text.len >= len &&
	       memcmp(text.at + text.len - len, MARK, len) == 0;
}

/* "SEQ=64[": without the blank between two entries the number ends the word. */
static size_t end_of_value(struct strview word)
{
	size_t n = key_len(word);
	bool hex = word.len - n > 2 && memcmp(word.at + n, "0x", 2) == 0;

	if (!n || n == word.len || !is_decimal(word.at[n]))
		return word.len;
	if (hex)
		n += 2;
	while (n < word.len && (is_decimal(word.at[n]) ||
				(hex && strview_digit(word.at[n]) >= 0)))
		n++;
	/* An address, or bytes with colons: all of it. */
	return n < word.len && strchr(".:", word.at[n]) ? word.len : n;
}

size_t trace_entry_head(struct strview text, size_t from, size_t mark)
{
	struct strview rest = { text.at + from, mark - from }, word;
	size_t head = from;

	while (strview_word(&rest, &word))
		if (trace_entry_word(word))
			head = (size_t)(word.at - text.at) + end_of_value(word);
	return head;
}
