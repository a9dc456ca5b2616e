// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_waiters: who waits for the xtables lock while the run holds it. */
#include "supervisor/lock_waiters.h"

#include "base/msg.h"
#include "rules/base/clock.h"
#include "supervisor/run_state.h"

static struct run_waiter *find_waiter(struct run *r, pid_t pid)
{
	for (unsigned int i = 0; i < r->waiters; i++)
		if (r->waiter[i].pid == pid)
			return &r->waiter[i];
	if (r->waiters == RUN_WAITERS)
		return NULL;
	return &r->waiter[r->waiters];
}

/* A command that waits for us to let go, while we wait for it to end. */
static void give_lock(struct run *r, const struct run_waiter *w)
{
	if (keeper_unlocked(&r->keeper) < 0)
		return;
	lock_release(&r->lock);
	r->locked = false;
	r->lock_given = true;
	r->unlocked_ns = clock_monotonic_ns();
	msg("the lock is released for pid %d (%s), which the command started: "
	    "what changes in the rules from now on is noticed and said",
	    (int)w->pid, w->name);
}

void lock_waiters_look(struct run *r)
{
	struct lock_peer peer[2 * RUN_WAITERS];
	uint64_t now = clock_monotonic_ns();
	int n;

	if (!r->locked)
		return;
	n = lock_peers(&r->lock, peer, 2 * RUN_WAITERS);
	for (int i = 0; i < n; i++) {
		struct run_waiter *w;

		if (!peer[i].waits)
			continue;
		w = find_waiter(r, peer[i].pid);
		if (!w)
			continue;
		if (w == &r->waiter[r->waiters]) {
			r->waiters++;
			w->pid = peer[i].pid;
			w->since_ns = now;
			process_name(w->pid, w->name, sizeof(w->name));
			msg("pid %d (%s) waits for the xtables lock",
			    (int)w->pid, w->name);
		}
		w->until_ns = now;
		if (w->pid != r->keeper.pid &&
		    command_is_parent_of(&r->command, w->pid)) {
			give_lock(r, w);
			return;
		}
	}
}
