/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshots: the rules of both backends and families, read while the run's own go in. */
#ifndef NFTRACE_SNAPSHOTS_H
#define NFTRACE_SNAPSHOTS_H

#include <poll.h>
#include <stdbool.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/view/ruleset.h"

struct plan;

/*
 * Helpers that read rules, and what they gave.  The results are mapped until
 * snapshots_release(), the descriptors open until snapshots_close().
 */
struct snapshots {
	struct helper legacy[FAMILY_COUNT], nft_helper;
	int err[FAMILY_COUNT], nft_err;
	int legacy_fd[FAMILY_COUNT], nft_fd;	/* -1: there is none */
	struct helper_result snap_res[FAMILY_COUNT], nft_res;
	struct ruleset rules;	/* .nft: NULL: nft's rules are not traced */
};

/** snapshots_open - none, yet */
void snapshots_open(struct snapshots *s);

/** snapshots_then - a family's helper is one that does something else before */
void snapshots_then(struct snapshots *s, const struct plan *p, unsigned int family,
		    struct helper_then *then);

/** snapshots_start - helpers for every other family that may be traced; none reads yet */
void snapshots_start(struct snapshots *s, const struct plan *p);

/**
 * snapshots_go_on - let the helpers of the traced families read
 *
 * Under the lock, where there is one: tables that the run's rules do not go into
 * are the same now and behind the insertion.
 */
void snapshots_go_on(struct snapshots *s, const struct plan *p);

/** One for each family's legacy tables, and nft's. */
enum { SNAPSHOTS_HELPERS = FAMILY_COUNT + 1 };

/** How many rules there are. */
enum snapshots_size {
	SNAPSHOTS_UNREAD,	/* they cannot be read: snapshots_take() says why */
	SNAPSHOTS_SOME,
	SNAPSHOTS_MANY,		/* their texts take long */
};

/**
 * snapshots_read - behind the run's own rules: what is needed of this moment
 *
 * Legacy's tables are read: they are those of this moment whatever is done to them
 * from here on.  Of nft's rules nothing is kept but the generation: few are read, with
 * their texts; more are counted.
 */
enum snapshots_size snapshots_read(struct snapshots *s, const struct plan *p);

/** snapshots_go_texts - behind snapshots_read(), once: all that is left is made now */
void snapshots_go_texts(struct snapshots *s, const struct plan *p);

/** snapshots_poll - for poll(2): helpers whose texts are not there yet, -1 for others */
void snapshots_poll(struct snapshots *s, const struct plan *p,
		    struct pollfd pfd[SNAPSHOTS_HELPERS]);

/** snapshots_nft_later - nft's rules are read by snapshots_go_texts() only */
bool snapshots_nft_later(const struct snapshots *s, const struct plan *p);

/** snapshots_nft_left - nft's rules are not there yet */
bool snapshots_nft_left(const struct snapshots *s);

/** snapshots_are_done - behind snapshots_go_texts(): snapshots_take() would not wait */
bool snapshots_are_done(struct snapshots *s, const struct plan *p);

/** snapshots_give_up - on texts that are not there yet: snapshots_take() says so */
void snapshots_give_up(struct snapshots *s, const struct plan *p);

/**
 * snapshots_take - behind snapshots_go_texts(): wait for the texts
 *
 * Says what rules there are, or what went wrong.
 * Return: 0, or the exit status after a report.
 */
int snapshots_take(struct snapshots *s, const struct plan *p);

/** snapshots_close - cancel helpers that were not waited for, close descriptors */
void snapshots_close(struct snapshots *s);

/** snapshots_release - unmap the results: no snapshot may be used any more */
void snapshots_release(struct snapshots *s);

#endif
