/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process: what the processes of a run do to themselves, see of each other, and their ends. */
#ifndef NFTRACE_PROCESS_H
#define NFTRACE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * process_ignore_signals - ignore all that would end or stop the caller
 *
 * But for SIGKILL and SIGSTOP, which cannot be, and the faults (SIGSEGV, ...),
 * which must not be.  Nothing stays blocked.
 */
void process_ignore_signals(void);

/**
 * process_close_others - close every descriptor above standard error but these
 * @keep: in any order, @count of them; what is below 3 is passed over, -1 as well
 *
 * What a child of fork(2) has of its parent, and is none of its own, would live as long
 * as the child does: a pipe whose reader waits for its end, a lock, a result.
 */
void process_close_others(const int *keep, size_t count);

/** process_state - the letter of proc(5): 'T' for stopped, 'S'...; 0: it is gone */
char process_state(pid_t pid);

/** process_parent - 0: it is gone */
pid_t process_parent(pid_t pid);

/**
 * process_start - when a process began, in clock ticks since the machine did
 * The same from every time namespace.  0: there is none, or it is a zombie.
 */
uint64_t process_start(pid_t pid);

/** process_pidns - inode of the caller's PID namespace; 0: no /proc */
uint64_t process_pidns(void);

/** process_in_first_pidns - is the caller's PID namespace the one that shows all processes? */
bool process_in_first_pidns(void);

/** process_is_stopped - by SIGSTOP or a debugger; false as well when it is gone */
bool process_is_stopped(pid_t pid);

/**
 * process_child_is_stopped - the same of a child, as wait(2) tells it
 *
 * The stops that a debugger makes at system calls are none.
 */
bool process_child_is_stopped(pid_t pid);

/**
 * process_wait - wait(2) for a child, but not for ever
 * @timeout_ms: 0 looks only
 * @status: what wait(2) says, or NULL
 * Return: false: it lives on.  A stopped child lives.
 */
bool process_wait(pid_t pid, int timeout_ms, int *status);

/**
 * process_kill - kill(2), also a child that has become another user
 * Of a process that this one may not send signals to it forks a child as that one's
 * user, which takes CAP_SETUID.
 */
void process_kill(pid_t pid, int sig);

/**
 * process_end - SIGKILL for a child, and wait until it is gone
 * Return: false: it hangs in the kernel and will go when that lets it; whoever
 * inherits it when we are gone waits for it.
 */
bool process_end(pid_t pid, int *status);

/**
 * process_finish - wait for a child that has nothing left to do but to go
 * @timeout_ms: when it is not gone by then, or is stopped, process_end()
 * Return: false: it had to be ended.
 */
bool process_finish(pid_t pid, int timeout_ms, int *status);

#endif
