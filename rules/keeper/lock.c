// SPDX-License-Identifier: GPL-2.0-or-later
/* lock: the xtables lock, who holds it and who waits for it. */
#include "rules/keeper/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "rules/base/run_dir.h"

const char *lock_path(void)
{
	const char *path = getenv("XTABLES_LOCKFILE");

	return path && *path ? path : "/run/xtables.lock";
}

int lock_open(struct lock *l)
{
	struct stat st;

	snprintf(l->path, sizeof(l->path), "%s", lock_path());
	/* A FIFO would wait for whoever writes to it. */
	l->fd = open(l->path, O_CREAT | O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		     0600);
	if (l->fd < 0)
		return -errno;
	if (fstat(l->fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	lock_close(l);
	return -EMEDIUMTYPE;
}

int lock_could_open(void)
{
	char path[PATH_MAX];
	struct stat st;
	char *slash;

	snprintf(path, sizeof(path), "%s", lock_path());
	if (lstat(path, &st) == 0)
		return -ENOLINK;
	slash = strrchr(path, '/');
	if (!slash)
		return run_dir_room(".");
	slash[slash == path] = '\0';
	return run_dir_room(path);
}

void lock_close(struct lock *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* The handler is there to end a system call; by default SIGURG is ignored. */
enum { WAKE_SIGNAL = SIGURG, WAKE_MS = 10 };

static void on_wake(int sig)
{
	(void)sig;
}

static void *wait_in_thread(void *arg)
{
	struct lock_wait *w = arg;
	uint64_t one = 1;
	sigset_t wake;

	sigemptyset(&wake);
	sigaddset(&wake, WAKE_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &wake, NULL);
	do
		w->result = flock(w->lock_fd, LOCK_EX) < 0 ? -errno : 0;
	while (w->result == -EINTR && !w->give_up);
	if (write(w->fd, &one, sizeof(one)) < 0)
		w->result = -errno;
	return NULL;
}

int lock_wait_begin(struct lock_wait *w, const struct lock *l)
{
	struct sigaction wake = { .sa_handler = on_wake };
	int err;

	memset(w, 0, sizeof(*w));
	w->lock_fd = l->fd;
	w->fd = eventfd(0, EFD_CLOEXEC);
	if (w->fd < 0)
		return -errno;
	sigaction(WAKE_SIGNAL, &wake, &w->before);
	err = -pthread_create(&w->thread, NULL, wait_in_thread, w);
	if (!err)
		return 0;
	sigaction(WAKE_SIGNAL, &w->before, NULL);
	close(w->fd);
	w->fd = -1;
	return err;
}

int lock_wait_finish(struct lock_wait *w)
{
	pthread_join(w->thread, NULL);
	sigaction(WAKE_SIGNAL, &w->before, NULL);
	close(w->fd);
	w->fd = -1;
	return w->result;
}

/* Return: 0: it is over; -EWOULDBLOCK after the time, -ECANCELED when woken, or -errno. */
static int await_wait(const struct lock_wait *w, int wait_ms, int wake_fd)
{
	struct pollfd pfd[2] = {
		{ .fd = w->fd, .events = POLLIN },
		{ .fd = wake_fd, .events = POLLIN },
	};
	int n;

	do
		n = poll(pfd, 2, wait_ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -EWOULDBLOCK;
	return pfd[0].revents ? 0 : -ECANCELED;
}

/*
 * The thread may not wait on when its caller does no longer: it would get the lock
 * one day and keep it.  A signal that comes just before its system call is lost,
 * hence the loop.
 */
bool lock_wait_cancel(struct lock_wait *w)
{
	w->give_up = true;
	do
		pthread_kill(w->thread, WAKE_SIGNAL);
	while (await_wait(w, WAKE_MS, -1) == -EWOULDBLOCK);
	return lock_wait_finish(w) == 0;
}

int lock_acquire(struct lock *l, int wait_ms, int wake_fd)
{
	struct lock_wait w;
	int err;

	if (flock(l->fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK || wait_ms == 0)
		return -errno;
	err = lock_wait_begin(&w, l);
	if (err)
		return err;
	err = await_wait(&w, wait_ms, wake_fd);
	if (!err)
		return lock_wait_finish(&w);
	if (lock_wait_cancel(&w))
		lock_release(l);
	return err;
}

void lock_release(struct lock *l)
{
	if (l->fd >= 0)
		flock(l->fd, LOCK_UN);
}

int lock_peers(const struct lock *l, struct lock_peer *peer, unsigned int max)
{
	unsigned int count = 0, maj, min;
	unsigned long long ino;
	struct stat st;
	char line[256];
	FILE *f;
	int pid;

	if (fstat(l->fd, &st) < 0)
		return -errno;
	f = fopen("/proc/locks", "re");
	if (!f)
		return -errno;
	while (count < max && fgets(line, sizeof(line), f)) {
		const char *arrow = strstr(line, "->");
		const char *p = strstr(line, "FLOCK ");

		if (!p || sscanf(p, "FLOCK %*s %*s %d %x:%x:%llu", &pid, &maj,
				 &min, &ino) != 4)
			continue;
		if (ino != st.st_ino || maj != major(st.st_dev) ||
		    min != minor(st.st_dev))
			continue;
		peer[count].pid = pid > 0 ? pid : 0;
		peer[count++].waits = arrow != NULL;
	}
	fclose(f);
	return (int)count;
}
