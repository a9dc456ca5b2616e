// SPDX-License-Identifier: GPL-2.0-or-later
/* keeper_turns: the keeper lets the lock go, takes it back, and mends raw with it. */
#include "rules/keeper/keeper_turns.h"

#include <errno.h>

#include "rules/base/testpoint.h"
#include "rules/keeper/apply.h"
#include "rules/keeper/keeping.h"
#include "rules/keeper/lock_door.h"
#include "rules/legacy/trace_mend.h"
#include "rules/legacy/trace_rules.h"

enum {
	UNDO_LOCK_MS = 3000,	/* to wait for the lock; then without it */
	DOOR_LOOKS = 10,	/* then the supervisor is stopped or stuck */
};

void keeper_turns_borrow(struct keeping *s)
{
	/*
	 * Removing without the lock is safe as far as the kernel notices
	 * foreign changes; leaving the rules in is not.
	 */
	if (!s->plan->hold_lock)
		lock_acquire(s->plan->lock, UNDO_LOCK_MS, -1);
}

/* Who stands in the queue as well has got it with this, and is heard next. */
void keeper_turns_return(struct keeping *s)
{
	if (!s->plan->hold_lock && s->wait.fd < 0)
		lock_release(s->plan->lock);
}

void keeper_turns_leave_queue(struct keeping *s)
{
	if (s->wait.fd >= 0 && lock_wait_cancel(&s->wait))
		s->plan->hold_lock = true;
}

/* For good: the lock, and whoever was held when he opened its file. */
void keeper_turns_open_door(struct keeping *s)
{
	lock_release(s->plan->lock);
	lock_door_leave(s->plan->door);
}

/* What they have counted till now is lost when others take them out. */
static void note_counted(struct keeping *s)
{
	const struct undo *u = &s->plan->undo;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (!u->rules[i] || s->undone ||
		    trace_mend_count(families[i], &u->owner, &s->counted[i]) < 0)
			s->counted[i] = 0;
}

void keeper_turns_give(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_GIVEN };

	TESTPOINT("keeper-before-give");
	note_counted(s);
	s->plan->hold_lock = false;
	lock_release(s->plan->lock);
	TESTPOINT("keeper-given");
	keeping_tell(s, &m);
}

/* The owner's end may be another by now than what the entries were made with. */
static int mend_family(struct keeping *s, unsigned int i, struct trace_mended *m)
{
	const struct undo *u = &s->plan->undo;
	int err;

	trace_rules_date(&s->plan->set[i], &u->owner, s->plan->deadline);
	err = trace_mend(&s->plan->set[i], &u->owner, !s->put_back, m);
	if (!err && m->packets < s->counted[i])
		m->dropped += s->counted[i] - m->packets;
	s->counted[i] = 0;
	return err;
}

static void mend_rules(struct keeping *s, struct keeper_message *m)
{
	bool put_back = s->put_back;

	TESTPOINT("keeper-before-mend");
	for (unsigned int i = 0; i < FAMILY_COUNT && !m->error; i++) {
		int err = s->plan->undo.rules[i] ?
			mend_family(s, i, &m->mended[i]) : 0;

		put_back |= m->mended[i].put_back > 0;
		if (err)
			apply_failed(m, err, "putting the TRACE rules back "
				       "into raw", i);
	}
	s->put_back = put_back;
	TESTPOINT("keeper-after-mend");
}

/* @err: of the wait */
static void have_taken(struct keeping *s, int err)
{
	struct keeper_message m = { .event = KEEPER_TAKEN };

	if (err) {
		apply_failed(&m, err, "waiting for the xtables lock", 0);
	} else if (!s->undone) {
		s->plan->hold_lock |= s->plan->gives_lock;
		mend_rules(s, &m);
	}
	/* Others' from the start, or from the end on. */
	keeper_turns_return(s);
	keeping_tell(s, &m);
}

void keeper_turns_take(struct keeping *s)
{
	int err;

	TESTPOINT("keeper-before-take");
	if (s->wait.fd >= 0)
		return;
	err = s->undone ? -ECANCELED : lock_acquire(s->plan->lock, 0, -1);
	if (err == -EWOULDBLOCK)
		err = lock_wait_begin(&s->wait, s->plan->lock);
	if (err || s->wait.fd < 0)
		have_taken(s, err);
}

void keeper_turns_taken(struct keeping *s)
{
	have_taken(s, lock_wait_finish(&s->wait));
}

/*
 * The supervisor takes what comes by the door.  When it does not, nobody waits any
 * longer for the sake of a trace.
 */
void keeper_turns_look_at_door(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_GIVEN };

	if (!s->armed || !lock_door_waits(s->plan->door)) {
		s->door_looks = 0;
		return;
	}
	if (++s->door_looks < DOOR_LOOKS)
		return;
	s->door_looks = 0;
	keeper_turns_leave_queue(s);
	if (s->plan->gives_lock) {
		s->plan->hold_lock = false;
		lock_release(s->plan->lock);
	}
	lock_door_leave(s->plan->door);
	keeping_tell(s, &m);
}
