/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_text: a log's TRACE line, as nf_log_syslog writes it -> event; pure. */
#ifndef NFTRACE_TRACE_TEXT_H
#define NFTRACE_TRACE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "replay/trace_line.h"

struct trace_again;

/**
 * trace_text_parse - read a line of dmesg, journalctl or a syslog
 * @now: seconds since 1970; a date without a year is the last such before
 * @again: what was read of lines before, so that it need not be read again
 *
 * Return: 0; -ENOMSG: no TRACE line; -EBADMSG: one that is cut off or damaged.
 */
int trace_text_parse(struct trace_text *t, const char *line, size_t len,
		     int64_t now, struct trace_again *again);

#endif
