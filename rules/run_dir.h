/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_dir: /run/nftrace, where a run notes what the next one must mend if it dies. */
#ifndef NFTRACE_RUN_DIR_H
#define NFTRACE_RUN_DIR_H

#include <limits.h>

struct owner;

/**
 * run_dir_path - "/run/nftrace/NETNS-NONCE" and @suffix
 * NETNS names the caller's network namespace for ever.
 */
void run_dir_path(const struct owner *owner, const char *suffix,
		  char path[PATH_MAX]);

/**
 * run_dir_create - create a file there, and the folder when it is missing
 * @flags: beside O_CREAT | O_EXCL
 * Return: its descriptor or -errno.
 */
int run_dir_create(const char *path, int flags);

/** run_dir_unlink - remove a file, and the folder when it was the last one */
void run_dir_unlink(const char *path);

/**
 * run_dir_each - call @fn for each file of this network namespace
 * @suffix: only names that end so; "": only names without a full stop
 * Return: sum of what @fn returned, or -errno.
 */
int run_dir_each(const char *suffix, int (*fn)(const char *path, void *arg),
		 void *arg);

#endif
