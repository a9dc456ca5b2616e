// SPDX-License-Identifier: GPL-2.0-or-later
/* ended: that a signal ended a process, as an error beside those of errno, and in words. */
#include "rules/base/ended.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "rules/base/units.h"

/* The kernel's own end at 4095. */
enum { ENDED = 4096 };

/* What sends a signal of which the process itself is not the cause. */
static const struct {
	int sig;
	const char *cause;
} causes[] = {
	{ SIGKILL, ": somebody, or the kernel for want of memory (dmesg)" },
	{ SIGXCPU, ": a limit of CPU time (ulimit -t)" },
	{ SIGXFSZ, ": a limit of file sizes (ulimit -f)" },
	{ SIGSYS, ": a filter of system calls (seccomp)" },
};

int ended_by(int sig)
{
	return -(ENDED + sig);
}

/* Return: NULL: the process itself. */
static const char *cause_of(int sig)
{
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].sig == sig)
			return causes[i].cause;
	return NULL;
}

bool ended_from_outside(int sig)
{
	return cause_of(sig) != NULL;
}

bool ended_tell(char *buf, size_t size, int err)
{
	int sig = -err - ENDED;

	if (sig <= 0)
		return false;
	snprintf(buf, size, "the helper was ended by signal %d (%s)%s", sig,
		 strsignal(sig), ended_from_outside(sig) ? cause_of(sig) : "");
	return true;
}
