// SPDX-License-Identifier: GPL-2.0-or-later
/* kallsyms: which function of the kernel an address lies in. */
#include "drop/kallsyms.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1024, FARTHEST = 1 << 20, NAME = KALLSYMS_NAME + 1 };

/* The best function so far. */
struct function {
	uint64_t start;		/* 0: none */
	char name[NAME];	/* and what is behind it in the line */
};

/* The kernel writes small letters; what is behind the number. */
static const char *read_hex(const char *at, uint64_t *number)
{
	for (*number = 0;; at++) {
		if (*at >= '0' && *at <= '9')
			*number = *number << 4 | (uint64_t)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			*number = *number << 4 | (uint64_t)(*at - 'a' + 10);
		else
			return at;
	}
}

/*
 * "ffffffff81c03a10 t ip_rcv_finish_core.isra.0<tab>[module]"; NULL: no function.
 * There are a hundred thousand of them.
 */
static const char *read_line(const char *line, uint64_t *start)
{
	const char *at = read_hex(line, start);

	if (!*start || at[0] != ' ' || !at[1] || !strchr("tTwW", at[1]) ||
	    at[2] != ' ')
		return NULL;
	return at + 3;
}

static void write_answer(char text[KALLSYMS_TEXT], struct function *f,
			 uint64_t address)
{
	f->name[NAME - 1] = '\0';
	/* Not at its first character: some architectures begin with one. */
	if (f->name[0])
		f->name[1 + strcspn(f->name + 1, ".\t\n")] = '\0';
	if (!f->start || address - f->start > FARTHEST)
		text[0] = '\0';
	else
		snprintf(text, KALLSYMS_TEXT, "%s+0x%" PRIx64, f->name,
			 address - f->start);
}

void kallsyms_search(FILE *f, const struct kallsyms_question *q,
		     struct kallsyms_answer *a)
{
	struct function best[KALLSYMS_MAX];
	char line[LINE + NAME] = "";
	const char *name;
	uint64_t start;

	memset(best, 0, sizeof(best));
	while (fgets(line, LINE, f)) {
		name = read_line(line, &start);
		if (!name)
			continue;
		for (uint32_t i = 0; i < q->count; i++) {
			if (start >= q->address[i] || start <= best[i].start)
				continue;
			/* Most are followed by a nearer one. */
			best[i].start = start;
			memcpy(best[i].name, name, NAME);
		}
	}
	for (uint32_t i = 0; i < q->count; i++)
		write_answer(a->text[i], &best[i], q->address[i]);
}
