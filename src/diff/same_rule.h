/* SPDX-License-Identifier: GPL-2.0-or-later */
/* same_rule: do two places, of two recordings, say the same of the same rule? */
#ifndef NFTRACE_DIFF_SAME_RULE_H
#define NFTRACE_DIFF_SAME_RULE_H

#include <stdbool.h>
#include <stdint.h>

struct place;

/** same_text - of two rules, counters aside; false: one of them has none */
bool same_text(const struct place *a, const struct place *b);

/**
 * same_rule - of the same chain and text, wherever it stands there
 * Where a text is not known, by its number, or its handle.
 */
bool same_rule(const struct place *a, const struct place *b);

/** same_rule_key, same_number_key - of two for which that is true they are the same */
uint64_t same_rule_key(const struct place *at);
uint64_t same_number_key(const struct place *at);

/** rule_is_policy - is it a base chain's policy, and no rule? */
bool rule_is_policy(const struct place *at);

/** same_number - do both stand at one number of the same chain, that both know? */
bool same_number(const struct place *a, const struct place *b);

#endif
