/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remote: another process's system calls and memory, by ptrace(2); x86-64 only. */
#ifndef TESTS_TOOLS_REMOTE_H
#define TESTS_TOOLS_REMOTE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t pid;
static struct user_regs_struct saved;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

enum { STOPS = 2000, PAUSE_US = 5000 };	/* ten seconds */

static void interrupt_it(void)
{
	int status;

	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0)
		die("PTRACE_INTERRUPT");
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		die("waitpid");
	if (ptrace(PTRACE_GETREGS, pid, 0, &saved) < 0)
		die("PTRACE_GETREGS");
}

/* The instruction for a system call lies just before. */
static int is_in_a_call(void)
{
	long word = ptrace(PTRACE_PEEKTEXT, pid, saved.rip - 2, 0);

	return (word & 0xffff) == 0x050f;
}

/* In a system call; until it makes one it goes on. */
static void stop_it(void)
{
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0)
		die("PTRACE_SEIZE");
	interrupt_it();
	for (int i = 0; !is_in_a_call(); i++) {
		if (i == STOPS) {
			fprintf(stderr, "the process is not in a system call\n");
			exit(2);
		}
		if (ptrace(PTRACE_CONT, pid, 0, 0) < 0)
			die("PTRACE_CONT");
		usleep(PAUSE_US);
		interrupt_it();
	}
}

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	struct user_regs_struct r = saved;
	int status;

	r.rip = saved.rip - 2;
	r.rax = (unsigned long long)nr;
	r.orig_rax = (unsigned long long)-1;	/* nothing to restart */
	r.rdi = (unsigned long long)a;
	r.rsi = (unsigned long long)b;
	r.rdx = (unsigned long long)c;
	r.r10 = (unsigned long long)d;
	r.r8 = (unsigned long long)e;
	r.r9 = (unsigned long long)f;
	if (ptrace(PTRACE_SETREGS, pid, 0, &r) < 0 ||
	    ptrace(PTRACE_SINGLESTEP, pid, 0, 0) < 0 ||
	    waitpid(pid, &status, __WALL) != pid)
		die("step");
	if (!WIFSTOPPED(status)) {
		printf("the process has ended\n");
		exit(1);
	}
	if (ptrace(PTRACE_GETREGS, pid, 0, &r) < 0)
		die("PTRACE_GETREGS");
	return (long)r.rax;
}

/*
 * Room in its memory.  Its own, where it may have some: how far below its stack pages
 * are mapped nobody knows.  Else there, out of the red zone.
 */
static long find_room(void)
{
	static long at;

	if (!at)
		at = call(SYS_mmap, 0, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at < 0 && at > -4096)
		at = ((long)saved.rsp - 8192) & ~15L;
	return at;
}

/* Into its memory: at @offset of that room. */
static inline long put_at(long offset, const void *data, size_t len)
{
	struct iovec here = { (void *)data, len };
	long at = find_room() + offset;
	struct iovec there = { (void *)at, len };

	if (process_vm_writev(pid, &here, 1, &there, 1, 0) != (ssize_t)len)
		die("process_vm_writev");
	return at;
}

static long put(const void *data, size_t len)
{
	return put_at(0, data, len);
}

/* A line: NAME, blank, errno's name or the value. */
static void report(const char *name, long result)
{
	if (result < 0)
		printf("%s %s\n", name, strerrorname_np((int)-result));
	else
		printf("%s %ld\n", name, result);
}

static void let_go(void)
{
	ptrace(PTRACE_SETREGS, pid, 0, &saved);
	ptrace(PTRACE_DETACH, pid, 0, 0);
}

#endif
