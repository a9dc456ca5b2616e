// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * enter: a command in another network namespace.  The scripts do this thousands of times: it is
 * linked statically, and does what nsenter, env and timeout would do, each started for it.
 */
#include "anew.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char usage_text[] =
	"usage: enter [-d] [-o NAME] [-t SECONDS] NETNS-FILE COMMAND [ARGS...]\n"
	"-d: no signal is ignored. -o: output goes into new files, NAME and NAME.err.\n"
	"-t: it is ended after that time, exit status 124.\n";

enum { TIMED_OUT = 124, ITS_OWN_FAULT = 125, NO_SUCH_COMMAND = 127, SIGNALLED = 128 };

static __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "enter: %s: %s\n", what, strerror(errno));
	exit(ITS_OWN_FAULT);
}

static __attribute__((noreturn)) void usage(void)
{
	fputs(usage_text, stderr);
	exit(ITS_OWN_FAULT);
}

/* A shell's background processes ignore SIGINT. */
static void default_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void write_into(int fd, const char *name, const char *ending)
{
	int file = anew(name, ending);

	if (file < 0 || dup2(file, fd) < 0)
		die(name);
	close(file);
}

static __attribute__((noreturn)) void become(char **command)
{
	execvp(command[0], command);
	fprintf(stderr, "enter: %s: %s\n", command[0], strerror(errno));
	exit(NO_SUCH_COMMAND);
}

/* In whole seconds; what a handler of SIGCHLD's wakes, and nothing is lost before it sleeps. */
static bool ended_within(pid_t pid, int seconds, int *status)
{
	struct timespec now, end;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	while (waitpid(pid, status, WNOHANG) == 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > end.tv_sec)
			return false;
		sigtimedwait(&child, NULL, &(struct timespec){ .tv_sec = end.tv_sec - now.tv_sec + 1 });
	}
	return true;
}

/* Its group is its own: those that it has started end with it. */
static int watch(char **command, int seconds)
{
	sigset_t child, before;
	int status;
	pid_t pid;

	setpgid(0, 0);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &child, &before);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		become(command);
	}
	if (ended_within(pid, seconds, &status))
		return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
	signal(SIGTERM, SIG_IGN);
	kill(pid, SIGTERM);
	kill(0, SIGTERM);
	if (!ended_within(pid, 1, &status))
		kill(0, SIGKILL);
	return TIMED_OUT;
}

int main(int argc, char **argv)
{
	int opt, fd, seconds = 0;

	while ((opt = getopt(argc, argv, "+do:t:")) != -1) {
		if (opt == 'd') {
			default_signals();
		} else if (opt == 'o') {
			write_into(STDOUT_FILENO, optarg, "");
			write_into(STDERR_FILENO, optarg, ".err");
		} else if (opt == 't') {
			seconds = atoi(optarg);
		} else {
			usage();
		}
	}
	if (argc - optind < 2)
		usage();
	fd = open(argv[optind], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		die(argv[optind]);
	close(fd);
	if (seconds)
		return watch(argv + optind + 1, seconds);
	become(argv + optind + 1);
}
