/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read: --read: a run without a capture, from the file to the exit status. */
#ifndef NFTRACE_READ_H
#define NFTRACE_READ_H

struct options;
struct reader_plan;
struct run;

/** read_main - needs no privileges, changes nothing; the exit status */
int read_main(const struct options *o);

/**
 * read_file - all of r->o->read, with its --rules, into the sinks of an open run
 * @fd: of the file, for the caller to close; -1: there is none
 * Return: 0, with what was found in r->reader.seen; or the exit status after a report.
 */
int read_file(struct run *r, int *fd);

/** read_start - a reader that has .input_fd of @plan to read; 0, or as above */
int read_start(struct run *r, struct reader_plan *plan);

/** read_await - until it has ended; 0, or as above */
int read_await(struct run *r);

/** read_explain_end - what stands in the way of all that the file could tell; 0: nothing */
int read_explain_end(const struct run *r);

/** read_explain_nothing - it was read without an error, and yet there is nothing to show */
void read_explain_nothing(const struct run *r, int fd);

#endif
