/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook: named points at which a test can halt a process; nothing in a shipped build. */
#ifndef NFTRACE_HOOK_H
#define NFTRACE_HOOK_H

#include <stdbool.h>

#ifdef TEST_HOOKS
/**
 * hook_point - halt here until the test lets it go on
 *
 * NFTRACE_HOOK holds the point's name, or NAME:N for the Nth time that a process
 * comes by.  The pid is appended to the file named by NFTRACE_HOOK_FILE, so that
 * the test knows; when it removes the file the process goes on.  Once only, as
 * long as there is a file of that name with ".once" behind it.
 */
void hook_point(const char *name);
#define HOOK(name) hook_point(name)

/** hook_is_set - is this what NFTRACE_HOOK holds?  For what is to be otherwise all the time. */
bool hook_is_set(const char *name);
#define HOOK_IS_SET(name) hook_is_set(name)
#else
#define HOOK(name) do { } while (0)
#define HOOK_IS_SET(name) false
#endif

#endif
