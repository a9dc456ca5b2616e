// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_refresh: reads iptables' tables again when others may have changed them. */
#include "supervisor/legacy_refresh.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "place/legacy_history.h"
#include "rules/base/clock.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot_make.h"
#include "supervisor/legacy_news.h"
#include "supervisor/run_state.h"

enum {
	FREE_MS = 500,		/* between two looks that nobody asked for */
	GUARDED_MS = 2000,	/* the same: who respects the lock changes nothing */
	SHARE = 50,		/* looks take 1/SHARE of the time at most ... */
	OPENED_SHARE = 8,	/* ... and this where others open the lock file */
	HOLDER_MS = 200,	/* whoever holds the lock is given time to finish */
	INSIDE_MS = 3000,	/* from opening its file to asking for it, on a busy machine */
	AGAIN_MS = 10,		/* between two looks at rules that somebody is at for long */
	SOON_MS = 2,
	TRIES = 5,		/* readings, each overtaken by a change */
	PEERS = 32,
	FINISH_MS = 2000,	/* at the end */
	COUNTED_FROM = 100,	/* packets, so that a count tells something ... */
	COUNTED_SHARE = 20,	/* ... and so many times those that came meanwhile */
};

static void init_reading(struct legacy_reading *g)
{
	*g = (struct legacy_reading){ .fd = -1 };
}

static void release_reading(struct legacy_reading *g)
{
	helper_release(&g->res);
	if (g->fd >= 0)
		close(g->fd);
	init_reading(g);
}

static void release_all(struct legacy_reading g[FAMILY_COUNT])
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		release_reading(&g[i]);
}

void legacy_refresh_init(struct legacy_refresh *l)
{
	memset(l, 0, sizeof(*l));
	l->watch = l->reader_watch = -1;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		init_reading(&l->known[i]);
		init_reading(&l->now[i]);
		l->text[i].pid = -1;
	}
}

void legacy_refresh_close(struct legacy_refresh *l)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (l->text[i].pid > 0)
			helper_cancel(&l->text[i]);
	release_all(l->known);
	release_all(l->now);
	if (l->watch >= 0)
		close(l->watch);
	if (l->reader_watch >= 0)
		close(l->reader_watch);
	legacy_refresh_init(l);
}

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

void legacy_refresh_watch(struct run *r)
{
	r->reader.legacy.watch = watch_file(r->host.lock.fd,
					    IN_OPEN | IN_CLOSE);
	r->reader.legacy.reader_watch = watch_file(r->host.lock.fd, IN_OPEN);
}

static bool is_guarded(const struct run *r)
{
	return r->reader.tables.guard == GUARD_LOCK;
}

static void post_guard(struct run *r, enum bulletin_guard guard)
{
	r->reader.tables.guard = (uint8_t)guard;
	r->reader.tables.windows += guard == GUARD_NONE;
	bulletin_post_tables(r->reader.board.post, &r->reader.tables);
}

