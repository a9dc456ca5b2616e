/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trial: what would become of a packet, in the table that dropped it, or left it as it was, with one thing changed. */
#ifndef NFTRACE_TRIAL_H
#define NFTRACE_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

struct asked;
struct condition;
struct conditions;
struct misses_rules;
struct passed;

/**
 * trial_saves - would the packet come to rule @at, and would that save it?
 * @w: all rules before it are judged
 * @a: as the packet was
 * @c: the condition of that rule that failed, or must have
 * @room: is written to
 *
 * Saved is what ACCEPT can be the end of, by this rule or where it leads, in the
 * same table; of nat's chains what is translated.  What tables in front of that would take
 * is not saved.
 */
bool trial_saves(const struct passed *w, uint32_t at, const struct asked *a,
		 const struct condition *c, const struct misses_rules *rules,
		 struct conditions *room);

#endif
