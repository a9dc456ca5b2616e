// SPDX-License-Identifier: GPL-2.0-or-later
/* process: what the long-lived children of a run do to themselves, and see of each other. */
#include "process.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static bool is_fault(int sig)
{
	static const int faults[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS,
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (sig == faults[i])
			return true;
	return false;
}

void process_ignore_signals(void)
{
	sigset_t none;

	/* SIGCHLD ignored would take away what waitpid() waits for. */
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		if (!is_fault(sig) && sig != SIGCHLD)
			signal(sig, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

char process_state(pid_t pid)
{
	char path[64], line[512];
	const char *name_end = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return '\0';
	/* Behind the name, which may hold anything. */
	if (fgets(line, sizeof(line), f))
		name_end = strrchr(line, ')');
	fclose(f);
	return name_end && name_end[1] ? name_end[2] : '\0';
}

bool process_is_stopped(pid_t pid)
{
	char state = process_state(pid);

	return state == 'T' || state == 't';
}
