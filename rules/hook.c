// SPDX-License-Identifier: GPL-2.0-or-later
/* hook: named points at which a test can halt a process; nothing in a shipped build. */
#include "hook.h"

#ifdef TEST_HOOKS
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void hook_point(const char *name)
{
	const char *want = getenv("NFTRACE_HOOK");
	const char *path = getenv("NFTRACE_HOOK_FILE");
	char line[128];
	int fd, n;

	if (!want || strcmp(want, name) != 0)
		return;
	if (path) {
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		n = snprintf(line, sizeof(line), "%d %s\n", (int)getpid(),
			     name);
		if (fd >= 0) {
			if (write(fd, line, (size_t)n) != n)
				_exit(97);
			close(fd);
		}
	}
	raise(SIGSTOP);
}
#else
/* ISO C wants a translation unit not to be empty. */
extern int hook_nothing_here;
#endif
