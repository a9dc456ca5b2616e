// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_waiters: who waits for the xtables lock while the run holds it. */
#include "supervisor/lock_waiters.h"

#include "base/msg.h"
#include "rules/base/clock.h"
#include "supervisor/run_state.h"

static struct run_waiter *find_waiter(struct run_host *h, pid_t pid)
{
	for (unsigned int i = 0; i < h->waiters; i++)
		if (h->waiter[i].pid == pid)
			return &h->waiter[i];
	return NULL;
}

/* Return: NULL when there is no room for one more. */
static struct run_waiter *note_waiter(struct run_host *h, pid_t pid)
{
	uint64_t now = clock_monotonic_ns();
	struct run_waiter *w = find_waiter(h, pid);

	if (!w && h->waiters < RUN_WAITERS) {
		w = &h->waiter[h->waiters++];
		w->pid = pid;
		w->since_ns = now;
		process_name(pid, w->name, sizeof(w->name));
		msg("pid %d (%s) waits for the xtables lock", (int)pid,
		    w->name);
	}
	if (w)
		w->until_ns = now;
	return w;
}

/* The command waits for the lock, while the run waits for the command's end. */
static void give_lock(struct run_host *h, const struct run_waiter *w)
{
	if (keeper_unlocked(&h->keeper) < 0)
		return;
	lock_release(&h->lock);
	h->locked = false;
	h->lock_given = true;
	h->unlocked_ns = clock_monotonic_ns();
	msg("the lock is released for pid %d (%s), which the command started: "
	    "what changes in the rules from now on is noticed and said",
	    (int)w->pid, w->name);
}

void lock_waiters_look(struct run_host *h, const struct command *c)
{
	struct lock_peer peer[2 * RUN_WAITERS];
	int n = h->locked ? lock_peers(&h->lock, peer, 2 * RUN_WAITERS) : 0;

	for (int i = 0; i < n; i++) {
		const struct run_waiter *w =
			peer[i].waits ? note_waiter(h, peer[i].pid) : NULL;

		if (w && w->pid != h->keeper.pid &&
		    command_is_parent_of(c, w->pid)) {
			give_lock(h, w);
			return;
		}
	}
}
