/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook_guess: at which hook an event of a user chain was made, which a log does not tell. */
#ifndef NFTRACE_HOOK_GUESS_H
#define NFTRACE_HOOK_GUESS_H

#include <stdint.h>

struct event;
struct place;
struct snapshot;

struct hook_guess;

/** hook_guess_open - @snaps: by family_index(), NULL where there is none; borrowed */
struct hook_guess *hook_guess_open(const struct snapshot *const snaps[]);

/** hook_guess_close - NULL is nothing */
void hook_guess_close(struct hook_guess *g);

/**
 * hook_guess_find - NF_INET_* of an event
 * @key: the packet's identity_key()
 *
 * A builtin chain names its hook.  Else: where this packet was last, when that
 * was in this table; what the interfaces allow; from where the chain is called.
 */
uint8_t hook_guess_find(struct hook_guess *g, const struct event *e,
			const struct place *at, uint64_t key);

#endif
