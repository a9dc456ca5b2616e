/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shelf: the journeys under way, by key and by age; those set aside; spare memory. */
#ifndef NFTRACE_SHELF_H
#define NFTRACE_SHELF_H

#include <stdbool.h>
#include <stdint.h>

struct journey;

enum { SHELF_BUCKETS = 2048, SHELF_IDS = 2048,
       SHELF_WALK = 64 };	/* of one key; so much time an event at most */

struct shelf {
	struct journey *bucket[SHELF_BUCKETS];	/* by .hash_next */
	struct journey *by_id[SHELF_IDS];	/* by .id_next */
	struct journey *oldest, *newest;	/* by .newer, .older */
	struct journey *aside;			/* by .newer, .older */
	struct journey *spare;			/* by .newer */
	uint64_t events;			/* so far, of all journeys */
	uint32_t open;				/* how many are under way */
	uint32_t aside_count;
	bool queues;				/* one was given to NFQUEUE once */
	uint32_t snaplen;
};

/** shelf_open - an empty shelf; shelf_close() frees all that stands on it */
void shelf_open(struct shelf *s, uint32_t snaplen);
void shelf_close(struct shelf *s);

/**
 * shelf_add - put up a journey that has yet to begin, as the newest
 * Return: owned by the shelf; NULL: no memory.
 */
struct journey *shelf_add(struct shelf *s, uint64_t key);

/** shelf_rekey - user space has made another packet of it */
void shelf_rekey(struct shelf *s, struct journey *j, uint64_t key);

/** shelf_touch - it is the newest now */
void shelf_touch(struct shelf *s, struct journey *j);

/**
 * shelf_bind - nft's trace id is this journey's from now on
 * shelf_find - whose is it?  NULL: nobody's
 *
 * The kernel makes ids from addresses of buffers, which are used again at once:
 * the last one bound has it.
 */
void shelf_bind(struct shelf *s, struct journey *j, uint32_t id);
struct journey *shelf_find(const struct shelf *s, uint32_t id);

/** shelf_unbind - it has no id any more */
void shelf_unbind(struct shelf *s, struct journey *j);

/** shelf_trade_ids - each of the two, which have ids, gets the other's */
void shelf_trade_ids(struct shelf *s, struct journey *a, struct journey *b);

/**
 * shelf_set_aside - one that was taken, until shelf_fetch()
 * It is the shelf's to free meanwhile.
 */
void shelf_set_aside(struct shelf *s, struct journey *j);
void shelf_fetch(struct shelf *s, struct journey *j);

/**
 * shelf_take - it is over, though its id is known yet
 * shelf_give_back() has to follow, or shelf_put_back(): it was not.
 */
void shelf_take(struct shelf *s, struct journey *j);
void shelf_give_back(struct shelf *s, struct journey *j);
void shelf_put_back(struct shelf *s, struct journey *j);

/** shelf_bucket - the first of a list by .hash_next in which those of @key are */
static inline struct journey *shelf_bucket(const struct shelf *s, uint64_t key)
{
	return s->bucket[key % SHELF_BUCKETS];
}

#endif
