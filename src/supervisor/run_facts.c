// SPDX-License-Identifier: GPL-2.0-or-later
/* run_facts: what a page says of the run itself. */
#include "supervisor/run_facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "cli/options.h"
#include "report/report.h"
#include "rules/base/clock.h"

/* Is it read back by a shell as one word? */
static bool is_plain(const char *word)
{
	return *word && strspn(word, "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			       "@%_+=:,./-") == strlen(word);
}

static void add_word(struct strbuf *to, const char *word)
{
	const char *quote = is_plain(word) ? "" : "'";

	strbuf_add(to, "%s%s%s%s", to->len ? " " : "", quote, word, quote);
}

/*
 * The words, COMMAND's own left out: they may be anybody's secrets.  What is read
 * is cut off where there is no room.
 */
static void fill_command(char *to, size_t size, const struct options *o)
{
	struct strbuf line = { to, size, 0 };
	char words[4096];
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, words, sizeof(words) - 1);

	if (fd >= 0)
		close(fd);
	words[n > 0 ? n : 0] = '\0';
	for (const char *w = words; w < words + n; w += strlen(w) + 1) {
		if (w == words) {
			add_word(&line, "nftrace");
			continue;
		}
		add_word(&line, w);
		if (o->command && strcmp(w, "--") == 0)
			break;
	}
	if (o->command)
		strbuf_add(&line, " %s ...", o->command[0]);
}

const struct report_run *run_facts(const struct options *o)
{
	static struct report_run run;
	struct utsname u;

	if (!o->mask)
		fill_command(run.command, sizeof(run.command), o);
	if (!o->read && uname(&u) == 0)
		snprintf(run.kernel, sizeof(run.kernel), "%s %s %s", u.sysname,
			 u.release, u.machine);
	run.begin_ns = clock_ns(CLOCK_REALTIME);
	return &run;
}
