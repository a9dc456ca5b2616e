/* SPDX-License-Identifier: GPL-2.0-or-later */
/* logger: which nf_log backend a family's packets are logged to, set and put back. */
#ifndef NFTRACE_LOGGER_H
#define NFTRACE_LOGGER_H

#include <stdbool.h>
#include <stdint.h>

struct family;
struct owner;
struct run_dir_strange;

enum { LOGGER_NAME = 64 };

/* The one through which TRACE reaches user space (net/netfilter/nfnetlink_log.c). */
#define LOGGER_NETLINK "nfnetlink_log"

/** logger_read - name of the registered logger, "NONE" for none; 0 or -errno */
int logger_read(const struct family *f, char name[LOGGER_NAME]);

/**
 * logger_write - register another
 * Return: 0 or -errno; -ENOENT: the kernel has no logger of that name.
 */
int logger_write(const struct family *f, const char *name);

/**
 * logger_read_at, logger_write_at - the same of any protocol, by its file's @path
 */
int logger_read_at(const char *path, char name[LOGGER_NAME]);
int logger_write_at(const char *path, const char *name);

/**
 * The record: what the loggers of this network namespace were before a run
 * changed them, kept in /run/nftrace so that any later run can put them back.
 *
 * logger_record - write it, atomically, before the change; 0 or -errno
 * @old: by family_index(); NULL: not to be changed
 *
 * logger_forget - remove it after the loggers were put back
 */
int logger_record(const struct owner *owner, const char *const old[]);
void logger_forget(const struct owner *owner);

/* What a record of a dead run led to. */
struct logger_mended {
	bool restored;
	char name[LOGGER_NAME];
	int error;
};

/**
 * logger_mend - put back what dead runs changed in this namespace
 * @how: enum sweep, ored
 * @mended: by family_index(); filled
 * @strange: told of each file in a record's place that is none; it stays
 *
 * A record of what could not be put back stays as well.
 * Return: the number of records of dead runs, or -errno.
 */
int logger_mend(unsigned int how, struct logger_mended mended[],
		const struct run_dir_strange *strange);

#endif
