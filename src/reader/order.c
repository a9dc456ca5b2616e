// SPDX-License-Identifier: GPL-2.0-or-later
/* order: packets that are over go on in the order in which they came. */
#include "reader/order.h"

#include <stdlib.h>

#include "journey/journey.h"
#include "rules/base/units.h"

/*
 * From the first packet whose turn has not come to the last one that is over:
 * as many as can be under way, wait for their rules, and wait here.
 */
enum { SLOTS = 1 << 14 };

enum slot_state {
	SLOT_OPEN,	/* under way, or has not come yet */
	SLOT_HELD,	/* over, and kept elsewhere */
	SLOT_READY,	/* over: .j */
	SLOT_SKIPPED,	/* over, and nothing is to be told */
};

struct slot {
	struct journey *j;
	uint8_t state;		/* enum slot_state */
};

struct order {
	struct slot slot[SLOTS];	/* by journey.serial */
	uint64_t next;		/* serial of the one whose turn it is */
	uint64_t due_ns;	/* nothing that waits is late before; UINT64_MAX: never */
	uint32_t ready;		/* slots of this state */
	uint64_t settled_ns;	/* .last_ns up to which no record comes any more */
	struct journey *passed, **passed_end;	/* not settled; by .links.newer */
	uint32_t passed_count;
	void (*hand_out)(void *arg, struct journey *j);
	void (*surplus)(void *arg, struct journey *j);	/* behind .want of them; NULL: all are wanted */
	uint64_t want;
	uint64_t newest;	/* no slot behind this serial is ready */
	void *arg;
};

struct order *order_open(void (*next)(void *arg, struct journey *j), void *arg)
{
	struct order *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->hand_out = next;
	o->arg = arg;
	o->settled_ns = UINT64_MAX;
	o->passed_end = &o->passed;
	return o;
}

void order_want(struct order *o, uint64_t n,
		void (*surplus)(void *arg, struct journey *j))
{
	o->want = n;
	o->surplus = surplus;
}

void order_close(struct order *o)
{
	free(o);
}

static struct slot *slot_at(struct order *o, uint64_t serial)
{
	return &o->slot[serial % SLOTS];
}

/* Its turn, or nobody waits for it any more. */
static void pass(struct order *o)
{
	struct slot *s = slot_at(o, o->next++);
	struct journey *j = s->j;
	bool ready = s->state == SLOT_READY;

	*s = (struct slot){ .state = SLOT_OPEN };
	if (!ready)
		return;
	o->ready--;
	o->hand_out(o->arg, j);
}

static void pass_to(struct order *o, uint64_t end)
{
	while (o->next < end)
		pass(o);
}

static bool is_settled(const struct order *o, const struct journey *j)
{
	return j->last_ns <= o->settled_ns;
}

static bool is_due(const struct order *o, const struct slot *s)
{
	return s->state == SLOT_SKIPPED ||
	       (s->state == SLOT_READY && is_settled(o, s->j));
}

/* All whose turn it is. */
static void advance(struct order *o)
{
	while (is_due(o, slot_at(o, o->next)))
		pass(o);
}

static bool is_passed(const struct order *o, const struct journey *j)
{
	return j->serial < o->next;
}

/* It is far behind as many as are wanted: there is no slot for it, and none needed. */
static bool is_beyond(const struct order *o, const struct journey *j)
{
	return o->surplus && o->ready >= o->want && j->serial - o->next >= SLOTS;
}

static void put(struct order *o, const struct journey *j, struct slot s)
{
	if (j->serial - o->next >= SLOTS)
		pass_to(o, j->serial - SLOTS + 1);
	*slot_at(o, j->serial) = s;
}

/* Return: serial of the first that is ready. */
static uint64_t first_ready(struct order *o)
{
	uint64_t serial = o->next;

	while (slot_at(o, serial)->state != SLOT_READY)
		serial++;
	return serial;
}

