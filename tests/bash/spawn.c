// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spawn: a builtin of bash for lib.sh, which starts a command by vfork, optionally in another network
 * namespace.  Bash copies itself for each command that it starts: that is two thirds of what most of them
 * cost on a slow machine.  Where it cannot be loaded, lib.sh does without.
 */
#include "../tools/anew.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What bash hands to a builtin and looks for in a file (builtins.h and command.h of its own, the same since 2.0). */
struct word {
	char *text;
	int flags;
};

struct words {
	struct words *next;
	struct word *word;
};

struct builtin {
	const char *name;
	int (*function)(struct words *list);
	int flags;
	const char *const *long_doc;
	const char *short_doc;
	char *handle;
};

enum { ENABLED = 1 };

/* Bash's own. */
extern char **export_env;
void maybe_make_export_env(void);
char *search_for_command(const char *name, int flags);
void *bind_variable(const char *name, char *value, int flags);

enum { USAGE = 2, TIMED_OUT = 124, ITS_OWN_FAULT = 125, CANNOT_RUN = 126, NO_SUCH_COMMAND = 127, SIGNALLED = 128 };

extern struct builtin spawn_struct;

/* Handlers are of the shell's memory, which is shared until the command runs; what is ignored stays so. */
static void set_signals(bool all_defaults)
{
	struct sigaction does;

	for (int sig = 1; sig < NSIG; sig++) {
		if (sigaction(sig, NULL, &does) != 0 || does.sa_handler == SIG_DFL)
			continue;
		if (does.sa_handler == SIG_IGN && !all_defaults)
			continue;
		does.sa_handler = SIG_DFL;
		does.sa_flags = 0;
		sigaction(sig, &does, NULL);
	}
}

/* What is asked: see text[] below. */
struct order {
	const char *netns;
	int out, err;		/* files, or -1 */
	bool defaults, stays;
	int seconds;		/* 0: as long as it takes */
	char **argv;
	char *path;
};

static __attribute__((noreturn)) void become(const struct order *order, const sigset_t *mask,
					     volatile int *error)
{
	int fd;

	set_signals(order->defaults);
	if (order->seconds)
		setpgid(0, 0);
	if (order->netns) {
		fd = open(order->netns, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || setns(fd, CLONE_NEWNET) != 0) {
			*error = errno;
			_exit(ITS_OWN_FAULT);
		}
	}
	if (order->out >= 0) {
		dup2(order->out, STDOUT_FILENO);
		dup2(order->err, STDERR_FILENO);
	}
	sigprocmask(SIG_SETMASK, mask, NULL);
	execve(order->path, order->argv, export_env);
	*error = errno;
	_exit(CANNOT_RUN);
}

static bool ends_within(pid_t pid, int seconds)
{
	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	struct timespec now, end;
	int n = ended.fd < 0;	/* a kernel without: it is waited for in any case */

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	for (now = end, now.tv_sec -= seconds; n <= 0 && now.tv_sec < end.tv_sec;
	     clock_gettime(CLOCK_MONOTONIC, &now))
		n = poll(&ended, 1, (int)(end.tv_sec - now.tv_sec) * 1000);
	if (ended.fd >= 0)
		close(ended.fd);
	return n > 0;
}

/* Its group is its own: those that it has started end with it.  Return: as wait() has it; or it took too long. */
static int wait_for_it(const struct order *order, pid_t pid)
{
	bool late = order->seconds && !ends_within(pid, order->seconds);
	int status = 0;

	if (late) {
		kill(-pid, SIGTERM);
		if (!ends_within(pid, 1))
			kill(-pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (late)
		return TIMED_OUT;
	return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * Bash reaps whatever child has ended when it hears of one: it hears of this one when it is over, or,
 * when it stays in the background, never asks what its status was.
 */
static int run(const struct order *order)
{
	volatile int error = 0;
	sigset_t all, none, before, waiting;
	char said[16];
	int status;
	pid_t pid;

	sigfillset(&all);
	sigemptyset(&none);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = vfork();
	if (pid == 0)
		become(order, order->defaults ? &none : &before, &error);
	if (pid < 0)
		error = errno;
	waiting = before;
	sigaddset(&waiting, SIGCHLD);
	sigprocmask(SIG_SETMASK, &waiting, NULL);
	status = pid > 0 && !order->stays ? wait_for_it(order, pid) : 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (error)
		fprintf(stderr, "spawn: %s: %s\n", order->argv[0], strerror(error));
	if (pid < 0)
		return CANNOT_RUN;
	snprintf(said, sizeof(said), "%d", pid);
	if (order->stays)
		bind_variable("SPAWNED", said, 0);
	return status;
}

/* Return: what is behind the options, or NULL when there is nothing. */
static struct words *read_options(struct words *list, struct order *order)
{
	const char *word;

	for (; list && list->word->text[0] == '-'; list = list->next) {
		word = list->word->text;
		if (strcmp(word, "-b") == 0) {
			order->stays = true;
		} else if (strcmp(word, "-d") == 0) {
			order->defaults = true;
		} else if (list->next && strcmp(word, "-n") == 0) {
			list = list->next;
			order->netns = list->word->text;
		} else if (list->next && strcmp(word, "-t") == 0) {
			list = list->next;
			order->seconds = atoi(list->word->text);
		} else if (list->next && strcmp(word, "-o") == 0) {
			list = list->next;
			order->out = anew(list->word->text, "");
			order->err = anew(list->word->text, ".err");
			if (order->out < 0 || order->err < 0)
				return NULL;
		} else {
			return NULL;
		}
	}
	return list;
}

static int spawn(struct words *list)
{
	struct order order = { .out = -1, .err = -1 };
	int status = USAGE;
	size_t n = 0;

	list = read_options(list, &order);
	for (const struct words *w = list; w; w = w->next)
		n++;
	order.argv = calloc(n + 1, sizeof(*order.argv));
	n = 0;
	for (const struct words *w = list; w && order.argv; w = w->next)
		order.argv[n++] = w->word->text;
	maybe_make_export_env();
	order.path = n ? search_for_command(order.argv[0], 0) : NULL;
	if (order.path) {
		status = run(&order);
	} else if (n) {
		fprintf(stderr, "spawn: %s: command not found\n", order.argv[0]);
		status = NO_SUCH_COMMAND;
	} else {
		fprintf(stderr, "usage: %s\n", spawn_struct.short_doc);
	}
	if (order.out >= 0)
		close(order.out);
	if (order.err >= 0)
		close(order.err);
	free(order.path);
	free(order.argv);
	return status;
}

static const char *const text[] = {
	"Runs a command, in that network namespace, and waits for it.",
	"-b: does not wait; its pid is in SPAWNED, its status is nobody's.  -d: no signal is",
	"ignored.  -o: output goes into new files, NAME and NAME.err.  -t: it is ended after",
	"that time, status 124.",
	NULL
};

struct builtin spawn_struct = {
	.name = "spawn",
	.function = spawn,
	.flags = ENABLED,
	.long_doc = text,
	.short_doc = "spawn [-b] [-d] [-o NAME] [-t SECONDS] [-n NETNS-FILE] COMMAND [ARGS...]",
};
