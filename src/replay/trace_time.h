/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_time: when a log's line was written, in the forms that logs have. */
#ifndef NFTRACE_TRACE_TIME_H
#define NFTRACE_TRACE_TIME_H

#include <stddef.h>
#include <stdint.h>

struct trace_text;

/** trace_text_time - the time in front of the kernel's message, and the host */
void trace_text_time(struct trace_text *t, const char *head, size_t len,
		     int64_t now);

#endif
