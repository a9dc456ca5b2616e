/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_dir: /run/nftrace, where a run notes what the next one must mend if it dies. */
#ifndef NFTRACE_RUN_DIR_H
#define NFTRACE_RUN_DIR_H

#include <limits.h>

#define RUN_DIR "/run/nftrace"

enum { RUN_DIR_NAME = 128 };

struct owner;

/*
 * What is noted there is acted on by root, so the folder must be the caller's
 * and nobody else may write to it: all functions look at that anew, and return
 * -EUCLEAN, or -ENOTDIR for what is no folder (or a link), when it is not so.
 * The files are named by their names within it.
 */

/**
 * run_dir_room - could a file be made in @folder, of a file system with room for it?
 * Nothing comes into being that anybody could see.
 * Return: 0 or -errno.
 */
int run_dir_room(const char *folder);

/**
 * run_dir_check - may it be used?
 * Return: 0: yes, or it is not there; or -errno.
 */
int run_dir_check(void);

/**
 * run_dir_name - "NETNS-NONCE" and @suffix
 * NETNS names the caller's network namespace for ever.
 */
void run_dir_name(const struct owner *owner, const char *suffix,
		  char name[RUN_DIR_NAME]);

/**
 * run_dir_create - create a file there, and the folder when it is missing
 * @flags: beside O_CREAT | O_EXCL
 * Return: its descriptor or -errno.
 */
int run_dir_create(const char *name, int flags);

/**
 * run_dir_open - open a file that is there
 * @flags: O_RDONLY or O_RDWR
 * Never waits, and follows no link.
 * Return: its descriptor; -EUCLEAN: not a regular file of the caller's alone;
 * or -errno.
 */
int run_dir_open(const char *name, int flags);

/** run_dir_rename - 0 or -errno */
int run_dir_rename(const char *from, const char *to);

/**
 * run_dir_unlink - remove a file, and the folder when it was the last one
 * Return: 0, also when there is none, or -errno.
 */
int run_dir_unlink(const char *name);

/**
 * run_dir_each - call @fn for each file of this network namespace
 * @suffix: only names that end so; "": only names without a full stop
 * Return: sum of what @fn returned, or -errno.
 */
int run_dir_each(const char *suffix, int (*fn)(const char *name, void *arg),
		 void *arg);

/* Who is told of each file that is left there. */
struct run_dir_strange {
	/* @err: -EUCLEAN: it cannot be a note of this program's; else why it stays */
	void (*tell)(void *arg, const char *name, int err);
	void *arg;
};

#endif
