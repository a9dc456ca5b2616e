// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_tool: each line of stdin as --masked would show it: of a rule, or a sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "mask/mask.h"
#include "mask/mask_rule.h"
#include "mask/mask_text.h"

/* A sentence may have what stands in its program. */
static const char words[] =
	"lost, likely because rp_filter=%d of %s: the route back to %s is not "
	"through it; the xtables lock is held by %s (pid %d), which waits for "
	"and ip rule %d fwmark lookup %s: default via %s (asked now)\n";

int main(int argc, char *argv[])
{
	struct mask *m = mask_open();
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	if (argc > 2)
		fputs(words, stderr);
	if (argc != 2 || !m || mask_text_begin() < 0)
		return 1;
	while ((len = getline(&line, &room, stdin)) > 0) {
		size_t size = MASK_RULE_ROOM(len);
		struct strbuf to = { calloc(1, size), size, 0 };
		struct strview text = { line, (size_t)len - 1 };

		if (strcmp(argv[1], "rule") == 0)
			mask_rule(m, &to, text);
		else
			mask_text(m, &to, text);
		puts(to.buf);
		free(to.buf);
	}
	free(line);
	mask_close(m);
	return 0;
}
