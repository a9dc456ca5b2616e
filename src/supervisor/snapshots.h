/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshots: the rules of both backends and families, read while the run's own go in. */
#ifndef NFTRACE_SNAPSHOTS_H
#define NFTRACE_SNAPSHOTS_H

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/view/ruleset.h"

struct plan;

/* Those under way, and what they gave. */
struct snapshots {
	struct helper legacy[FAMILY_COUNT], nft_helper;
	int err[FAMILY_COUNT], nft_err;
	int legacy_fd[FAMILY_COUNT], nft_fd;	/* -1: there is none */
	struct helper_result snap_res[FAMILY_COUNT], nft_res;
	struct ruleset rules;	/* .nft: NULL: nft's rules are not traced */
};

void snapshots_open(struct snapshots *s);

/** snapshots_start - helpers for every family that may be used; nothing is read yet */
void snapshots_start(struct snapshots *s, const struct plan *p);

/**
 * snapshots_go_on - the tables that the run's rules do not go into
 *
 * Under the lock, where there is one: what is read now is as good as what would
 * be read a moment later.
 */
void snapshots_go_on(struct snapshots *s, const struct plan *p);

/**
 * snapshots_take - the rest; says what there is, or what went wrong
 * Return: the exit status.
 */
int snapshots_take(struct snapshots *s, const struct plan *p);

/** snapshots_close - and cancel those that were not taken */
void snapshots_close(struct snapshots *s);

/** snapshots_release - what was taken is needed no longer */
void snapshots_release(struct snapshots *s);

#endif
