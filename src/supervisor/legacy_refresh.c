// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_refresh: reads iptables' tables again when others may have changed them. */
#include "supervisor/legacy_refresh.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/base/clock.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot_make.h"
#include "supervisor/legacy_news.h"
#include "supervisor/legacy_openers.h"
#include "supervisor/legacy_readings.h"
#include "supervisor/run_state.h"

enum {
	FREE_MS = 500,		/* between two looks that nobody asked for */
	GUARDED_MS = 2000,	/* the same: who respects the lock changes nothing */
	SHARE = 50,		/* looks take 1/SHARE of the time at most ... */
	OPENED_SHARE = 8,	/* ... and this where others open the lock file */
	HOLDER_MS = 200,	/* whoever holds the lock is given time to finish */
	AGAIN_MS = 10,		/* between two looks at rules that somebody is at for long */
	LOOK_SOON_MS = 2,
	TRIES = 5,		/* readings, each overtaken by a change */
	FINISH_MS = 2000,	/* at the end */
};

void legacy_refresh_init(struct legacy_refresh *l)
{
	memset(l, 0, sizeof(*l));
	l->watch = l->reader_watch = -1;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		legacy_reading_init(&l->known[i]);
		legacy_reading_init(&l->now[i]);
		legacy_reading_init(&l->last[i]);
		l->text[i].pid = -1;
	}
}

void legacy_refresh_close(struct legacy_refresh *l)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (l->text[i].pid > 0)
			helper_cancel(&l->text[i]);
	legacy_readings_release(l->known);
	legacy_readings_release(l->now);
	legacy_readings_release(l->last);
	if (l->watch >= 0)
		close(l->watch);
	if (l->reader_watch >= 0)
		close(l->reader_watch);
	legacy_refresh_init(l);
}

static void post_guard(struct run *r, enum bulletin_guard guard)
{
	r->reader.tables.guard = (uint8_t)guard;
	r->reader.tables.windows += guard == GUARD_NONE;
	bulletin_post_tables(r->reader.board.post, &r->reader.tables);
}

void legacy_refresh_guard(struct run *r)
{
	r->reader.legacy.read_ns = clock_monotonic_ns();
	post_guard(r, r->host.locked ? GUARD_LOCK : GUARD_WATCH);
}

void legacy_refresh_begin(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		l->known[i].snap = r->snapshots.rules.legacy[i];
}

void legacy_refresh_unguard(struct run *r)
{
	legacy_openers_hear(r);
	r->reader.legacy.opens = legacy_openers_count(r);
	post_guard(r, GUARD_WATCH);
}

void legacy_window_open(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;

	if (r->reader.tables.guard == GUARD_NONE)
		return;
	legacy_openers_hear(r);
	/* Whose change is not read yet counts as well: then two may have made it. */
	if (legacy_openers_guarded(r))
		l->opens += legacy_openers_count(r);
	l->window = true;
	post_guard(r, GUARD_NONE);
}

int legacy_window_close(struct run *r)
{
	if (r->reader.tables.guard != GUARD_NONE)
		return 0;
	legacy_openers_hear(r);
	post_guard(r, r->host.locked ? GUARD_LOCK : GUARD_WATCH);
	r->reader.legacy.wanted = true;
	return 0;
}

/* The reading is over; from here on others count anew. */
static void conclude_reading(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;

	bulletin_post_reading(r->reader.board.post, false);
	l->wanted = l->held;
	l->reading = false;
	l->since_ns = 0;
	l->tries = 0;
	l->read_ns = now_ns;
	l->opens -= l->before;
	/* Whoever was at it then still is, one of those or of these. */
	l->opens += l->held;
	l->who[0] = '\0';
}

