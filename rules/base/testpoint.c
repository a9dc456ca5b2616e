// SPDX-License-Identifier: GPL-2.0-or-later
/* testpoint: named points at which a test can halt a process; nothing in a shipped build. */
#include "rules/base/testpoint.h"

#ifdef TEST_POINTS
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Only the first process of a run halts: not who takes its work over. */
static bool is_first(const char *path)
{
	char once[4096];
	int fd;

	snprintf(once, sizeof(once), "%s.once", path);
	fd = open(once, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* "NAME" or "NAME:N", the Nth time that this process comes by. */
static bool is_point_wanted(const char *name)
{
	const char *want = getenv("NFTRACE_TESTPOINT");
	static int passed;
	size_t len = strlen(name);
	int nth;

	if (!want || strncmp(want, name, len) != 0 ||
	    (want[len] != '\0' && want[len] != ':'))
		return false;
	nth = want[len] == ':' ? atoi(want + len + 1) : 1;
	return ++passed == nth;
}

void testpoint_pass(const char *name)
{
	const char *path = getenv("NFTRACE_TESTPOINT_FILE");
	const struct timespec moment = { .tv_nsec = 2000000 };
	char line[128];
	int fd, n;

	if (!path || !is_point_wanted(name) || !is_first(path))
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	n = snprintf(line, sizeof(line), "%d %s\n", (int)getpid(), name);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(97);
	close(fd);
	while (access(path, F_OK) == 0)
		nanosleep(&moment, NULL);
}

bool testpoint_is_set(const char *name)
{
	const char *want = getenv("NFTRACE_TESTPOINT");

	return want && strcmp(want, name) == 0;
}
#else
/* ISO C wants a translation unit not to be empty. */
extern int testpoint_nothing_here;
#endif
