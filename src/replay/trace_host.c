// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_host: which host a log's line names. */
#include "replay/trace_host.h"

#include <string.h>

#include "replay/trace_line.h"
#include "rules/base/units.h"

static struct strview last_word(struct strview s)
{
	const char *blank = s.len ? memrchr(s.at, ' ', s.len) : NULL;

	return blank ? strview_behind(s, (size_t)(blank + 1 - s.at)) : s;
}

/* @word behind a blank, which is looked for second: there are more of them.  Return: the blank. */
static const char *find_behind_blank(struct strview s, const char *word)
{
	for (size_t at = 0; at < s.len; at++) {
		at += strview_find(strview_behind(s, at), word);
		if (at && at < s.len && s.at[at - 1] == ' ')
			return s.at + at - 1;
	}
	return NULL;
}

/*
 * The word in front of "kernel:", or of RFC 5424's "kernel - ".  What kind the message is
 * ("kern.warn", of busybox and OpenWrt) stands between the two; the host may be left out then.
 */
static struct strview find_host(struct strview s)
{
	static const char *const kernels[] = { "kernel:", "kernel - " };
	const char *end = NULL;
	struct strview word;

	/* The ring buffer's own lines have none. */
	if (!s.len || !memchr(s.at, *kernels[0], s.len))
		return (struct strview){ "", 0 };
	for (size_t i = 0; i < ARRAY_SIZE(kernels) && !end; i++)
		end = find_behind_blank(s, kernels[i]);
	if (!end)
		return (struct strview){ "", 0 };
	s.len = (size_t)(end - s.at);
	word = last_word(s);
	if (!strview_starts(word, "kern."))
		return word;
	s.len = word.at > s.at ? (size_t)(word.at - 1 - s.at) : 0;
	return last_word(s);
}

/* "[pod/NAME/CONTAINER] " of kubectl logs --prefix: whose log it is, where nothing else tells. */
static struct strview find_pod(struct strview s)
{
	static const char mark[] = "[pod/";
	size_t at = s.len && memchr(s.at, '/', s.len) ? strview_find(s, mark) : s.len;
	struct strview name, rest;

	if (at == s.len)
		return (struct strview){ "", 0 };
	rest = strview_behind(s, at + sizeof(mark) - 1);
	name = strview_cut(&rest, '/');
	return rest.len ? name : (struct strview){ "", 0 };
}

void trace_host_find(struct trace_text *t, struct strview head,
		     const char *behind)
{
	struct strview host = find_host(strview_behind(head,
						       (size_t)(behind - head.at)));

	if (!host.len)
		host = find_pod(head);
	if (!host.len)
		return;
	t->host.at = host.at;
	t->host.len = host.len;
}
