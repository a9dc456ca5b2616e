/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey_table: the journeys under way, by key and by age; those set aside; spare memory. */
#ifndef NFTRACE_JOURNEY_TABLE_H
#define NFTRACE_JOURNEY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/journey_types.h"
#include "rules/base/units.h"

enum {
	JOURNEY_TABLE_BUCKETS = HASH_SLOTS(2048),	/* half of OPEN_MAX: lists of two */
	JOURNEY_TABLE_IDS = HASH_SLOTS(2048),
	JOURNEY_TABLE_WALK = 64,	/* of one key that an event is held against */
};

struct journey_table {
	struct journey *bucket[JOURNEY_TABLE_BUCKETS];	/* by .links.hash_next */
	struct journey *over[JOURNEY_TABLE_BUCKETS];	/* taken or removed, and not yet freed */
	struct journey *by_id[JOURNEY_TABLE_IDS];	/* by .links.id_next */
	struct journey *oldest, *newest;	/* by .links.newer, .older */
	struct journey *aside;			/* by .links.newer, .older */
	struct journey *spare;			/* by .links.newer */
	uint64_t events;			/* so far, of all journeys */
	uint64_t moves;				/* how often one came under way, went, or got another key */
	uint32_t open;				/* how many are under way */
	uint32_t aside_count;
	bool queues;	/* a packet was given to NFQUEUE once */
	uint32_t snaplen;	/* bytes kept of each packet */
};

/**
 * journey_table_open - an empty table; journey_table_close() frees all journeys that are in it
 * @s: zeroed: most of it is never touched
 */
void journey_table_open(struct journey_table *s, uint32_t snaplen);
void journey_table_close(struct journey_table *s);

/**
 * journey_table_add - put up a journey that has yet to begin, as the newest
 * Return: owned by the table; NULL: no memory.
 */
struct journey *journey_table_add(struct journey_table *s, uint64_t key);

/**
 * journey_table_take - the same, not put up
 *
 * journey_table_put_back() or journey_table_free_journey() has to follow.
 */
struct journey *journey_table_take(struct journey_table *s, uint64_t key);

/** journey_table_rekey - user space has made another packet of the journey's */
void journey_table_rekey(struct journey_table *s, struct journey *j,
			 uint64_t key);

/** journey_table_renew - the journey is the newest now, and was not */
void journey_table_renew(struct journey_table *s, struct journey *j);

/** journey_table_touch - the journey is the newest now */
static inline void journey_table_touch(struct journey_table *s,
				       struct journey *j)
{
	if (s->newest != j)
		journey_table_renew(s, j);
}

/**
 * journey_table_bind - nft's trace id is this journey's from now on
 * journey_table_find - whose is the id?  NULL: nobody's
 *
 * The kernel makes ids from addresses of buffers, which are used again at once:
 * the last one bound has it.
 */
void journey_table_bind(struct journey_table *s, struct journey *j,
			uint32_t id);
struct journey *journey_table_find(const struct journey_table *s, uint32_t id);

/** journey_table_unbind - the journey has no id any more */
void journey_table_unbind(struct journey_table *s, struct journey *j);

/** journey_table_trade_ids - each of the two, which have ids, gets the other's */
void journey_table_trade_ids(struct journey_table *s, struct journey *a,
			     struct journey *b);

/**
 * journey_table_set_aside - keep a journey that was removed, until journey_table_fetch()
 *
 * The journey is the table's to free meanwhile.
 */
void journey_table_set_aside(struct journey_table *s, struct journey *j);
void journey_table_fetch(struct journey_table *s, struct journey *j);

/**
 * journey_table_remove - a journey is over; its id is known yet
 *
 * journey_table_free_journey() has to follow, or journey_table_put_back() if the
 * journey was not over, or journey_table_set_aside().
 */
void journey_table_remove(struct journey_table *s, struct journey *j);
void journey_table_free_journey(struct journey_table *s, struct journey *j);
void journey_table_put_back(struct journey_table *s, struct journey *j);

/** journey_table_bucket - the first of a list by .links.hash_next in which those of @key are */
static inline struct journey *journey_table_bucket(
	const struct journey_table *s, uint64_t key)
{
	return s->bucket[key % JOURNEY_TABLE_BUCKETS];
}

/** journey_table_is_alone - none other under way is in its list, so none has its key */
static inline bool journey_table_is_alone(const struct journey_table *s,
					  const struct journey *j)
{
	return journey_table_bucket(s, j->key) == j && !j->links.hash_next;
}

/** journey_table_over - the same of those that are not under way: taken, or removed */
static inline struct journey *journey_table_over(const struct journey_table *s,
						 uint64_t key)
{
	return s->over[key % JOURNEY_TABLE_BUCKETS];
}

#endif
