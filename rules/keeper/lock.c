// SPDX-License-Identifier: GPL-2.0-or-later
/* lock: the xtables lock, who holds it and who waits for it. */
#include "rules/keeper/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

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

void lock_close(struct lock *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/*
 * A blocking flock() keeps its place in the queue, which polling does not;
 * a thread of this process (not a child) puts its pid into /proc/locks.
 */
struct waiter {
	int fd;
	int done_fd;
	int result;
	atomic_bool give_up;
};

/* The handler is there to end a system call; by default SIGURG is ignored. */
enum { WAKE_SIGNAL = SIGURG, WAKE_MS = 10 };

static void on_wake(int sig)
{
	(void)sig;
}

static void *waiter_run(void *arg)
{
	struct waiter *w = arg;
	uint64_t one = 1;
	sigset_t wake;

	sigemptyset(&wake);
	sigaddset(&wake, WAKE_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &wake, NULL);
	do
		w->result = flock(w->fd, LOCK_EX) < 0 ? -errno : 0;
	while (w->result == -EINTR && !w->give_up);
	if (write(w->done_fd, &one, sizeof(one)) < 0)
		w->result = -errno;
	return NULL;
}

static int wait_for_waiter(const struct waiter *w, int wait_ms, int wake_fd)
{
	struct pollfd pfd[2] = {
		{ .fd = w->done_fd, .events = POLLIN },
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
static void call_back(struct waiter *w, pthread_t thread)
{
	w->give_up = true;
	do
		pthread_kill(thread, WAKE_SIGNAL);
	while (wait_for_waiter(w, WAKE_MS, -1) == -EWOULDBLOCK);
}

static int wait_in_thread(struct waiter *w, int wait_ms, int wake_fd)
{
	struct sigaction wake = { .sa_handler = on_wake }, before;
	pthread_t thread;
	int err;

	sigaction(WAKE_SIGNAL, &wake, &before);
	err = -pthread_create(&thread, NULL, waiter_run, w);
	if (err == 0) {
		err = wait_for_waiter(w, wait_ms, wake_fd);
		if (err)
			call_back(w, thread);
		pthread_join(thread, NULL);
		/* The thread may have got the lock in the very last moment. */
		if (err && w->result == 0)
			flock(w->fd, LOCK_UN);
		else if (!err)
			err = w->result;
	}
	sigaction(WAKE_SIGNAL, &before, NULL);
	return err;
}

int lock_acquire(struct lock *l, int wait_ms, int wake_fd)
{
	struct waiter w = { .fd = l->fd };
	int err;

	if (flock(l->fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK || wait_ms == 0)
		return -errno;
	w.done_fd = eventfd(0, EFD_CLOEXEC);
	if (w.done_fd < 0)
		return -errno;
	err = wait_in_thread(&w, wait_ms, wake_fd);
	close(w.done_fd);
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
