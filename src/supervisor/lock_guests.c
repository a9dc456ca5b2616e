// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_guests: the processes that are about the lock file now: at its door, inside, in the queue. */
#include "supervisor/lock_guests.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "rules/base/clock.h"
#include "rules/base/owner.h"
#include "supervisor/lock_waiters.h"
#include "supervisor/run_state.h"

bool lock_guests_is_run(pid_t pid)
{
	char name[24];

	if (!pid)
		return false;
	process_short_name(pid, name, sizeof(name));
	return strcmp(name, "nftrace") == 0 ||
	       strcmp(name, "nftrace-keeper") == 0;
}

static struct lock_guest *add(struct lock_turns *t, pid_t pid)
{
	struct lock_guest *g = &t->guest[t->guests];

	if (t->guests == LOCK_GUESTS)
		return NULL;
	t->guests++;
	*g = (struct lock_guest) {
		.pid = pid, .ask = -1, .since_ns = clock_monotonic_ns(),
		.who = lock_waiters_note(t, pid),
	};
	return g;
}

struct lock_guest *lock_guests_add(struct run_host *h, pid_t pid, int ask)
{
	struct lock_guest *g = add(&h->turns, pid);

	if (g) {
		g->ask = ask;
		g->inside = true;
	}
	return g;
}

struct lock_guest *lock_guests_inside(struct run_host *h, pid_t pid)
{
	struct lock_turns *t = &h->turns;

	for (unsigned int i = 0; i < t->guests; i++)
		if (t->guest[i].inside && t->guest[i].pid == pid)
			return &t->guest[i];
	return NULL;
}

void lock_guests_drop(struct run_host *h, struct lock_guest *g)
{
	struct lock_turns *t = &h->turns;

	lock_door_admit(&t->door, g->ask);
	*g = t->guest[--t->guests];
}

void lock_guests_admit(struct run_host *h)
{
	struct lock_turns *t = &h->turns;

	for (unsigned int i = 0; i < t->guests; i++) {
		lock_door_admit(&t->door, t->guest[i].ask);
		t->guest[i].ask = -1;
	}
}

/* Of several under one pid the first. */
static struct lock_guest *find(struct lock_turns *t, pid_t pid)
{
	for (unsigned int i = 0; i < t->guests; i++)
		if (t->guest[i].pid == pid)
			return &t->guest[i];
	return NULL;
}

/* inotify names nobody: who waits is one of those that it told of. */
static void mark_unknown(struct lock_turns *t)
{
	for (unsigned int i = 0; i < t->guests; i++)
		if (!t->guest[i].pid)
			t->guest[i].waited = true;
}

static void note_in_queue(struct lock_turns *t, pid_t pid)
{
	struct lock_guest *g = find(t, pid);

	if (!g)
		g = add(t, pid);
	if (!g)
		return;
	if (!g->waited) {
		g->since_ns = clock_monotonic_ns();
		if (t->use == LOCK_KEPT || lock_guests_is_run(pid))
			lock_waiters_waits(t, g->who);
	}
	g->waits = g->waited = true;
	mark_unknown(t);
}

/* Who gave up, or got what he waited for, or was killed. */
static void drop_gone(struct run_host *h)
{
	struct lock_turns *t = &h->turns;

	for (unsigned int i = 0; i < t->guests; ) {
		struct lock_guest *g = &t->guest[i];
		bool lives = g->pid == 0 || kill(g->pid, 0) == 0 ||
			errno != ESRCH;

		if (g->waits || (g->inside && lives) || g->given)
			i++;
		else
			lock_guests_drop(h, g);
	}
}

static void note_waited(struct lock_turns *t, uint64_t since)
{
	uint64_t now = clock_monotonic_ns();

	for (unsigned int i = 0; i < t->guests; i++)
		if (t->guest[i].waits && t->guest[i].who)
			t->guest[i].who->waited_ns += now - (since >
				t->guest[i].since_ns ? since :
				t->guest[i].since_ns);
}

void lock_guests_look(struct run_host *h)
{
	struct lock_peer peer[LOCK_GUESTS];
	struct lock_turns *t = &h->turns;
	int n = lock_peers(&h->lock, peer, LOCK_GUESTS);

	note_waited(t, t->seen_ns);
	t->seen_ns = clock_monotonic_ns();
	for (unsigned int i = 0; i < t->guests; i++)
		t->guest[i].waits = false;
	t->foreign_holder = false;
	for (int i = 0; i < n; i++) {
		if (peer[i].pid == getpid() || peer[i].pid == h->keeper.pid)
			continue;
		if (peer[i].waits)
			note_in_queue(t, peer[i].pid);
		else
			t->foreign_holder = !h->locked;
		t->busy_ns = t->seen_ns;
	}
	drop_gone(h);
}
