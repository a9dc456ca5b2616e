/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bulletin: what the supervisor tells the reader, in memory that the reader cannot write. */
#ifndef NFTRACE_BULLETIN_H
#define NFTRACE_BULLETIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "protocol/drop_places.h"
#include "protocol/ipset_question.h"
#include "protocol/losses.h"
#include "protocol/ways.h"
#include "rules/base/family.h"

enum { BULLETIN_QUEUES = 16 };

/* Queues of user space that hold packets, by their numbers. */
struct bulletin_queues {
	uint16_t number[BULLETIN_QUEUES];
	unsigned int count;
	bool more;		/* others do as well, or nobody knows */
};

/* What keeps others from changing iptables' tables unseen. */
enum bulletin_guard {
	GUARD_NONE,	/* nothing: the lock was given away */
	GUARD_LOCK,	/* the xtables lock is the run's */
	GUARD_WATCH,	/* nothing does, but it shows that somebody comes */
};

/* One writer for every field: the supervisor.  It never reads what it decides by in here. */
struct bulletin {
	/*
	 * Counted up when one of the four below is another.  Release by the
	 * supervisor, behind them; acquire by the reader, before them.
	 */
	_Atomic uint32_t tables_epoch;
	_Atomic uint8_t guard;			/* enum bulletin_guard */
	_Atomic uint32_t windows;		/* how often it was GUARD_NONE */
	_Atomic bool undoing;			/* the run's rules may be gone */
	_Atomic bool keeper_gone;		/* and with it the run's nft tables */
	_Atomic bool reading;			/* iptables' tables, just now; no order */
	/*
	 * The question (struct stats, .nft_ask) that .nft_generation answers.
	 * Release by the supervisor, behind the answer; acquire by the reader,
	 * before it.
	 */
	_Atomic uint32_t nft_answered;
	_Atomic uint32_t nft_generation;	/* or a later one, already */
	/* The same for the question which queues hold packets (.queue_ask). */
	_Atomic uint32_t queues_answered;
	_Atomic uint32_t queues;		/* .count, of those below */
	_Atomic bool more_queues;
	_Atomic uint16_t queue[BULLETIN_QUEUES];
	struct loss_answer loss[LOSS_SLOTS];	/* ordered there */
	struct drop_place_answer drop_place[DROP_PLACES];	/* the same */
	struct way_answer way[WAYS];		/* the same */
	struct ipset_reply ipset;		/* to struct stats, .ipset; ordered there */
	/* The same for the question what conntrack has dropped (.confirm_ask). */
	_Atomic uint32_t confirms_answered;
	_Atomic uint64_t confirms;	/* new connections that it could not confirm, of late */
};

/* The two mappings of one memory. */
struct bulletin_board {
	struct bulletin *post;		/* the supervisor's; no child inherits it */
	const struct bulletin *view;	/* nobody can make it writable */
};

/**
 * bulletin_open - empty, before the reader is forked
 * Return: 0 or -errno.
 */
int bulletin_open(struct bulletin_board *b);

/** bulletin_close - unmap both here; one that is zeroed or half open is taken */
void bulletin_close(struct bulletin_board *b);

/* What the supervisor knows of the tables; its own, and what it decides by. */
struct bulletin_tables {
	uint8_t guard;			/* enum bulletin_guard */
	uint32_t windows;		/* how often it was GUARD_NONE */
	bool undoing;
	bool keeper_gone;
};

/** bulletin_post_tables - the supervisor: they are others from now on */
void bulletin_post_tables(struct bulletin *b, const struct bulletin_tables *t);

/** bulletin_post_generation - the supervisor: the answer to question @ask */
void bulletin_post_generation(struct bulletin *b, uint32_t ask,
			      uint32_t generation);

/** bulletin_post_reading - the supervisor: it reads iptables' tables now, or not any more */
void bulletin_post_reading(struct bulletin *b, bool reading);

/** bulletin_is_reading - the reader: does it? */
bool bulletin_is_reading(const struct bulletin *b);

/** bulletin_tables_epoch - the reader: when it is another, bulletin_tables() is as well */
static inline uint32_t bulletin_tables_epoch(const struct bulletin *b)
{
	return atomic_load_explicit(&b->tables_epoch, memory_order_acquire);
}

/** bulletin_tables - the reader: as they were at bulletin_tables_epoch(), or later */
void bulletin_tables(const struct bulletin *b, struct bulletin_tables *t);

/** bulletin_generation - the reader: false: question @ask has no answer yet */
bool bulletin_generation(const struct bulletin *b, uint32_t ask,
			 uint32_t *generation);

/** bulletin_post_queues - the supervisor: the answer to question @ask */
void bulletin_post_queues(struct bulletin *b, uint32_t ask,
			  const struct bulletin_queues *q);

/** bulletin_queues - the reader: false: question @ask has no answer yet */
bool bulletin_queues(const struct bulletin *b, uint32_t ask,
		     struct bulletin_queues *q);

/**
 * bulletin_post_confirms - the supervisor: the answer to question @ask
 * @failed: new connections that conntrack could not confirm in the last second or so
 */
void bulletin_post_confirms(struct bulletin *b, uint32_t ask, uint64_t failed);

/** bulletin_confirms - the reader: false: question @ask has no answer yet */
bool bulletin_confirms(const struct bulletin *b, uint32_t ask,
		       uint64_t *failed);

#endif
