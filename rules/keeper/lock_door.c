// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_door: who opens the lock file; where the kernel lets us, before he has it open. */
#include "rules/keeper/lock_door.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "rules/keeper/lock.h"

void lock_door_open(struct lock_door *d)
{
	d->kind = DOOR_NONE;
	d->fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK,
			      O_RDONLY | O_CLOEXEC);
	d->fanotify = d->fd >= 0;
	if (d->fd < 0)
		d->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
}

static bool mark(const struct lock_door *d, const struct lock *l, uint64_t mask)
{
	return fanotify_mark(d->fd, FAN_MARK_ADD, mask | FAN_CLOSE, l->fd,
			     NULL) == 0;
}

static bool watch_by_inotify(const struct lock_door *d, const struct lock *l)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", l->fd);
	return inotify_add_watch(d->fd, path, IN_OPEN | IN_CLOSE) >= 0;
}

void lock_door_watch(struct lock_door *d, const struct lock *l)
{
	if (d->fd < 0)
		return;
	if (!d->fanotify)
		d->kind = watch_by_inotify(d, l) ? DOOR_TELLS : DOOR_NONE;
	else if (mark(d, l, FAN_OPEN_PERM))
		d->kind = DOOR_ASKS;
	else
		d->kind = mark(d, l, FAN_OPEN) ? DOOR_KNOWS : DOOR_NONE;
}

/* One message a read: no longer one fits. */
static bool next_of_fanotify(struct lock_door *d, struct door_event *e)
{
	struct fanotify_event_metadata m;

	if (read(d->fd, &m, sizeof(m)) != sizeof(m))
		return false;
	e->pid = m.pid;
	e->opens = m.mask & (FAN_OPEN_PERM | FAN_OPEN);
	e->ask = -1;
	if (m.mask & FAN_OPEN_PERM)
		e->ask = m.fd;
	else if (m.fd >= 0)
		close(m.fd);
	return true;
}

static bool next_of_inotify(struct lock_door *d, struct door_event *e)
{
	struct inotify_event in;

	if (read(d->fd, &in, sizeof(in)) != sizeof(in))
		return false;
	*e = (struct door_event) { .opens = in.mask & IN_OPEN, .ask = -1 };
	return true;
}

bool lock_door_next(struct lock_door *d, struct door_event *e)
{
	if (d->fd < 0)
		return false;
	return d->fanotify ? next_of_fanotify(d, e) : next_of_inotify(d, e);
}

void lock_door_admit(const struct lock_door *d, int ask)
{
	const struct fanotify_response yes = {
		.fd = ask, .response = FAN_ALLOW,
	};

	ssize_t n = ask < 0 ? 0 : write(d->fd, &yes, sizeof(yes));

	/* He may have been killed meanwhile, and the answer be refused. */
	(void)n;
	if (ask >= 0)
		close(ask);
}

bool lock_door_waits(const struct lock_door *d)
{
	struct pollfd pfd = { .fd = d->fd, .events = POLLIN };

	return d->fd >= 0 && poll(&pfd, 1, 0) > 0;
}

void lock_door_leave(struct lock_door *d)
{
	struct door_event e;

	if (d->fd < 0 || !d->fanotify)
		return;
	fanotify_mark(d->fd, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL);
	while (lock_door_next(d, &e))
		lock_door_admit(d, e.ask);
}

void lock_door_close(struct lock_door *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}
