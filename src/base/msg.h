/* SPDX-License-Identifier: GPL-2.0-or-later */
/* msg: everything about the run, on stderr, a line each. */
#ifndef NFTRACE_MSG_H
#define NFTRACE_MSG_H

#include <stddef.h>
#include <stdint.h>

/** msg - "nftrace: ..." on stderr; erases the status line first */
void msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * msg_details - from here on msg_detail() speaks (-v)
 * msg_detail - what an uneventful run keeps to itself
 */
void msg_details(void);
void msg_detail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** msg_as_told - the same of what another process of the run has masked already */
void msg_as_told(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** msg_label - in front of everything that is said: of which of several runs; borrowed */
void msg_label(const char *label);

/**
 * msg_mask - from now on everything but that is said through @mask
 * @mask: writes the NUL-terminated text in @to for the one in @text, and fits
 */
void msg_mask(void (*mask)(char *to, size_t size, const char *text));

/**
 * msg_hold - from here on this process says nothing into a pager's screen
 * What is said meanwhile comes when that is over; msg_hold_end() waits for it.
 */
void msg_hold(void);

/** plural - "rule%s": the ending behind @n of them */
static inline const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/** msg_status - replace the status line (terminals only); NULL erases it */
void msg_status(const char *line);

/**
 * msg_error - the sentence for an errno in an operation
 * @what: "inserting the TRACE rules (iptables)"
 * @err: -errno
 */
void msg_error(const char *what, int err);

/** msg_errno_text - what an errno means to the user of nftrace; static text */
const char *msg_errno_text(int err);

#endif