void legacy_refresh_begin(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		l->known[i].snap = r->snapshots.rules.legacy[i];
	l->read_ns = clock_monotonic_ns();
	post_guard(r, r->host.locked ? GUARD_LOCK : GUARD_WATCH);
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
static bool somebody_is_at_it(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;
	pid_t holder;

	if (is_guarded(r))
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

static void hear_watch(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;
	char events[4096] __attribute__((aligned(8)));
	ssize_t n;
	unsigned int opens = 0;

	while (l->watch >= 0 &&
	       (n = read(l->watch, events, sizeof(events))) > 0)
		opens += count_opens(l, events, (size_t)n);
	/* Who finds the lock taken only waits. */
	if (!opens || is_guarded(r))
		return;
	l->opens += opens;
	/* What is read before the next packet comes leaves nothing in doubt. */
	if (!l->look_ns || l->look_ns > l->soon_ns)
		l->look_ns = l->soon_ns;
	somebody_is_at_it(r);
}

/* Those who wait for the lock have opened the file already. */
static unsigned int count_openers(const struct run *r)
{
	pid_t holder;
	unsigned int others = find_others(r, &holder);

	return others || !r->reader.legacy.inside_ns ? others : 1;
}

void legacy_refresh_unguard(struct run *r)
{
	hear_watch(r);
	r->reader.legacy.opens = count_openers(r);
	post_guard(r, GUARD_WATCH);
}

void legacy_window_open(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;

	if (r->reader.tables.guard == GUARD_NONE)
		return;
	hear_watch(r);
	if (is_guarded(r))
		l->opens = count_openers(r);
	l->window = true;
	post_guard(r, GUARD_NONE);
}

int legacy_window_close(struct run *r)
{
	if (r->reader.tables.guard != GUARD_NONE)
		return 0;
	hear_watch(r);
	post_guard(r, r->host.locked ? GUARD_LOCK : GUARD_WATCH);
	r->reader.legacy.wanted = true;
	return 0;
}

/* All tables at once, without texts. */
static int read_tables(struct run *r, struct legacy_reading now[FAMILY_COUNT])
{
	const struct legacy_refresh *l = &r->reader.legacy;
	struct helper h[FAMILY_COUNT];
	int err[FAMILY_COUNT], worst = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		init_reading(&now[i]);
		err[i] = !l->known[i].snap ? -ENOENT :
			snapshot_start(&h[i], families[i], &r->plan.owner,
				       SNAP_DIGESTS);
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!err[i])
			err[i] = snapshot_finish(&h[i], &now[i].res,
						 &now[i].snap, NULL);
		if (err[i] && err[i] != -ENOENT)
			worst = err[i];
	}
	return worst;
}

/*
 * Has any table changed?  Where @tell is not NULL it is told of each; a table that
 * is gone has no @now.
 */
static bool compare_family(struct run *r, unsigned int family,
			   const struct snapshot *then,
			   const struct snapshot *now, legacy_news_fn *tell)
{
	bool numbered = !r->reader.tables.undoing, any = false;

	for (unsigned int t = 0; then && now && t < then->tables; t++) {
		const char *name = then->table[t].name;
		int k = snapshot_table(now, name, strlen(name));

		if (k >= 0 && legacy_history_same(then, t, now,
						  (unsigned int)k, numbered))
			continue;
		any = true;
		/* Not of the run's own rules. */
		if (tell && (k < 0 ||
			     then->table[t].digest != now->table[k].digest))
			tell(r, family, &then->table[t],
			     k < 0 ? NULL : &now->table[k]);
	}
	return any || (then && now && then->tables < now->tables);
}

static bool compare(struct run *r, const struct legacy_reading *then,
		    const struct legacy_reading *now, legacy_news_fn *tell)
{
	bool any = false;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		any |= compare_family(r, i, then[i].snap, now[i].snap, tell);
	return any;
}

/*
 * Rules may have been changed and changed back.  Whoever does that by iptables puts
 * other tables in the place of the old ones, whose policies count from 0: tables in
 * which these went on to count were there all the time.
 */
static bool went_on(const struct snap_table *then, const struct snap_table *now)
{
	uint64_t more = now->passed - then->passed;

	return now->passed >= then->passed && then->passed > COUNTED_FROM &&
	       then->passed / COUNTED_SHARE > more;
}

static bool may_be_touched(const struct snapshot *then,
			   const struct snapshot *now)
{
	for (unsigned int t = 0; then && now && t < then->tables; t++) {
		const char *name = then->table[t].name;
		int k = snapshot_table(now, name, strlen(name));

		if (k >= 0 && then->table[t].digest == now->table[k].digest &&
		    !went_on(&then->table[t], &now->table[k]))
			return true;
	}
	return false;
}

/* By as many as came there can have been rules that nobody has read. */
static bool were_touched(const struct legacy_refresh *l)
{
	for (unsigned int i = 0; i < FAMILY_COUNT && l->by > 1; i++)
		if (may_be_touched(l->known[i].snap, l->now[i].snap))
			return true;
	return false;
}