void order_hold(struct order *o, const struct journey *j)
{
	if (!is_passed(o, j) && !is_beyond(o, j))
		put(o, j, (struct slot){ .state = SLOT_HELD });
}

static void hand_out_first(struct order *o)
{
	struct journey *j = o->passed;

	o->passed = j->links.newer;
	if (!o->passed)
		o->passed_end = &o->passed;
	o->passed_count--;
	o->hand_out(o->arg, j);
}

/* Its turn was before; only a record may come yet. */
static void add_passed(struct order *o, struct journey *j)
{
	if (is_settled(o, j)) {
		o->hand_out(o->arg, j);
		return;
	}
	j->links.newer = NULL;
	*o->passed_end = j;
	o->passed_end = &j->links.newer;
	if (++o->passed_count > ORDER_READY_MAX)
		hand_out_first(o);
}

static void hand_out_passed(struct order *o, bool all)
{
	while (o->passed && (all || is_settled(o, o->passed)))
		hand_out_first(o);
}

static void take_passed(struct order *o, const struct journey *j)
{
	struct journey **at = &o->passed;

	while (*at && *at != j)
		at = &(*at)->links.newer;
	if (!*at)
		return;
	o->passed_count--;
	*at = j->links.newer;
	if (!*at)
		o->passed_end = at;
}

/* Return: .last_ns up to which no record comes any more. */
static uint64_t settled_by(uint64_t mark_ns)
{
	const uint64_t settle_ns = ORDER_SETTLE_MS * NS_PER_MS;

	return mark_ns > settle_ns ? mark_ns - settle_ns : 0;
}

bool order_is_settled(const struct journey *j, uint64_t mark_ns)
{
	return j->last_ns <= settled_by(mark_ns);
}

void order_settle(struct order *o, uint64_t mark_ns)
{
	o->settled_ns = settled_by(mark_ns);
	hand_out_passed(o, false);
	advance(o);
}

/* The last of those that wait: enough are before it. */
static void give_up_newest(struct order *o)
{
	struct slot *s;
	struct journey *j;

	while (slot_at(o, o->newest)->state != SLOT_READY)
		o->newest--;
	s = slot_at(o, o->newest);
	j = s->j;
	*s = (struct slot){ .state = SLOT_SKIPPED };
	o->ready--;
	o->surplus(o->arg, j);
}

/*
 * Where messages are lost without a pause no records can be read: then they, or one
 * under way, are waited for no longer than where there is room.
 */
static bool may_wait(struct order *o, uint64_t now_ns)
{
	const struct slot *s = slot_at(o, first_ready(o));

	return s->j->ready_ns + ORDER_WAIT_MS * NS_PER_MS > now_ns;
}

static void make_room(struct order *o, uint64_t now_ns)
{
	if (o->surplus && o->want < ORDER_READY_MAX && may_wait(o, now_ns)) {
		give_up_newest(o);
		return;
	}
	pass_to(o, first_ready(o));
	advance(o);
}

void order_add(struct order *o, struct journey *j, uint64_t now_ns)
{
	uint64_t due_ns = now_ns + ORDER_WAIT_MS * NS_PER_MS;

	if (is_passed(o, j)) {
		add_passed(o, j);
		return;
	}
	if (is_beyond(o, j)) {
		o->surplus(o->arg, j);
		return;
	}
	/* Some who are late may have waited for this one. */
	if (o->ready && slot_at(o, j->serial)->state == SLOT_HELD)
		due_ns = now_ns;
	if (!o->ready || due_ns < o->due_ns)
		o->due_ns = due_ns;
	j->ready_ns = now_ns;
	put(o, j, (struct slot){ .j = j, .state = SLOT_READY });
	o->ready++;
	if (j->serial > o->newest)
		o->newest = j->serial;
	advance(o);
	if (o->ready > ORDER_READY_MAX)
		make_room(o, now_ns);
}

