/* SPDX-License-Identifier: GPL-2.0-or-later */
/* msg_hold: what is said while a pager has the terminal waits until it has let go of it. */
#ifndef NFTRACE_MSG_HOLD_H
#define NFTRACE_MSG_HOLD_H

#include <stdbool.h>
#include <stddef.h>

/**
 * msg_hold_begin - this process, not its children, waits for who reads its stdout
 * @write: that later writes to stderr what was kept
 *
 * A terminal that is in raw mode, while stdout is a pipe and this process in the
 * terminal's foreground, is drawn on by who reads: less, say.
 */
void msg_hold_begin(void (*write)(const char *bytes, size_t len));

/** msg_hold_line - keep the line if somebody draws; false: it is to be written now */
bool msg_hold_line(const char *line, size_t len);

/**
 * msg_hold_end - close stdout, wait until the terminal is free, write what was kept
 *
 * Only where something was.  No longer than others are in this process group, and
 * until SIGTERM, SIGHUP or SIGQUIT; ^C is the pager's.
 */
void msg_hold_end(void);

#endif
