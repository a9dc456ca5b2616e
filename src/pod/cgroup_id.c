// SPDX-License-Identifier: GPL-2.0-or-later
/* cgroup_id: a process's cgroup, as /proc has it -> the container's id. */
#include "pod/cgroup_id.h"

#include <string.h>

#include "rules/base/strview.h"

enum { DIGITS_MIN = 32 };

static bool has_word(struct strview text, const char *word)
{
	return memmem(text.at, text.len, word, strlen(word)) != NULL;
}

static size_t digits_at_end(struct strview part)
{
	size_t n = 0;

	while (n < part.len && strchr("0123456789abcdef",
				      part.at[part.len - 1 - n]))
		n++;
	return n;
}

/* @part: between two slashes of a path */
static bool take_part(struct strview part, char id[CGROUP_ID])
{
	static const char scope[] = ".scope";
	const size_t end = sizeof(scope) - 1;
	size_t n;

	if (part.len > end &&
	    memcmp(part.at + part.len - end, scope, end) == 0)
		part.len -= end;
	n = digits_at_end(part);
	if (n < DIGITS_MIN || n >= CGROUP_ID || has_word(part, "conmon"))
		return false;
	if (n < part.len && !strchr("-:", part.at[part.len - 1 - n]))
		return false;
	memcpy(id, part.at + part.len - n, n);
	id[n] = '\0';
	return true;
}

/* From the end on: a container in a container is in both. */
static bool take_path(struct strview path, char id[CGROUP_ID])
{
	while (path.len) {
		size_t n = 0;

		while (n < path.len && path.at[path.len - 1 - n] != '/')
			n++;
		if (take_part((struct strview){ path.at + path.len - n, n }, id))
			return true;
		path.len -= n < path.len ? n + 1 : n;
	}
	return false;
}

/* "4:memory:/docker/ID": the path may hold colons as well. */
static struct strview path_of(const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len), *end = line + len;

	if (colon)
		colon = memchr(colon + 1, ':', (size_t)(end - colon - 1));
	if (!colon)
		return (struct strview){ line, 0 };
	return (struct strview){ colon + 1, (size_t)(end - colon - 1) };
}

static bool has_line(const char *text, const char *line, size_t len)
{
	while (*text) {
		size_t other = strcspn(text, "\n");

		if (other == len && memcmp(text, line, len) == 0)
			return true;
		text += other + (text[other] == '\n');
	}
	return false;
}

bool cgroup_id(const char *text, const char *own, char id[CGROUP_ID])
{
	id[0] = '\0';
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (!has_line(own, text, len) &&
		    take_path(path_of(text, len), id))
			return true;
		text += len + (text[len] == '\n');
	}
	return false;
}

bool cgroup_is_pod(const char *text)
{
	return strstr(text, "/kubepods") != NULL;
}
