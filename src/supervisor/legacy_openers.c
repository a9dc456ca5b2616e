// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_openers: who opens the lock file, and so may change iptables' tables. */
#include "supervisor/legacy_openers.h"

#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "rules/base/clock.h"
#include "rules/base/owner.h"
#include "rules/base/units.h"
#include "supervisor/run_state.h"

enum {
	INSIDE_MS = 3000,	/* from opening its file to asking for it, on a busy machine */
	PEERS = 32,
};

/* The file that is locked, whatever is at its path by now. */
static int watch_file(int lock, uint32_t what)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", lock);
	if (fd >= 0 && inotify_add_watch(fd, path, what) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void legacy_openers_watch(struct run *r)
{
	r->reader.legacy.watch = watch_file(r->host.lock.fd,
					    IN_OPEN | IN_CLOSE);
	r->reader.legacy.reader_watch = watch_file(r->host.lock.fd, IN_OPEN);
}

bool legacy_openers_guarded(const struct run *r)
{
	return r->reader.tables.guard == GUARD_LOCK;
}

/* Who holds the lock or waits for it, but for this run.  Return: how many. */
static unsigned int find_others(const struct run *r, pid_t *holder)
{
	struct lock_peer peer[PEERS];
	int n = r->host.lock.fd < 0 ? 0 :
		lock_peers(&r->host.lock, peer, PEERS);
	unsigned int others = 0;

	*holder = 0;
	for (int i = 0; i < n; i++) {
		if (peer[i].pid == getpid() || peer[i].pid == r->host.keeper.pid)
			continue;
		others++;
		if (!*holder || !peer[i].waits)
			*holder = peer[i].pid;
	}
	return others;
}

/*
 * Is somebody at the tables, or about to be?  Whoever has opened the file asks for
 * the lock next; one who keeps the file open for long is no sign of that.
 */
bool legacy_openers_any(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;
	pid_t holder;

	if (legacy_openers_guarded(r))
		return false;
	if (find_others(r, &holder)) {
		if (holder)
			process_name(holder, l->who, sizeof(l->who));
		return true;
	}
	return l->inside_ns && clock_monotonic_ns() - l->inside_ns <
			       INSIDE_MS * NS_PER_MS;
}

/* Return: how often the file was opened, at least; equal events are told once. */
static unsigned int count_opens(struct legacy_refresh *l, const char *events,
				size_t n)
{
	const struct inotify_event *e;
	unsigned int opens = 0;

	for (size_t at = 0; at < n; at += sizeof(*e) + e->len) {
		e = (const struct inotify_event *)(const void *)(events + at);
		opens += !!(e->mask & IN_OPEN);
		l->inside_ns = e->mask & IN_OPEN ? clock_monotonic_ns() : 0;
	}
	return opens;
}

void legacy_openers_hear(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;
	char events[4096] __attribute__((aligned(8)));
	ssize_t n;
	unsigned int opens = 0;

	while (l->watch >= 0 &&
	       (n = read(l->watch, events, sizeof(events))) > 0)
		opens += count_opens(l, events, (size_t)n);
	/* Who finds the lock taken only waits. */
	if (!opens || legacy_openers_guarded(r))
		return;
	l->opens += opens;
	/* What is read before the next packet comes leaves nothing in doubt. */
	if (!l->look_ns || l->look_ns > l->soon_ns)
		l->look_ns = l->soon_ns;
	legacy_openers_any(r);
}

/* Waiters for the lock have opened its file already. */
unsigned int legacy_openers_count(const struct run *r)
{
	pid_t holder;
	unsigned int others = find_others(r, &holder);

	return others || !r->reader.legacy.inside_ns ? others : 1;
}
