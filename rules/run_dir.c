// SPDX-License-Identifier: GPL-2.0-or-later
/* run_dir: /run/nftrace, where a run notes what the next one must mend if it dies. */
#include "run_dir.h"

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

#include "owner.h"

#define RUN_DIR "/run/nftrace"

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

void run_dir_path(const struct owner *owner, const char *suffix,
		  char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, RUN_DIR "/%" PRIu64 "-%s%s", netns_id(),
		 owner->nonce, suffix);
}

int run_dir_create(const char *path, int flags)
{
	int fd = -ENOENT;

	/* Another run that ends removes the empty folder under our feet. */
	for (int tries = 0; tries < 10 && fd == -ENOENT; tries++) {
		if (mkdir(RUN_DIR, 0700) < 0 && errno != EEXIST)
			return -errno;
		fd = open(path, flags | O_CREAT | O_EXCL | O_CLOEXEC |
			  O_NOFOLLOW, 0600);
		if (fd < 0)
			fd = -errno;
	}
	return fd;
}

void run_dir_unlink(const char *path)
{
	unlink(path);
	/* Fails while other namespaces' files are there, as it should. */
	rmdir(RUN_DIR);
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

int run_dir_each(const char *suffix, int (*fn)(const char *path, void *arg),
		 void *arg)
{
	char prefix[32], path[PATH_MAX];
	struct dirent *d;
	int sum = 0;
	DIR *dir = opendir(RUN_DIR);

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	snprintf(prefix, sizeof(prefix), "%" PRIu64 "-", netns_id());
	while ((d = readdir(dir))) {
		if (!is_wanted(d->d_name, prefix, suffix))
			continue;
		snprintf(path, sizeof(path), RUN_DIR "/%s", d->d_name);
		sum += fn(path, arg);
	}
	closedir(dir);
	return sum;
}
