/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process: what the long-lived children of a run do to themselves, and see of each other. */
#ifndef NFTRACE_PROCESS_H
#define NFTRACE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * process_ignore_signals - ignore all that would end or stop the caller
 *
 * But for SIGKILL and SIGSTOP, which cannot be, and the faults (SIGSEGV, ...),
 * which must not be.  Nothing stays blocked.
 */
void process_ignore_signals(void);

/** process_state - the letter of proc(5): 'T' for stopped, 'S'...; 0: it is gone */
char process_state(pid_t pid);

/** process_is_stopped - by SIGSTOP or a debugger; false as well when it is gone */
bool process_is_stopped(pid_t pid);

#endif
