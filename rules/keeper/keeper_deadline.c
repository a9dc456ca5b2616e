// SPDX-License-Identifier: GPL-2.0-or-later
/* keeper_deadline: until when the run's rules match, and writing that anew. */
#include "rules/keeper/keeper_deadline.h"

#include <errno.h>
#include <time.h>

#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "rules/keeper/apply.h"
#include "rules/keeper/keeper_turns.h"
#include "rules/keeper/keeping.h"
#include "rules/legacy/ledger.h"
#include "rules/legacy/trace_rules.h"
#include "rules/nft/found.h"

/* To wait for the lock; then the deadline is not renewed. */
enum { RENEW_LOCK_MS = 5000 };

/* Seconds since epoch at which the rules shall stop matching. */
static int64_t deadline_end(const struct keeping *s)
{
	uint64_t now = clock_monotonic_ns(), left;

	if (s->end_ns == 0)
		return time(NULL) + KEEPER_LEASE_SECONDS;
	left = s->end_ns > now ? s->end_ns - now : 0;
	return time(NULL) + (int64_t)(left / NS_PER_S) +
	       KEEPER_DEADLINE_SECONDS;
}

/* nft's rules go by the kernel's own clock. */
static int renew_nft(struct keeping *s, int64_t end, struct keeper_message *m)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct nft_trigger_set *set = &s->plan->nft[i];
		int err = set->use && !set->key_only ?
			nft_trigger_renew(families[i], &s->plan->undo.owner,
					  apply_left_ms(end)) : 0;

		if (err) {
			apply_failed(m, err, "renewing the deadline of the nft "
				       "table", i);
			return err;
		}
	}
	return 0;
}

static int renew_raw(struct keeping *s, int64_t end, struct keeper_message *m)
{
	struct undo *u = &s->plan->undo;

	for (unsigned int i = 0; i < FAMILY_COUNT && s->plan->deadline; i++) {
		int err = u->rules[i] ?
			trace_rules_renew(families[i], &u->owner, end) : 0;

		/* Others took them out: they go in again, with this end. */
		if (err == -ENOENT && !s->put_back)
			err = 0;
		if (err) {
			apply_failed(m, err, "renewing the deadline of the "
				       "TRACE rules", i);
			return err;
		}
	}
	return 0;
}

/* Write a deadline that fits the clock as it is now into all rules of the run. */
int keeper_deadline_renew(struct keeping *s, struct keeper_message *m)
{
	struct undo *u = &s->plan->undo;
	int64_t end = deadline_end(s);
	int err = renew_nft(s, end, m);

	if (err)
		return err;
	if (!s->plan->hold_lock)
		err = lock_acquire(s->plan->lock, RENEW_LOCK_MS, -1);
	if (err) {
		apply_failed(m, err, "waiting for the xtables lock", 0);
		return err;
	}
	err = renew_raw(s, end, m);
	u->owner.end = end;
	ledger_date(&u->owner);
	/* Who cannot see the supervisor goes by the end that is recorded. */
	if (!err)
		err = apply_record(s->plan, m);
	keeper_turns_return(s);
	return err;
}

/* Has any rule of the run a deadline? */
bool keeper_deadline_any(const struct keeping *s)
{
	bool any = s->plan->deadline;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		any |= s->plan->nft[i].use && !s->plan->nft[i].key_only;
	return any;
}

/* Arming took so long that the deadline would come before the end. */
void keeper_deadline_check(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_LEASE_LOST };

	if (keeper_deadline_any(s) && s->end_ns && !s->undone &&
	    s->plan->undo.owner.end < deadline_end(s) - 1 && keeper_deadline_renew(s, &m) < 0)
		keeping_tell(s, &m);
}

/*
 * The rules were written before the run was armed: their own end counts.  Where they
 * have none nothing writes another, and it is time to look again in a while.  A clock
 * that was set meanwhile may say anything: no more than a lease is believed.
 */
uint64_t keeper_deadline_ns(const struct keeping *s)
{
	const int64_t most = KEEPER_LEASE_SECONDS;
	uint64_t now = clock_monotonic_ns(), past;
	int64_t left = keeper_deadline_any(s) ?
		s->plan->undo.owner.end - time(NULL) : most;

	if (left >= 0)
		return now + (uint64_t)(left < most ? left : most) * NS_PER_S;
	past = (uint64_t)(left > -most ? -left : most) * NS_PER_S;
	return now > past ? now - past : 0;
}

/* Somebody had frozen the keeper: for how long did the rules match nothing? */
void keeper_deadline_tell_hole(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_LEASE_LATE };
	uint64_t now = clock_monotonic_ns();

	if (!keeper_deadline_any(s) || now <= s->lease_ns)
		return;
	m.hole_ns = now - s->lease_ns;
	keeping_tell(s, &m);
}
