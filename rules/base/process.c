// SPDX-License-Identifier: GPL-2.0-or-later
/* process: what the processes of a run do to themselves, see of each other, and their ends. */
#include "rules/base/process.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/base/clock.h"
#include "rules/base/units.h"

enum {
	SLICE_MS = 200,		/* so often it is looked whether a child is stopped */
	BLIND_MS = 10,		/* the same, where a filter refuses pidfd_open() */
	END_MS = 5000,		/* for SIGKILL to be heard */
};

static bool is_fault(int sig)
{
	static const int faults[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
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

void process_close_others(const int *keep, size_t count)
{
	int from = STDERR_FILENO + 1;

	for (;;) {
		int next = -1;

		for (size_t i = 0; i < count; i++)
			if (keep[i] >= from && (next < 0 || keep[i] < next))
				next = keep[i];
		if (next != from)
			syscall(SYS_close_range, from,
				next < 0 ? ~0U : (unsigned int)next - 1, 0);
		if (next < 0)
			return;
		from = next + 1;
	}
}

/* What stands behind the name, which may hold anything.  False: it is gone. */
static bool read_stat(pid_t pid, char *state, int *parent)
{
	char path[64], line[512];
	const char *name_end = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fgets(line, sizeof(line), f))
		name_end = strrchr(line, ')');
	fclose(f);
	return name_end && sscanf(name_end + 1, " %c %d", state, parent) == 2;
}

char process_state(pid_t pid)
{
	char state;
	int parent;

	return read_stat(pid, &state, &parent) ? state : '\0';
}

pid_t process_parent(pid_t pid)
{
	char state;
	int parent;

	return read_stat(pid, &state, &parent) ? parent : 0;
}

/* How much later a process seems to have begun in this time namespace, in ticks. */
static int64_t shown_later(void)
{
	FILE *f = fopen("/proc/self/timens_offsets", "re");
	int64_t seconds = 0;
	char line[128];

	/* Before Linux 5.6 there is none. */
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "boottime %" SCNd64, &seconds) == 1)
			break;
	fclose(f);
	return seconds * sysconf(_SC_CLK_TCK);
}

uint64_t process_start(pid_t pid)
{
	char path[64], line[1024], state;
	const char *p = NULL;
	uint64_t start;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	/* The name in parentheses may hold anything, even a parenthesis. */
	if (fgets(line, sizeof(line), f))
		p = strrchr(line, ')');
	fclose(f);
	if (!p || sscanf(p + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
			 " %*u %*u %*d %*d %*d %*d %*d %*d %" SCNu64,
			 &state, &start) != 2 || state == 'Z' || state == 'X')
		return 0;
	return start - (uint64_t)shown_later();
}

uint64_t process_pidns(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) < 0 ? 0 : st.st_ino;
}

bool process_in_first_pidns(void)
{
	/* PROC_PID_INIT_INO of the kernel's proc_ns.h */
	return process_pidns() == 0xeffffffc;
}

bool process_is_stopped(pid_t pid)
{
	char state = process_state(pid);

	return state == 'T' || state == 't';
}

bool process_child_is_stopped(pid_t pid)
{
	siginfo_t si = { 0 };

	return waitid(P_PID, (id_t)pid, &si, WSTOPPED | WNOHANG | WNOWAIT) ==
	       0 && si.si_pid != 0;
}

/* Return: true as well when there is no such child: nothing to wait for. */
static bool is_reaped(pid_t pid, int *status)
{
	int unused;
	pid_t gone;

	do
		gone = waitpid(pid, status ? status : &unused, WNOHANG);
	while (gone < 0 && errno == EINTR);
	return gone != 0;
}

/* Until it ends, or @ms are over. */
static void await_end(int pidfd, int ms)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	poll(&pfd, 1, pidfd < 0 && ms > BLIND_MS ? BLIND_MS : ms);
}

/* @stops: a child that is stopped is not waited for any longer. */
static bool wait_until(pid_t pid, int timeout_ms, int *status, bool stops)
{
	uint64_t now = clock_monotonic_ns();
	const uint64_t end = now + (uint64_t)timeout_ms * NS_PER_MS;
	int pidfd = timeout_ms ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	bool reaped;

	while (!(reaped = is_reaped(pid, status)) && now < end &&
	       !(stops && process_child_is_stopped(pid))) {
		uint64_t left = (end - now) / NS_PER_MS + 1;

		await_end(pidfd, left < SLICE_MS ? (int)left : SLICE_MS);
		now = clock_monotonic_ns();
	}
	if (pidfd >= 0)
		close(pidfd);
	return reaped;
}

bool process_wait(pid_t pid, int timeout_ms, int *status)
{
	return wait_until(pid, timeout_ms, status, false);
}

static bool read_user(pid_t pid, unsigned int *uid)
{
	char path[64], line[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "Uid: %u", uid) == 1;
	fclose(f);
	return found;
}

/*
 * Without CAP_KILL root may not send signals to another user's processes, of
 * which its own child, the reader, is one: that user may.
 */
static void kill_as_its_user(pid_t pid, int sig)
{
	unsigned int uid;
	pid_t child;

	if (!read_user(pid, &uid))
		return;
	child = fork();
	if (child == 0) {
		if (setresuid(uid, uid, uid) == 0)
			kill(pid, sig);
		_exit(0);
	}
	if (child > 0)
		process_wait(child, END_MS, NULL);
}

void process_kill(pid_t pid, int sig)
{
	if (kill(pid, sig) < 0 && errno == EPERM)
		kill_as_its_user(pid, sig);
}

bool process_end(pid_t pid, int *status)
{
	process_kill(pid, SIGKILL);
	return wait_until(pid, END_MS, status, false);
}

bool process_finish(pid_t pid, int timeout_ms, int *status)
{
	if (wait_until(pid, timeout_ms, status, true))
		return true;
	process_end(pid, status);
	return false;
}
