// SPDX-License-Identifier: GPL-2.0-or-later
/* shim: the process that started a container, which knows what it is called. */
#include "pod/shim.h"

#include <stdio.h>
#include <string.h>

#include "pod/proc_dir.h"
#include "rules/base/units.h"

enum { WORDS = 8192 };

/* Each program's words for what it starts. */
static const struct program {
	const char *name;	/* of the program, or how it begins */
	const char *id[2], *called[2];
} programs[] = {
	{ "conmon", { "-c", "--cid" }, { "-n", "--name" } },
	{ "containerd-shim", { "-id", "--id" }, { NULL, NULL } },
};

static bool is_one_of(const char *word, const char *const of[2])
{
	return (of[0] && strcmp(word, of[0]) == 0) ||
	       (of[1] && strcmp(word, of[1]) == 0);
}

static const struct program *find_program(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash)
		path = slash + 1;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (strncmp(path, programs[i].name,
			    strlen(programs[i].name)) == 0)
			return &programs[i];
	return NULL;
}

/* Its own words come before those for what it starts. */
static void keep_value(char to[POD_NAME], const char *value)
{
	if (!to[0] && strlen(value) < POD_NAME)
		strcpy(to, value);
}

bool shim_words(struct shim *s, const char *words, size_t len)
{
	const char *end = words + len, *word = words, *value;
	const struct program *p = len && !end[-1] ? find_program(words) : NULL;

	memset(s, 0, sizeof(*s));
	for (; p && word < end; word = value) {
		value = word + strlen(word) + 1;
		if (value >= end)
			break;
		if (is_one_of(word, p->id))
			keep_value(s->id, value);
		else if (is_one_of(word, p->called))
			keep_value(s->name, value);
	}
	return s->id[0] || s->name[0];
}

static bool is_elsewhere(const struct proc_dir *d, const struct proc_dir *parent)
{
	static const char *const spaces[] = { "ns/mnt", "ns/net" };
	unsigned int other = 0;

	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		uint64_t its = proc_dir_space(parent, spaces[i]);

		other += its && its != proc_dir_space(d, spaces[i]);
	}
	return other > 0;
}

bool shim_of(struct shim *s, const struct proc_dir *d)
{
	struct proc_dir parent;
	char words[WORDS];
	ssize_t n = -1;

	memset(s, 0, sizeof(*s));
	if (proc_dir_open_parent(d, &parent) < 0)
		return false;
	if (is_elsewhere(d, &parent))
		n = proc_dir_read(&parent, "cmdline", words, sizeof(words));
	proc_dir_close(&parent);
	return n > 0 && shim_words(s, words, (size_t)n);
}

bool shim_pod(const char *name, char pod[POD_NAME], char space[POD_SPACE])
{
	pod[0] = space[0] = '\0';
	return sscanf(name, "k8s_%*[^_]_%253[^_]_%63[^_]_", pod, space) == 2;
}
