/* SPDX-License-Identifier: GPL-2.0-or-later */
/* say: everything about the run, on stderr, a line each. */
#ifndef NFTRACE_SAY_H
#define NFTRACE_SAY_H

/** say - "nftrace: ..." on stderr; erases the status line first */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** say_status - replace the status line (terminals only); NULL erases it */
void say_status(const char *line);

/**
 * say_error - the sentence for an errno in an operation
 * @what: "inserting the TRACE rules (iptables)"
 * @err: -errno
 */
void say_error(const char *what, int err);

/** say_errno_text - what an errno means to the user of nftrace; static text */
const char *say_errno_text(int err);

#endif
