/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_rule: what a rule in iptables' words asks for, read off its text once. */
#ifndef NFTRACE_XT_RULE_H
#define NFTRACE_XT_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/condition.h"
#include "misses/rule_kept.h"
#include "misses/xt_option.h"
#include "rules/base/strview.h"

struct shared;

struct xt_rule {
	uint32_t n;
	struct xt_term term[CONDITIONS_MAX + 1];	/* .n of them are set, or there */
};

/** xt_rule_read - @text: as iptables-save prints it; @r points to nothing of it */
void xt_rule_read(struct xt_rule *r, struct strview text);

/** xt_rule_make - the same, as rule_kept_find() wants it; NULL: no memory */
void *xt_rule_make(struct strview text, struct shared *shared);

#endif
