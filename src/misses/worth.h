/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worth: which rules that were passed over are worth a line. */
#ifndef NFTRACE_WORTH_H
#define NFTRACE_WORTH_H

#include <stdbool.h>
#include <stdint.h>

struct brief;
struct conditions;
struct passed;
struct passed_rule;

/* A rule that failed in one condition, while another held. */
struct worth {
	uint32_t at;		/* in passed.rule */
	uint8_t effect;		/* enum place_effect */
	uint8_t held;
	uint8_t failed;		/* its index in the rule's conditions */
	uint32_t distance;
};

/** worth_is_better - would it, or where it leads, have saved the packet; of nat: translated it? */
bool worth_is_better(const struct passed *w, const struct passed_rule *r);

/** worth_is_telling - is the only condition that failed one that somebody could do something about? */
bool worth_is_telling(const struct brief *b);

/** worth_is_for_it - a rule of nat of which this condition alone failed: is it for such a packet? */
bool worth_is_for_it(const struct passed *w, const struct conditions *all,
		     unsigned int failed);

/** worth_is_nearer - is @a to be told before @b? */
bool worth_is_nearer(const struct worth *a, const struct worth *b);

#endif