static void take_reading(struct legacy_reading *to, struct legacy_reading *from)
{
	if (!from->snap)
		return;
	release_reading(to);
	*to = *from;
	if (from->fd >= 0)
		close(from->fd);
	to->fd = -1;
	init_reading(from);
}

/* The reading is over; from here on others count anew. */
static void conclude(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;

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

static void answer(struct run *r, const struct reader_rules *rules)
{
	struct legacy_refresh *l = &r->reader.legacy;
	const struct reader_tables t = {
		.ask = l->ask, .held = l->held,
		.certain = l->certain, .touched = were_touched(l),
	};

	if (!rules && l->ask == l->answered && !t.touched)
		return;
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
	l->held = inside || somebody_is_at_it(r);
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

	bool inside = somebody_is_at_it(r);

	if (!l->since_ns)
		l->since_ns = now_ns;
	if (inside && is_patient(l, now_ns))
		return;
	l->ask = atomic_load_explicit(&r->reader.stats->tables_ask,
				      memory_order_acquire);
	l->before = l->opens;
	release_all(l->now);
	if (read_tables(r, l->now) < 0) {
		/* Next time, or at the end. */
		l->before = 0;
		conclude(r, now_ns);
		return;
	}
	TESTPOINT("tables-read");
	hear_watch(r);
	note_doers(r, inside);
	if (compare(r, l->known, l->now, NULL)) {
		start_texts(r);
		return;
	}
	answer(r, NULL);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		take_reading(&l->known[i], &l->now[i]);
	conclude(r, now_ns);
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

static int take_texts(struct legacy_refresh *l,
		      struct legacy_reading text[FAMILY_COUNT])
{
	int worst = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		int err = 0;

		init_reading(&text[i]);
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
	answer(r, &rules);
	/* Who gave notice made the reader wait. */
	compare(r, l->known, text, l->announced ? legacy_news_told
						: legacy_news_unnoticed);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		take_reading(&l->known[i], &text[i]);
}

/* The texts are of the rules that were read before, or it begins anew. */
static void finish_texts(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;
	struct legacy_reading text[FAMILY_COUNT];
	int err = take_texts(l, text);
	bool overtaken = !err && compare(r, l->now, text, NULL);

	l->reading = false;
	if (overtaken && ++l->tries < TRIES) {
		/* More than one change. */
		l->before = 0;
		l->opens += 2;
		release_all(text);
		return;
	}
	l->held |= overtaken;
	if (err)
		release_all(text);
	else
		hand_over(r, text);
	conclude(r, now_ns);
}

static bool is_due(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;
	uint64_t pause = is_guarded(r) ? GUARDED_MS : FREE_MS;

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
	uint64_t pause = (is_guarded(r) ? GUARDED_MS : FREE_MS) *
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

	hear_watch(r);
	if (l->reading && texts_are_ready(l))
		finish_texts(r, now);
	l->wanted |= is_due(r, now);
	if (l->wanted && !l->reading) {
		try_to_read(r, now);
		set_next_look(r, now);
	}
	legacy_news_flush(r, now);
	if (l->reading || l->wanted)
		return l->held ? AGAIN_MS : SOON_MS;
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
		poll(NULL, 0, legacy_refresh_look(r) > SOON_MS ? AGAIN_MS
								: SOON_MS);
}

int legacy_refresh_verify(struct run *r,
			  void (*also)(struct run *r, unsigned int family,
				       const struct snapshot *now))
{
	struct legacy_refresh *l = &r->reader.legacy;
	struct legacy_reading now[FAMILY_COUNT];
	int err;

	hear_watch(r);
	err = read_tables(r, now);
	compare(r, l->known, now, l->opens || l->window ?
		legacy_news_told : legacy_news_unnoticed);
	legacy_news_flush(r, UINT64_MAX);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (now[i].snap)
			also(r, i, now[i].snap);
	release_all(now);
	return err;
}