static void answer_rules(struct run *r, const struct reader_rules *rules)
{
	struct legacy_refresh *l = &r->reader.legacy;
	const struct reader_tables t = {
		.ask = l->ask, .held = l->held,
		.certain = l->certain, .touched = legacy_readings_touched(l),
	};

	if (!rules && l->ask == l->answered && !t.touched)
		return;
	/* That of a reading which others overtook may stand before what they did. */
	if (t.touched)
		reader_fence(&r->reader.process);
	/* A reader that takes no message waits no longer than without one. */
	(void)reader_tables(&r->reader.process,
			    rules ? rules : &(struct reader_rules){
					.fd = { -1, -1, -1 } }, &t);
	l->answered = l->ask;
}

static void start_texts(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;

	reader_fence(&r->reader.process);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (l->known[i].snap &&
		    snapshot_start(&l->text[i], families[i], &r->plan.owner,
				   SNAP_TEXTS) < 0)
			l->text[i].pid = -1;
	l->reading = true;
}

static bool is_patient(const struct legacy_refresh *l, uint64_t now_ns)
{
	uint64_t patience = (l->held ? AGAIN_MS : HOLDER_MS) * NS_PER_MS;

	return now_ns - l->since_ns < patience;
}

/*
 * Whose doing can it be, what was read?  The run's own rules are mended as well.
 * @inside: somebody was at it when the reading began, and may have changed the
 * rules behind it, and gone.
 */
static void note_doers(struct run *r, bool inside)
{
	struct legacy_refresh *l = &r->reader.legacy;
	unsigned int mends = r->host.turns.moved + r->host.turns.put_back;

	l->by = l->opens;
	l->held = inside || legacy_openers_any(r);
	l->announced = l->by || l->window;
	l->certain = l->by == 1 && mends == l->mends;
	l->mends = mends;
	l->window &= r->reader.tables.guard == GUARD_NONE;
}

/*
 * What is read while somebody is at it may be changed the next moment.  So he is
 * waited for, unless he takes long: then it is read all the same, and again.  Who
 * comes later is the reader's to notice, in what it reads later.
 */
static void try_to_read(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;

	bool inside = legacy_openers_any(r);

	if (!l->since_ns)
		l->since_ns = now_ns;
	if (inside && is_patient(l, now_ns))
		return;
	l->ask = atomic_load_explicit(&r->reader.stats->tables_ask,
				      memory_order_acquire);
	l->before = l->opens;
	bulletin_post_reading(r->reader.board.post, true);
	legacy_readings_release(l->now);
	if (legacy_readings_read(r, l->now) < 0) {
		/* Next time, or at the end. */
		l->before = 0;
		conclude_reading(r, now_ns);
		return;
	}
	TESTPOINT("tables-read");
	legacy_openers_hear(r);
	note_doers(r, inside);
	if (legacy_readings_compare(r, l->known, l->now, NULL)) {
		start_texts(r);
		return;
	}
	answer_rules(r, NULL);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		legacy_reading_take(&l->known[i], &l->now[i]);
	conclude_reading(r, now_ns);
}

static bool texts_are_ready(const struct legacy_refresh *l)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		siginfo_t si = { 0 };

		if (l->text[i].pid > 0 &&
		    waitid(P_PID, (id_t)l->text[i].pid, &si,
			   WEXITED | WNOHANG | WNOWAIT) == 0 && si.si_pid == 0)
			return false;
	}
	return true;
}

static int take_new_texts(struct legacy_refresh *l,
			  struct legacy_reading text[FAMILY_COUNT])
{
	int worst = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		int err = 0;

		legacy_reading_init(&text[i]);
		if (l->text[i].pid > 0)
			err = snapshot_finish(&l->text[i], &text[i].res,
					      &text[i].snap, &text[i].fd);
		else if (l->known[i].snap)
			err = -ECHILD;
		l->text[i].pid = -1;
		worst = err ? err : worst;
	}
	return worst;
}

