/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader: netlink bytes, or a file, into results: the unprivileged process's work. */
#ifndef NFTRACE_READER_H
#define NFTRACE_READER_H

#include <stddef.h>

struct reader_plan;

/**
 * reader_run - all that the reader does, to its end
 * @plan: gets the rules that reader_begin() brings
 * @seal: gives up every privilege, once all is open; 0 and what it could not, or
 *	-errno and what failed
 */
void reader_run(struct reader_plan *plan, int control,
		int (*seal)(char *what, size_t size));

#endif
