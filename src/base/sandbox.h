/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox: takes every privilege from the process that reads strangers' packets. */
#ifndef NFTRACE_SANDBOX_H
#define NFTRACE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* What is true of who keeps a user or groups; for messages. */
#define SANDBOX_HOLDS \
	"it has no capability, cannot gain one, and makes no system call but its own"

/**
 * sandbox_enter - no capability, no uid 0, no_new_privs, a system call filter
 * @what, @size: filled with what failed, when something did; else with what
 *	could not be given up, "" for nothing
 *
 * Without CAP_SETUID and CAP_SETGID, or another uid mapped (unshare -Ur), user and
 * groups stay; all else holds, or it fails.
 * Irrevocable.  What is open stays open; nothing can be opened any more.
 * Return: 0 or -errno.
 */
int sandbox_enter(char *what, size_t size);

/**
 * sandbox_prepare - the part of sandbox_enter() after which files can be opened
 *
 * Not the filter: to make it takes a process that has been forked just now as long
 * as all else, and who is about to be armed waits for the CPU.
 * What goes wrong is told by sandbox_enter(), which does this part where it was
 * not done before.
 */
void sandbox_prepare(void);

enum { SANDBOX_READS = 5 };

/**
 * sandbox_reads - behind sandbox_enter() @fd can be read and received from; -1 is none
 *
 * No other can: what is written to can be a terminal, or a socket, of which the same
 * descriptor tells what somebody types.  With more than SANDBOX_READS sandbox_enter()
 * fails.
 */
void sandbox_reads(int fd);

/**
 * sandbox_enter_helper - the same for a helper child that makes a result of a
 * stranger's text: it can do nothing but fill it, write, and end
 */
int sandbox_enter_helper(char *what, size_t size);

/**
 * sandbox_give_up - the part of it that holds for another program as well: no
 * capability, no uid 0, no_new_privs
 * Return: 0, or -errno with @what filled with what failed.
 */
int sandbox_give_up(char *what, size_t size);

/**
 * sandbox_is_wide - a test build, whose filter leaves to sanitizers and valgrind
 * what they need (SANITIZE, WIDE_FILTER); never a shipped one
 */
bool sandbox_is_wide(void);

#endif
