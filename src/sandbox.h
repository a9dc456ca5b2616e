/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox: takes every privilege from the process that reads strangers' packets. */
#ifndef NFTRACE_SANDBOX_H
#define NFTRACE_SANDBOX_H

#include <stddef.h>

/**
 * sandbox_enter - no capability, no uid 0, no_new_privs, a system call filter
 * @what, @size: filled with what failed, when something did
 *
 * Without another uid mapped (unshare -Ur) the uid stays; all else holds.
 * Irrevocable.  What is open stays open; nothing can be opened any more.
 * Return: 0 or -errno.
 */
int sandbox_enter(char *what, size_t size);

/**
 * sandbox_prepare - all of it that leaves files to be opened; what goes wrong is
 * said by sandbox_enter(), which otherwise does this as well
 */
void sandbox_prepare(void);

/** sandbox_give_up - the same without the system call filter */
int sandbox_give_up(char *what, size_t size);

#endif