static void hand_over(struct run *r, struct legacy_reading text[FAMILY_COUNT])
{
	struct legacy_refresh *l = &r->reader.legacy;
	struct reader_rules rules = { .fd = { -1, -1, -1 } };

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		rules.fd[i] = text[i].fd;
		rules.size[i] = text[i].res.len;
	}
	answer_rules(r, &rules);
	/* Who gave notice made the reader wait. */
	legacy_readings_compare(r, l->known, text,
				l->announced ? legacy_news_told
					     : legacy_news_unnoticed);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		legacy_reading_take(&l->known[i], &text[i]);
}

/* The texts are of the rules that were read before, or it begins anew. */
static void finish_texts(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;
	struct legacy_reading text[FAMILY_COUNT];
	int err = take_new_texts(l, text);
	bool overtaken = !err && legacy_readings_compare(r, l->now, text, NULL);

	l->reading = false;
	if (overtaken && ++l->tries < TRIES) {
		/* More than one change. */
		l->before = 0;
		l->opens += 2;
		legacy_readings_release(text);
		return;
	}
	/* What is in the socket up to here may be of others, also where these are back. */
	if (overtaken || l->held || l->opens != l->by) {
		reader_fence(&r->reader.process);
		l->certain = false;
	}
	l->held |= overtaken;
	if (err)
		legacy_readings_release(text);
	else
		hand_over(r, text);
	conclude_reading(r, now_ns);
}

static bool is_reading_due(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;
	uint64_t pause = legacy_openers_guarded(r) ? GUARDED_MS : FREE_MS;

	if (atomic_load_explicit(&r->reader.stats->tables_ask,
				 memory_order_acquire) != l->answered)
		return true;
	if (!l->look_ns)
		l->look_ns = now_ns + pause * NS_PER_MS;
	return now_ns >= l->look_ns;
}

static void set_next_look(struct run *r, uint64_t begun_ns)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t pause = (legacy_openers_guarded(r) ? GUARDED_MS : FREE_MS) *
		NS_PER_MS;

	if (pause < (now - begun_ns) * SHARE)
		pause = (now - begun_ns) * SHARE;
	r->reader.legacy.look_ns = now + pause;
	r->reader.legacy.soon_ns = now + (now - begun_ns) * OPENED_SHARE;
}

int legacy_refresh_look(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;
	uint64_t now = clock_monotonic_ns();

	legacy_openers_hear(r);
	if (l->reading && texts_are_ready(l))
		finish_texts(r, now);
	l->wanted |= is_reading_due(r, now);
	if (l->wanted && !l->reading) {
		try_to_read(r, now);
		set_next_look(r, now);
	}
	legacy_news_flush(r, now);
	if (l->reading || l->wanted)
		return l->held ? AGAIN_MS : LOOK_SOON_MS;
	now = clock_monotonic_ns();
	return l->look_ns <= now ? 0 : (int)((l->look_ns - now) / NS_PER_MS) + 1;
}

void legacy_refresh_finish(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;
	uint64_t end = clock_monotonic_ns() + FINISH_MS * NS_PER_MS;

	while ((l->reading || (l->wanted && !l->held) ||
		atomic_load_explicit(&r->reader.stats->tables_ask,
				     memory_order_acquire) != l->answered) &&
	       clock_monotonic_ns() < end)
		poll(NULL, 0, legacy_refresh_look(r) > LOOK_SOON_MS ? AGAIN_MS
								: LOOK_SOON_MS);
}

int legacy_refresh_verify(struct run *r,
			  void (*also)(struct run *r, unsigned int family,
				       const struct snapshot *now))
{
	struct legacy_refresh *l = &r->reader.legacy;
	int err;

	legacy_openers_hear(r);
	err = legacy_readings_read(r, l->last);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (l->last[i].snap)
			also(r, i, l->last[i].snap);
	return err;
}

void legacy_refresh_verified(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;

	legacy_readings_compare(r, l->known, l->last,
				l->opens || l->window ? legacy_news_told
						      : legacy_news_unnoticed);
	legacy_news_flush(r, UINT64_MAX);
	legacy_readings_release(l->last);
}
