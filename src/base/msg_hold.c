// SPDX-License-Identifier: GPL-2.0-or-later
/* msg_hold: what is said while a pager has the terminal waits until it has let go of it. */
#include "base/msg_hold.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/format.h"
#include "rules/base/units.h"

enum { LOOK_MS = 50 };

static struct {
	pid_t pid;	/* who holds; 0: nobody */
	void (*write)(const char *bytes, size_t len);
	size_t len;
	char text[65536];
} held;

void msg_hold_begin(void (*write)(const char *bytes, size_t len))
{
	struct stat st;

	/* What a shell makes a pipeline of. */
	if (fstat(STDOUT_FILENO, &st) < 0 || !S_ISFIFO(st.st_mode) ||
	    !isatty(STDERR_FILENO))
		return;
	held.pid = getpid();
	held.write = write;
}

/* Of a shell at its prompt, and this in the background, that is no sign. */
static bool is_drawn_on(void)
{
	struct termios t;

	return tcgetpgrp(STDERR_FILENO) == getpgrp() &&
	       tcgetattr(STDERR_FILENO, &t) == 0 && !(t.c_lflag & ICANON);
}

static void release(void)
{
	size_t len = held.len;

	held.len = 0;
	if (len)
		held.write(held.text, len);
}

bool msg_hold_line(const char *line, size_t len)
{
	if (held.pid != getpid())
		return false;
	if (!is_drawn_on()) {
		release();
		return false;
	}
	if (len > sizeof(held.text) - held.len)
		return false;
	memcpy(held.text + held.len, line, len);
	held.len += len;
	return true;
}

struct stat_line {
	char state;
	pid_t parent, group;
};

static bool read_stat(pid_t pid, struct stat_line *s)
{
	char path[64], line[512];
	const char *behind;
	int fd, parent, group;
	ssize_t n;

	format_text(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[n > 0 ? n : 0] = '\0';
	/* A name may hold anything; the last parenthesis ends it. */
	behind = strrchr(line, ')');
	if (!behind ||
	    sscanf(behind, ") %c %d %d", &s->state, &parent, &group) != 3)
		return false;
	s->parent = parent;
	s->group = group;
	return true;
}

/* Who started this, or who did that: he may wait for it, and never draws meanwhile. */
static bool is_above(pid_t pid)
{
	struct stat_line s = { .parent = getpid() };

	while (s.parent > 1) {
		if (s.parent == pid)
			return true;
		if (!read_stat(s.parent, &s))
			return false;
	}
	return false;
}

/* Whoever else is of this pipeline. */
static bool has_company(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	bool found = false;

	while (proc && !found && (e = readdir(proc))) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
		struct stat_line s;

		if (isdigit((unsigned char)*e->d_name) && read_stat(pid, &s))
			found = s.group == getpgrp() && s.state != 'Z' &&
				!is_above(pid);
	}
	if (proc)
		closedir(proc);
	return found;
}

static bool shall_end(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGHUP) ||
		sigismember(&pending, SIGQUIT));
}

void msg_hold_end(void)
{
	static const int waiting[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t set;
	int nowhere;

	if (held.pid != getpid() || !held.len)
		return;
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
		sigaddset(&set, waiting[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* The pager shall see the end. */
	nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere >= 0) {
		dup2(nowhere, STDOUT_FILENO);
		close(nowhere);
	}
	while (is_drawn_on() && !shall_end() && has_company())
		poll(NULL, 0, LOOK_MS);
	release();
}
