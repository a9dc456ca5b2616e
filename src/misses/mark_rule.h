/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mark_rule: what a rule makes of the mark of a packet that meets it. */
#ifndef NFTRACE_MARK_RULE_H
#define NFTRACE_MARK_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

/* xt_MARK's words: the bits of .mask are cleared, those of .value turned round. */
struct mark_rule {
	uint32_t mask, value;
};

/**
 * mark_rule_read - by the rule's text, of iptables-save or nft
 * Return: false: setting the mark is not the last thing that it does, or it is not understood.
 */
bool mark_rule_read(struct mark_rule *m, struct strview text);

/** mark_rule_make - the mark that comes of @mark */
static inline uint32_t mark_rule_make(const struct mark_rule *m, uint32_t mark)
{
	return (mark & ~m->mask) ^ m->value;
}

#endif
