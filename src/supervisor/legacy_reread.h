/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_reread: one reading of iptables' tables, from who may have changed them to the reader. */
#ifndef NFTRACE_LEGACY_REREAD_H
#define NFTRACE_LEGACY_REREAD_H

#include <stdbool.h>
#include <stdint.h>

struct legacy_refresh;
struct run;

/**
 * legacy_reread_try - read them, unless who is at them is to be waited for
 * @now_ns: CLOCK_MONOTONIC
 *
 * When they are others helpers begin to make their texts (.reading).
 */
void legacy_reread_try(struct run *r, uint64_t now_ns);

/** legacy_reread_texts_ready - have the helpers ended? */
bool legacy_reread_texts_ready(const struct legacy_refresh *l);

/** legacy_reread_finish - they have: the reader gets the texts, or it is to be read again */
void legacy_reread_finish(struct run *r, uint64_t now_ns);

#endif
