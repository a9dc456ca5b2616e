// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_escape: strangers' text -> text for a terminal, and for JSON. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t len, size_t room)
{
	char *buf = malloc(room), *again = malloc(4 * room + 1);
	size_t n = escape_text(buf, room, text, len);

	if (!buf || !again || n >= room || buf[n] != '\0' ||
	    memchr(buf, '\0', n))
		abort();
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)buf[i] < ' ' || buf[i] == 0x7f)
			abort();
	/* What is safe stays as it is: so all of it was valid UTF-8. */
	if (escape_text(again, 4 * room + 1, buf, n) != n ||
	    memcmp(buf, again, n) != 0)
		abort();
	free(buf);
	free(again);
}

static void check_json(const char *text, size_t len, size_t room)
{
	char *buf = malloc(room);
	size_t n = escape_json(buf, room, text, len);

	if (!buf || n > room)
		abort();
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)buf[i] < ' ' || buf[i] == '"')
			abort();
		if (buf[i] == '\\' && (++i == n || !strchr("\"\\u", buf[i])))
			abort();
	}
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);

	if (!text)
		abort();
	memcpy(text, data, size);
	check_text(text, size, 4 * size + 1);
	check_text(text, size, size / 2 + 1);
	check_json(text, size, 6 * size + 1);
	check_json(text, size, size / 2 + 1);
	free(text);
	return 0;
}
