/* SPDX-License-Identifier: GPL-2.0-or-later */
/* order: packets that are over go on in the order in which they came. */
#ifndef NFTRACE_ORDER_H
#define NFTRACE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

struct journey;

enum {
	/*
	 * ms that a packet which is over waits for those before it.  Silence ends
	 * them (journey_patience_ns()), so twice as long is enough for all but
	 * those that user space holds.
	 */
	ORDER_WAIT_MS = 500,
	ORDER_READY_MAX = 4096,	/* packets that wait; one more, and the first goes */
	/*
	 * ms behind a packet's last event in which the kernel frees it, if it is lost
	 * where it was: it does so in the same run of a softirq.
	 */
	ORDER_SETTLE_MS = 5,
	/* ms in all for one whose record waits for the name of its function. */
	ORDER_NAME_MS = 5000,
};

struct order;

/**
 * order_open - no packet has come yet
 * @next: takes a journey whose turn it is, and owns it from then on
 * @arg: borrowed until order_close(), as @next is
 * Return: NULL: no memory.
 */
struct order *order_open(void (*next)(void *arg, struct journey *j), void *arg);

/**
 * order_want - only the next @n packets are asked for
 * @surplus: as @next of order_open(): gets what comes later, where too many wait for records
 * Of packets that @next is given none may be left out: no one takes its place.
 */
void order_want(struct order *o, uint64_t n,
		void (*surplus)(void *arg, struct journey *j));

/** order_close - what waits stays its owner's: order_finish() first; NULL is nothing */
void order_close(struct order *o);

/** order_hold - a journey is over, and something else will order_add() it within some time */
void order_hold(struct order *o, const struct journey *j);

/**
 * order_add - a journey is over, and waits for its turn only
 * @now_ns: CLOCK_MONOTONIC, here and below; of a file's events, theirs
 *
 * Journeys whose turn it is now are handed out before this returns, maybe @j.
 */
void order_add(struct order *o, struct journey *j, uint64_t now_ns);

/**
 * order_settle - the kernel's drop records that were written by @mark_ns are known
 *
 * Without a call nobody waits for records.  After the first one a journey whose last
 * event was read less than ORDER_SETTLE_MS before waits, too; of those whose turn it
 * was before ORDER_READY_MAX, of all others as many as there is room for.  One that
 * goes all the same is not settled: of its packet a record may come yet.
 */
void order_settle(struct order *o, uint64_t mark_ns);

/**
 * order_is_settled - is each record known that can be of a journey?
 * @mark_ns: as order_settle() was told
 */
bool order_is_settled(const struct journey *j, uint64_t mark_ns);

/** order_skip - a journey is over, and nothing is to be told of it */
void order_skip(struct order *o, const struct journey *j);

/** order_take_back - a journey was not over; nothing if it was not held or added */
void order_take_back(struct order *o, const struct journey *j);

/**
 * order_expire - whoever was waited for too long is waited for no more
 * To be called behind journeys_expire(), which ends those that were silent.
 * Return: ms until the next may be due, -1: nothing waits for time.
 */
int order_expire(struct order *o, uint64_t now_ns);

/** order_due_ms - how long order_expire() has nothing to do at least; -1: nothing waits */
int order_due_ms(const struct order *o, uint64_t now_ns);

/** order_finish - all that waits, in order, whoever is missing */
void order_finish(struct order *o);

/** order_each - for all that were added and wait */
void order_each(struct order *o, void (*fn)(void *arg, struct journey *j),
		void *arg);

#endif
