/* SPDX-License-Identifier: GPL-2.0-or-later */
/* testpoint: named points at which a test can halt a process; nothing in a shipped build. */
#ifndef NFTRACE_TESTPOINT_H
#define NFTRACE_TESTPOINT_H

#include <stdbool.h>

#ifdef TEST_POINTS
/**
 * testpoint_pass - halt here until the test lets it go on
 *
 * NFTRACE_TESTPOINT holds the point's name, or NAME:N for the Nth time that a process
 * comes by.  The pid is appended to the file named by NFTRACE_TESTPOINT_FILE, so that
 * the test knows; when it removes the file the process goes on.  Once only, as
 * long as there is a file of that name with ".once" behind it.
 */
void testpoint_pass(const char *name);
#define TESTPOINT(name) testpoint_pass(name)

/**
 * testpoint_is_set - is this what NFTRACE_TESTPOINT holds?
 *
 * For what is to be otherwise all the time.
 */
bool testpoint_is_set(const char *name);
#define TESTPOINT_IS_SET(name) testpoint_is_set(name)
#else
#define TESTPOINT(name) do { } while (0)
#define TESTPOINT_IS_SET(name) false
#endif

#endif
