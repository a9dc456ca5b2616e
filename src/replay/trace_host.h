/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_host: which host a log's line names. */
#ifndef NFTRACE_TRACE_HOST_H
#define NFTRACE_TRACE_HOST_H

#include "rules/base/strview.h"

struct trace_text;

/**
 * trace_host_find - .host, borrowed from the line; it stays as it is where none is named
 * @head: the line in front of the kernel's words
 * @behind: in it, where the time ends that it begins with; its start: it begins with none
 */
void trace_host_find(struct trace_text *t, struct strview head,
		     const char *behind);

#endif
