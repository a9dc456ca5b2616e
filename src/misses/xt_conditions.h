/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_conditions: a rule in iptables' words, of either backend, held against a packet. */
#ifndef NFTRACE_XT_CONDITIONS_H
#define NFTRACE_XT_CONDITIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct asked;
struct brief;
struct conditions;
struct rule_kept;

/**
 * xt_conditions - what a rule asks for, in the order in which the kernel asks
 * @out: filled; .words are of @text
 * @text: as iptables-save prints it
 */
void xt_conditions(struct conditions *out, struct strview text,
		   const struct asked *a);

/**
 * xt_conditions_kept - the same; what the rule asks for is read once
 * @kept: NULL: it is read each time
 * @index: rule_kept_find()'s
 */
void xt_conditions_kept(struct conditions *out, struct rule_kept *kept,
			uint32_t index, struct strview text,
			const struct asked *a);

/**
 * xt_conditions_brief - the same in short
 * @kept, @index: as above, and not NULL
 * Return: false: only xt_conditions_kept() can tell.
 */
bool xt_conditions_brief(struct brief *out, struct rule_kept *kept, uint32_t index,
			 struct strview text, const struct asked *a);

#endif
