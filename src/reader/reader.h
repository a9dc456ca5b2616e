/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader: netlink bytes, or a file, into results: the unprivileged process's work. */
#ifndef NFTRACE_READER_H
#define NFTRACE_READER_H

#include <stddef.h>

struct reader_plan;

/**
 * reader_run - all that the reader does, to its end
 * @plan: gets the rules that reader_begin() brings
 * @control: the socket to the supervisor
 * @seal: gives up every privilege, once all is open; fills @what with what it could
 *	not give up, or with what failed.  Return: 0 or -errno.
 *
 * Returns when nothing is left to read or to write; it ends the process where it
 * could not begin.
 */
void reader_run(struct reader_plan *plan, int control,
		int (*seal)(char *what, size_t size));

#endif
