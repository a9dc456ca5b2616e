// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_refresh: reads iptables' tables again when others may have changed them. */
#include "supervisor/legacy_refresh.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "supervisor/legacy_news.h"
#include "supervisor/legacy_openers.h"
#include "supervisor/legacy_peek.h"
#include "supervisor/legacy_readings.h"
#include "supervisor/legacy_reread.h"
#include "supervisor/run_state.h"

enum {
	FREE_MS = 500,		/* between two looks that nobody asked for */
	GUARDED_MS = 2000,	/* the same: who respects the lock changes nothing */
	SHARE = 50,		/* looks take 1/SHARE of the time at most ... */
	OPENED_SHARE = 8,	/* ... and this where others open the lock file */
	AGAIN_MS = 10,		/* between two looks at rules that somebody is at for long */
	LOOK_SOON_MS = 2,
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
	table_room_release(&l->peek.room);
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
	if (l->reading && legacy_reread_texts_ready(l))
		legacy_reread_finish(r, now);
	l->wanted |= is_reading_due(r, now);
	if (l->wanted && !l->reading) {
		legacy_reread_try(r, now);
		set_next_look(r, now);
	}
	legacy_news_flush(r, now);
	if (l->reading || l->wanted)
		return l->held && !legacy_peek_goes_on(r) ? AGAIN_MS : LOOK_SOON_MS;
	now = clock_monotonic_ns();
	return l->look_ns <= now ? 0 : (int)((l->look_ns - now) / NS_PER_MS) + 1;
}

bool legacy_refresh_is_busy(const struct run *r)
{
	return r->reader.legacy.wanted || r->reader.legacy.reading;
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