void order_skip(struct order *o, const struct journey *j)
{
	if (is_passed(o, j) || is_beyond(o, j))
		return;
	put(o, j, (struct slot){ .state = SLOT_SKIPPED });
	advance(o);
}

void order_take_back(struct order *o, const struct journey *j)
{
	struct slot *s = slot_at(o, j->serial);

	if (is_passed(o, j)) {
		take_passed(o, j);
		return;
	}
	o->ready -= s->state == SLOT_READY;
	*s = (struct slot){ .state = SLOT_OPEN };
}

static bool is_late(const struct order *o, const struct journey *j,
		    uint64_t now_ns)
{
	uint64_t wait_ms = is_settled(o, j) ? ORDER_WAIT_MS : ORDER_NAME_MS;

	return j->ready_ns + wait_ms * NS_PER_MS <= now_ns;
}

/* When it is to be asked again whether it is late: what is not settled may be by then. */
static uint64_t next_look(const struct journey *j, uint64_t now_ns)
{
	uint64_t late_ns = j->ready_ns + ORDER_WAIT_MS * NS_PER_MS;

	return late_ns > now_ns ? late_ns : now_ns + ORDER_SETTLE_MS * NS_PER_MS;
}

/*
 * Where the turn is once all who are late have had theirs, and when the next
 * one is late.  What is held comes by itself, and what waits for its records is
 * settled in a moment: nobody goes past it.
 */
static uint64_t find_end(struct order *o, uint64_t now_ns)
{
	uint64_t end = o->next, serial = o->next;
	uint32_t seen = 0;
	bool held = false, unsettled = false;

	o->due_ns = UINT64_MAX;
	for (; seen < o->ready; serial++) {
		const struct slot *s = slot_at(o, serial);
		uint64_t look_ns;

		held |= s->state == SLOT_HELD;
		if (s->state != SLOT_READY)
			continue;
		seen++;
		if (is_late(o, s->j, now_ns) && !unsettled) {
			end = held ? end : serial + 1;
			continue;
		}
		unsettled |= !is_settled(o, s->j);
		look_ns = next_look(s->j, now_ns);
		if (look_ns < o->due_ns)
			o->due_ns = look_ns;
	}
	return end;
}

int order_expire(struct order *o, uint64_t now_ns)
{
	if (o->ready && o->due_ns <= now_ns) {
		pass_to(o, find_end(o, now_ns));
		advance(o);
	}
	return order_due_ms(o, now_ns);
}

static const struct slot *next_slot(const struct order *o)
{
	return &o->slot[o->next % SLOTS];
}

/* Each turn of the reader's settles what can be: the next one is soon enough. */
static bool waits_for_records(const struct order *o)
{
	const struct slot *s = next_slot(o);

	return o->passed || (s->state == SLOT_READY && !is_settled(o, s->j));
}

int order_due_ms(const struct order *o, uint64_t now_ns)
{
	int settle_ms = waits_for_records(o) ? ORDER_SETTLE_MS : -1;
	uint64_t left_ms;

	if (!o->ready || o->due_ns == UINT64_MAX)
		return settle_ms;
	if (o->due_ns <= now_ns)
		return 0;
	left_ms = (o->due_ns - now_ns) / NS_PER_MS + 1;
	return settle_ms >= 0 && left_ms > ORDER_SETTLE_MS ? settle_ms
							   : (int)left_ms;
}

void order_finish(struct order *o)
{
	hand_out_passed(o, true);
	while (o->ready)
		pass(o);
}

void order_each(struct order *o, void (*fn)(void *arg, struct journey *j),
		void *arg)
{
	uint64_t serial = o->next;

	for (struct journey *j = o->passed; j; j = j->links.newer)
		fn(arg, j);
	for (uint32_t left = o->ready; left; serial++) {
		struct slot *s = slot_at(o, serial);

		if (s->state != SLOT_READY)
			continue;
		left--;
		fn(arg, s->j);
	}
}
