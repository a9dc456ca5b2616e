// SPDX-License-Identifier: GPL-2.0-or-later
/* proc_dir: the folder of one process in /proc, whatever becomes of its number. */
#include "pod/proc_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

int proc_dir_open(struct proc_dir *d, pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	d->pid = pid;
	d->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return d->fd < 0 ? -errno : 0;
}

void proc_dir_close(struct proc_dir *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

/* @fd is closed.  Of a file of /proc one read(2) is not always all. */
static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t used = 0;
	ssize_t n = 0;

	while (used < size - 1 &&
	       (n = read(fd, buf + used, size - 1 - used)) > 0)
		used += (size_t)n;
	if (n < 0)
		n = -errno;
	close(fd);
	buf[n < 0 ? 0 : used] = '\0';
	return n < 0 ? n : (ssize_t)used;
}

ssize_t proc_dir_read(const struct proc_dir *d, const char *name, char *buf,
		      size_t size)
{
	int fd = openat(d->fd, name, O_RDONLY | O_CLOEXEC);

	buf[0] = '\0';
	return fd < 0 ? -errno : read_all(fd, buf, size);
}

/* What is no file (a FIFO, a device) is looked at, and not opened. */
static int open_regular(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	struct stat st;
	char again[32];
	int fd, seen = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (seen < 0)
		return -errno;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", seen);
	fd = fstat(seen, &st) < 0 ? -1 : S_ISREG(st.st_mode) ?
	     open(again, O_RDONLY | O_CLOEXEC | O_NONBLOCK) :
	     (errno = EINVAL, -1);
	if (fd < 0)
		fd = -errno;
	close(seen);
	return fd;
}

ssize_t proc_dir_read_root(const struct proc_dir *d, const char *path,
			   char *buf, size_t size)
{
	int root = openat(d->fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	buf[0] = '\0';
	if (root < 0)
		return -errno;
	fd = open_regular(root, path);
	close(root);
	return fd < 0 ? fd : read_all(fd, buf, size);
}

uint64_t proc_dir_space(const struct proc_dir *d, const char *name)
{
	struct stat st;

	return fstatat(d->fd, name, &st, 0) < 0 ? 0 : st.st_ino;
}

/* What stands behind the name, which may hold anything. */
pid_t proc_dir_parent(const struct proc_dir *d)
{
	char stat[512];
	const char *end;
	int parent;

	if (proc_dir_read(d, "stat", stat, sizeof(stat)) <= 0)
		return 0;
	end = strrchr(stat, ')');
	return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

int proc_dir_open_parent(const struct proc_dir *d, struct proc_dir *parent)
{
	pid_t pid = proc_dir_parent(d);
	int err = pid ? proc_dir_open(parent, pid) : -ESRCH;

	/* The process had ended, and its number was another's? */
	if (!err && proc_dir_parent(d) != pid) {
		proc_dir_close(parent);
		err = -ESRCH;
	}
	return err;
}
