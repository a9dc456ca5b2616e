/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_process: starts the reader with nothing that is not its own. */
#ifndef NFTRACE_READER_PROCESS_H
#define NFTRACE_READER_PROCESS_H

struct reader;
struct reader_plan;

/**
 * reader_start - fork the reader
 *
 * With a capture it makes ready, and waits for reader_begin().
 * Return: 0 or -errno.  It says READER_READY or READER_FAILED on @r->fd.
 */
int reader_start(struct reader *r, const struct reader_plan *plan);

#endif
