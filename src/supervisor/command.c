// SPDX-License-Identifier: GPL-2.0-or-later
/* command: the COMMAND behind "--": held until the trace is armed, and never ended. */
#include "supervisor/command.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/options.h"
#include "rules/base/process.h"
#include "rules/base/units.h"

/* What a shell says of a command that could not be started. */
enum { CANNOT_EXECUTE = 126, NOT_FOUND = 127 };

enum { HELD_MS = 1000 };	/* for a command that was never let go to end */

static bool is_there(const char *name)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	if (strchr(name, '/'))
		return access(name, F_OK) == 0;
	if (!path || !*path)
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	while (*path && *name) {
		size_t len = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s",
			 len ? (int)len : 1, len ? path : ".", name);
		if (access(file, F_OK) == 0)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

static int check(const struct options *o, struct passwd **user)
{
	if (!is_there(o->command[0])) {
		msg("error: '%s' is no command that can be found here",
		    o->command[0]);
		return STATUS_USAGE;
	}
	*user = NULL;
	if (!o->user)
		return 0;
	*user = getpwnam(o->user);
	if (*user)
		return 0;
	msg("error: '--user %s': there is no user of that name", o->user);
	return STATUS_USAGE;
}

/* The terminal, if nftrace is in its foreground: then the command shall be. */
static int open_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd >= 0 && tcgetpgrp(fd) == getpgrp())
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool become(const struct passwd *user)
{
	if (!user)
		return true;
	setenv("HOME", user->pw_dir, 1);
	setenv("USER", user->pw_name, 1);
	setenv("LOGNAME", user->pw_name, 1);
	setenv("SHELL", user->pw_shell, 1);
	return initgroups(user->pw_name, user->pw_gid) == 0 &&
	       setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0;
}

/* Standard output carries what another program reads: no word may come between. */
static bool stdout_is_taken(const struct options *o)
{
	const char *const files[] = { o->pcap, o->graph, o->report };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (files[i] && strcmp(files[i], "-") == 0)
			return true;
	return o->json || o->markdown;
}

static void run(const struct options *o, const struct passwd *user, int go_fd)
	__attribute__((noreturn));

static void run(const struct options *o, const struct passwd *user, int go_fd)
{
	ssize_t n;
	char go;

	do
		n = read(go_fd, &go, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(0);
	if (!become(user)) {
		msg("error: '--user %s': %s", o->user, strerror(errno));
		_exit(CANNOT_EXECUTE);
	}
	if (stdout_is_taken(o))
		dup2(STDERR_FILENO, STDOUT_FILENO);
	signal(SIGXFSZ, SIG_DFL);
	execvp(o->command[0], o->command);
	msg("error: '%s' cannot be run: %s", o->command[0], strerror(errno));
	_exit(errno == ENOENT ? NOT_FOUND : CANNOT_EXECUTE);
}

int command_start(struct command *c, const struct options *o)
{
	struct passwd *user;
	int go[2], status;

	if (!o->command)
		return 0;
	status = check(o, &user);
	if (status)
		return status;
	if (pipe2(go, O_CLOEXEC) < 0) {
		msg_error("starting the command", -errno);
		return STATUS_FAILURE;
	}
	/* What the command leaves behind when it ends stays a descendant of this. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	c->tty_fd = open_terminal();
	fflush(NULL);
	c->pid = fork();
	if (c->pid == 0) {
		close(go[1]);
		if (c->tty_fd >= 0)
			setpgid(0, 0);
		run(o, user, go[0]);
	}
	close(go[0]);
	c->go_fd = go[1];
	if (c->pid < 0) {
		msg_error("starting the command", -errno);
		return STATUS_FAILURE;
	}
	if (c->tty_fd >= 0)
		setpgid(c->pid, c->pid);
	c->state = COMMAND_HELD;
	return 0;
}

/* SIGTTOU is blocked here, so the kernel lets a background process do it. */
static void give_terminal(const struct command *c, pid_t group)
{
	if (c->tty_fd >= 0)
		tcsetpgrp(c->tty_fd, group);
}

void command_go(struct command *c)
{
	if (c->state != COMMAND_HELD)
		return;
	give_terminal(c, c->pid);
	if (write(c->go_fd, "g", 1) == 1)
		c->state = COMMAND_RUNS;
}

void command_watch(struct command *c)
{
	int wstatus;

	if (c->state == COMMAND_NONE || c->state == COMMAND_ENDED ||
	    waitpid(c->pid, &wstatus, WNOHANG | WUNTRACED) != c->pid)
		return;
	c->state = WIFSTOPPED(wstatus) ? COMMAND_STOPPED : COMMAND_ENDED;
	c->wstatus = wstatus;
	give_terminal(c, getpgrp());
}

/* Descendants of a command that ended are children of this process, like no others. */
bool command_is_parent_of(const struct command *c, pid_t pid)
{
	pid_t self = getpid();

	if (c->state == COMMAND_NONE)
		return false;
	while (pid > 1 && pid != self && pid != c->pid)
		pid = process_parent(pid);
	return pid > 1;
}

void command_close(struct command *c)
{
	if (c->state == COMMAND_NONE)
		return;
	if (c->state == COMMAND_RUNS)
		command_watch(c);
	give_terminal(c, getpgrp());
	close(c->go_fd);
	if (c->state == COMMAND_HELD)
		process_finish(c->pid, HELD_MS, &c->wstatus);
	if (c->tty_fd >= 0)
		close(c->tty_fd);
}

void command_say(const struct command *c)
{
	switch (c->state) {
	case COMMAND_NONE:
		break;
	case COMMAND_HELD:
		msg("note: the command was not run");
		break;
	case COMMAND_RUNS:
		msg("the command runs on: pid %d", (int)c->pid);
		break;
	case COMMAND_STOPPED:
		msg("the command is stopped: pid %d", (int)c->pid);
		break;
	case COMMAND_ENDED:
		if (WIFSIGNALED(c->wstatus))
			msg("the command was ended by signal %d (%s)",
			    WTERMSIG(c->wstatus),
			    strsignal(WTERMSIG(c->wstatus)));
		else
			msg("the command ended with status %d",
			    WEXITSTATUS(c->wstatus));
		break;
	}
}
