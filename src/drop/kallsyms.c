// SPDX-License-Identifier: GPL-2.0-or-later
/* kallsyms: which function of the kernel an address lies in. */
#include "drop/kallsyms.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/helper.h"

enum { LINE = 1024, FARTHEST = 1 << 20, NAME = KALLSYMS_TEXT - 16 };

/* The best function so far. */
struct function {
	uint64_t start;		/* 0: none */
	char name[NAME];
};

/* "ffffffff81c03a10 t ip_rcv_finish_core.isra.0<tab>[module]" */
static bool read_line(char *line, uint64_t *start, const char **name)
{
	char *end;

	*start = strtoull(line, &end, 16);
	if (!*start || end[0] != ' ' || !end[1] || !strchr("tTwW", end[1]) ||
	    end[2] != ' ')
		return false;
	*name = end + 3;
	/* Not at its first character: some architectures begin with one. */
	end[4 + strcspn(end + 4, ".\t\n")] = '\0';
	return true;
}

static void write_answer(char text[KALLSYMS_TEXT], const struct function *f,
			 uint64_t address)
{
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
	char line[LINE];
	const char *name;
	uint64_t start;

	memset(best, 0, sizeof(best));
	while (fgets(line, sizeof(line), f)) {
		if (!read_line(line, &start, &name))
			continue;
		for (uint32_t i = 0; i < q->count; i++) {
			if (start >= q->address[i] || start <= best[i].start)
				continue;
			best[i].start = start;
			snprintf(best[i].name, NAME, "%s", name);
		}
	}
	for (uint32_t i = 0; i < q->count; i++)
		write_answer(a->text[i], &best[i], q->address[i]);
}

int kallsyms_find(const void *arg, struct helper_out *out)
{
	struct kallsyms_answer *a = helper_reserve(out, sizeof(*a));
	FILE *f = a ? fopen("/proc/kallsyms", "re") : NULL;

	if (!f)
		return helper_status(-errno);
	kallsyms_search(f, arg, a);
	fclose(f);
	return 0;
}
