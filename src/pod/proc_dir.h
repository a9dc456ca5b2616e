/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proc_dir: the folder of one process in /proc, whatever becomes of its number. */
#ifndef NFTRACE_PROC_DIR_H
#define NFTRACE_PROC_DIR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The kernel ties an open folder to the process, not to its number: when that ends,
 * whatever is asked fails, and never tells of another process.
 */
struct proc_dir {
	pid_t pid;
	int fd;			/* O_PATH; -1: not open */
};

/** proc_dir_open - 0, or -errno: -ENOENT when there is no such process */
int proc_dir_open(struct proc_dir *d, pid_t pid);
void proc_dir_close(struct proc_dir *d);

/**
 * proc_dir_read - a file's beginning
 * @buf: gets it, with a NUL behind it
 * Return: bytes, or -errno.
 */
ssize_t proc_dir_read(const struct proc_dir *d, const char *name, char *buf,
		      size_t size);

/**
 * proc_dir_read_root - the same of a file of the process's own root
 * @path: without a slash before it
 *
 * Links end in that root, whoever made them; only a regular file is opened.
 */
ssize_t proc_dir_read_root(const struct proc_dir *d, const char *path,
			   char *buf, size_t size);

/** proc_dir_space - the inode of a namespace, "ns/net"; 0: it may not be seen (errno) */
uint64_t proc_dir_space(const struct proc_dir *d, const char *name);

/** proc_dir_parent - its number; 0: the process is gone, or nobody's */
pid_t proc_dir_parent(const struct proc_dir *d);

/** proc_dir_open_parent - which is its parent still when it has been opened; 0 or -errno */
int proc_dir_open_parent(const struct proc_dir *d, struct proc_dir *parent);

#endif
