// SPDX-License-Identifier: GPL-2.0-or-later
/* run_dir: /run/nftrace, where a run notes what the next one must mend if it dies. */
#include "rules/base/run_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/base/owner.h"

/*
 * A number that names this network namespace for ever, unlike its inode,
 * which is used again (SO_NETNS_COOKIE, kernel 5.14).
 */
static uint64_t netns_id(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(uint64_t);
	uint64_t cookie = 0;
	struct stat st;

	if (fd >= 0) {
		if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie,
			       &len) < 0)
			cookie = 0;
		close(fd);
	}
	if (cookie == 0 && stat("/proc/self/ns/net", &st) == 0)
		cookie = st.st_ino;
	return cookie;
}

/* Nobody else's, and nobody else can have put anything there. */
static bool is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

/* Return: its descriptor, or -errno. */
static int open_dir(void)
{
	int fd = open(RUN_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && is_ours(&st))
		return fd;
	close(fd);
	return -EUCLEAN;
}

int run_dir_room(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	/* Some file systems have no files without a name. */
	if (errno != EOPNOTSUPP && errno != EISDIR)
		return -errno;
	return faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) < 0 ? -errno : 0;
}

int run_dir_check(void)
{
	int fd = open_dir();

	if (fd >= 0)
		close(fd);
	return fd < 0 && fd != -ENOENT ? fd : 0;
}

void run_dir_name(const struct owner *owner, const char *suffix,
		  char name[RUN_DIR_NAME])
{
	snprintf(name, RUN_DIR_NAME, "%" PRIu64 "-%s%s", netns_id(),
		 owner->nonce, suffix);
}

int run_dir_create(const char *name, int flags)
{
	int fd = -ENOENT;

	/* Another run that ends removes the empty folder under our feet. */
	for (int tries = 0; tries < 10 && fd == -ENOENT; tries++) {
		int dir;

		if (mkdir(RUN_DIR, 0700) < 0 && errno != EEXIST)
			return -errno;
		dir = open_dir();
		if (dir < 0) {
			fd = dir;
			continue;
		}
		fd = openat(dir, name, flags | O_CREAT | O_EXCL | O_CLOEXEC |
			    O_NOFOLLOW, 0600);
		if (fd < 0)
			fd = -errno;
		close(dir);
	}
	return fd;
}

int run_dir_open(const char *name, int flags)
{
	int dir = open_dir(), fd;
	struct stat st;

	if (dir < 0)
		return dir;
	/* A FIFO would wait for whoever writes to it. */
	fd = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
		    O_CLOEXEC);
	if (fd < 0)
		fd = errno == ELOOP || errno == ENXIO || errno == EISDIR ?
			-EUCLEAN : -errno;
	close(dir);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && is_ours(&st) &&
	    st.st_nlink == 1)
		return fd;
	close(fd);
	/* Removed in between: its run has ended. */
	return S_ISREG(st.st_mode) && st.st_nlink == 0 ? -ENOENT : -EUCLEAN;
}

int run_dir_rename(const char *from, const char *to)
{
	int dir = open_dir(), err = 0;

	if (dir < 0)
		return dir;
	if (renameat(dir, from, dir, to) < 0)
		err = -errno;
	close(dir);
	return err;
}

int run_dir_unlink(const char *name)
{
	int dir = open_dir(), err = 0;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		err = -errno;
	close(dir);
	/* Fails while other namespaces' files are there, as it should. */
	rmdir(RUN_DIR);
	return err;
}

static bool is_wanted(const char *name, const char *prefix, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return false;
	if (end == 0)
		return !strchr(name, '.');
	return len > end && strcmp(name + len - end, suffix) == 0;
}

int run_dir_each(const char *suffix, int (*fn)(const char *name, void *arg),
		 void *arg)
{
	int fd = open_dir(), sum = 0;
	struct dirent *d;
	char prefix[32];
	DIR *dir;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	snprintf(prefix, sizeof(prefix), "%" PRIu64 "-", netns_id());
	while ((d = readdir(dir)))
		if (is_wanted(d->d_name, prefix, suffix))
			sum += fn(d->d_name, arg);
	closedir(dir);
	return sum;
}
