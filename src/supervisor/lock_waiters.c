// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_waiters: who wanted the xtables lock during the run, what they got, and how it is said. */
#include "supervisor/lock_waiters.h"

#include <stdio.h>
#include <string.h>

#include "base/msg.h"
#include "rules/base/owner.h"
#include "rules/base/process.h"
#include "supervisor/run_state.h"

/* Lines about processes of one name and parent, and in all: a kube-proxy comes every 10 s. */
enum { SAID_MAX = 3, SAID_IN_ALL = 10 };

enum { WHO = 256 };

static bool is_like(const struct run_waiter *a, const struct run_waiter *b)
{
	return strcmp(a->program, b->program) == 0 &&
	       strcmp(a->parent, b->parent) == 0;
}

struct run_waiter *lock_waiters_note(struct lock_turns *t, pid_t pid)
{
	struct run_waiter new = { .pid = pid };
	pid_t parent = pid ? process_parent(pid) : 0;

	if (pid) {
		process_name(pid, new.name, sizeof(new.name));
		process_short_name(pid, new.program, sizeof(new.program));
	}
	if (parent)
		process_short_name(parent, new.parent, sizeof(new.parent));
	for (unsigned int i = 0; i < t->waiters; i++) {
		if (!is_like(&t->waiter[i], &new))
			continue;
		t->waiter[i].pid = pid;
		memcpy(t->waiter[i].name, new.name, sizeof(new.name));
		return &t->waiter[i];
	}
	if (t->waiters == RUN_WAITERS)
		return NULL;
	t->waiter[t->waiters] = new;
	return &t->waiter[t->waiters++];
}

void lock_waiters_who(const struct run_waiter *w, char *buf, size_t size)
{
	if (!w->pid)
		snprintf(buf, size, "a process that is not to be seen from here");
	else
		snprintf(buf, size, "pid %d (%s%s%s)", (int)w->pid, w->name,
			 w->parent[0] ? ", started by " : "", w->parent);
}

/* Return: false: enough was said of them. */
static bool shall_say(struct lock_turns *t, struct run_waiter *w, char who[WHO])
{
	if (w->said == SAID_MAX || t->said == SAID_IN_ALL)
		return false;
	w->said++;
	t->said++;
	lock_waiters_who(w, who, WHO);
	return true;
}

void lock_waiters_waits(struct lock_turns *t, struct run_waiter *w)
{
	char who[WHO];

	if (!w)
		return;
	w->waited++;
	if (shall_say(t, w, who))
		msg("%s waits for the xtables lock", who);
}

void lock_waiters_had(struct lock_turns *t, struct run_waiter *w, uint64_t ns)
{
	char who[WHO];

	if (!w)
		return;
	w->had++;
	w->had_ns += ns;
	if (shall_say(t, w, who))
		msg("%s waits for the xtables lock: it was given to it for "
		    "%.3f s", who, (double)ns / 1e9);
}

void lock_waiters_refused(struct lock_turns *t, struct run_waiter *w)
{
	char who[WHO];

	if (!w)
		return;
	w->refused++;
	if (shall_say(t, w, who))
		msg("warning: %s wanted the xtables lock and did not wait: "
		    "its change was not made: run it again (-w waits)", who);
}

/* One of them, or what all have in common. */
static void print_one(const struct run_waiter *w)
{
	char who[WHO];

	if (w->pid && w->had + w->waited + w->refused > 1)
		snprintf(who, sizeof(who), "%s%s%s (last: pid %d)", w->program,
			 w->parent[0] ? ", started by " : "", w->parent,
			 (int)w->pid);
	else
		lock_waiters_who(w, who, sizeof(who));
	if (w->had)
		msg("  %s had the xtables lock %u time%s, %.3f s in all", who,
		    w->had, plural(w->had), (double)w->had_ns / 1e9);
	if (w->waited)
		msg("  %s waited %.1f s for the lock", who,
		    (double)w->waited_ns / 1e9);
	if (w->refused > 1)
		msg("  %s did not wait for the lock, %u times", who,
		    w->refused);
}

void lock_waiters_print(const struct lock_turns *t)
{
	for (unsigned int i = 0; i < t->waiters; i++)
		print_one(&t->waiter[i]);
}
