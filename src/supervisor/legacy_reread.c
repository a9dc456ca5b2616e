// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_reread: one reading of iptables' tables, from who may have changed them to the reader. */
#include "supervisor/legacy_reread.h"

#include <errno.h>
#include <sys/wait.h>

#include "rules/base/clock.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot_make.h"
#include "supervisor/legacy_news.h"
#include "supervisor/legacy_openers.h"
#include "supervisor/legacy_peek.h"
#include "supervisor/legacy_readings.h"
#include "supervisor/run_state.h"

enum {
	HOLDER_MS = 200,	/* whoever holds the lock is given time to finish */
	HELD_AGAIN_MS = 10,		/* between two looks at rules that somebody is at for long */
	TRIES = 5,		/* readings, each overtaken by a change */
};

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
	l->opens += l->held && l->inside;
	if (!l->held)
		l->who[0] = '\0';
}

/* @text: what was read, of the families that are others; @rules: the same for the reader, or NULL */
static void answer_rules(struct run *r, const struct legacy_reading *text,
			 const struct reader_rules *rules)
{
	struct legacy_refresh *l = &r->reader.legacy;
	const struct reader_tables t = {
		.ask = l->ask, .held = l->held,
		.certain = l->certain, .touched = legacy_readings_touched(l, text),
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

/* @changed: families, a bit each */
static void start_texts(struct run *r, unsigned int changed)
{
	struct legacy_refresh *l = &r->reader.legacy;

	bulletin_post_reading(r->reader.board.post, true);
	l->changed = changed;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (changed & 1u << i &&
		    snapshot_start(&l->text[i], families[i], &r->plan.owner,
				   SNAP_TEXTS) < 0)
			l->text[i].pid = -1;
	l->reading = true;
}

static bool is_patient(const struct legacy_refresh *l, uint64_t now_ns)
{
	uint64_t patience = (l->held ? HELD_AGAIN_MS : HOLDER_MS) * NS_PER_MS;

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

/* They are as known: what the reader has in its hands is of that. */
static void answer_known(struct run *r, uint64_t now_ns)
{
	answer_rules(r, r->reader.legacy.known, NULL);
	conclude_reading(r, now_ns);
}

/* What the run itself puts back at its end is no change of theirs. */
static bool may_glance(const struct run *r)
{
	return !r->reader.tables.undoing;
}

/*
 * Until when were they as known, and since when are they as he leaves them?
 * Return: nothing is left to be read, or it is being read.
 */
static bool glance(struct run *r, bool inside, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;
	enum legacy_sight sight = may_glance(r) ? legacy_peek_look(r, inside, now_ns) :
		SIGHT_NONE;

	legacy_openers_hear(r);
	if (sight == SIGHT_NEW)
		reader_fence(&r->reader.process);
	if (sight == SIGHT_BACK)
		l->opens += 2;
	/* Two may have changed a table, and changed it back. */
	if (sight == SIGHT_KNOWN && l->opens <= 1) {
		note_doers(r, inside);
		answer_known(r, now_ns);
		return true;
	}
	if (inside || (sight != SIGHT_NEW && sight != SIGHT_OTHERS))
		return sight == SIGHT_LATER;
	note_doers(r, inside);
	TESTPOINT("tables-read");
	l->foreseen = true;
	start_texts(r, legacy_peek_changed(r));
	return true;
}

/* All of them without texts, which takes longer, and says more. */
static void read_all(struct run *r, bool inside, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;
	unsigned int changed;

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
	changed = legacy_readings_compare(r, l->known, l->now, NULL);
	if (changed) {
		if (!legacy_peek_saw(r, l->now))
			reader_fence(&r->reader.process);
		l->foreseen = false;
		start_texts(r, changed);
		return;
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		legacy_reading_take(&l->known[i], &l->now[i]);
	legacy_peek_done(r);
	answer_known(r, now_ns);
}

/*
 * What is read while somebody is at it may be changed the next moment.  So he is
 * waited for, unless he takes long: then it is read all the same, and again.  Who
 * comes later is the reader's to notice, in what it reads later.
 */
void legacy_reread_try(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;
	bool inside = legacy_openers_any(r);

	if (!l->since_ns)
		l->since_ns = now_ns;
	l->inside = inside;
	l->ask = atomic_load_explicit(&r->reader.stats->tables_ask,
				      memory_order_acquire);
	l->before = l->opens;
	if (glance(r, inside, now_ns) || (inside && is_patient(l, now_ns)))
		return;
	read_all(r, inside, now_ns);
}

bool legacy_reread_texts_ready(const struct legacy_refresh *l)
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
		else if (l->changed & 1u << i)
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
	answer_rules(r, text, &rules);
	/* Who gave notice made the reader wait. */
	legacy_readings_compare(r, l->known, text,
				l->announced ? legacy_news_told
					     : legacy_news_unnoticed);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		legacy_reading_take(&l->known[i], &text[i]);
}

static bool are_overtaken(struct run *r, const struct legacy_reading *text)
{
	struct legacy_refresh *l = &r->reader.legacy;

	return l->foreseen ? !legacy_peek_saw(r, text) :
		legacy_readings_compare(r, l->now, text, NULL);
}

/* The texts are of the rules that were read before, or it begins anew. */
void legacy_reread_finish(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;
	struct legacy_reading text[FAMILY_COUNT];
	int err = take_new_texts(l, text);
	bool overtaken = !err && are_overtaken(r, text);

	l->reading = false;
	if (l->foreseen)
		legacy_peek_held(r, !overtaken);
	if (overtaken && ++l->tries < TRIES) {
		/* More than one change. */
		l->before = 0;
		l->opens += 2;
		legacy_readings_release(text);
		return;
	}
	/* What is in the socket up to here may be of others, also where these are back. */
	if (overtaken || l->opens - l->by + l->held > 1) {
		reader_fence(&r->reader.process);
		l->certain = false;
	}
	l->held |= overtaken;
	l->inside |= overtaken;
	legacy_peek_done(r);
	if (err)
		legacy_readings_release(text);
	else
		hand_over(r, text);
	conclude_reading(r, now_ns);
}
