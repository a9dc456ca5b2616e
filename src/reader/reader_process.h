/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_process: starts the reader with nothing that is not its own. */
#ifndef NFTRACE_READER_PROCESS_H
#define NFTRACE_READER_PROCESS_H

struct reader;
struct reader_plan;

/**
 * reader_start - fork the reader
 *
 * @r: filled; the caller closes @r->fd and waits for @r->pid
 * @plan: copied by the fork
 *
 * With a capture the reader makes ready, and waits for reader_begin().
 * Return: 0 or -errno.  The reader says READER_READY or READER_FAILED on @r->fd.
 */
int reader_start(struct reader *r, const struct reader_plan *plan);

#endif
