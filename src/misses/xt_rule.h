/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_rule: what a rule in iptables' words asks for, read off its text once. */
#ifndef NFTRACE_XT_RULE_H
#define NFTRACE_XT_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/condition.h"
#include "misses/xt_option.h"
#include "rules/base/strview.h"

struct xt_option;

/* Bytes of the rule's text. */
struct xt_span {
	uint32_t at, len;
};

/* One thing that it asks for. */
struct xt_term {
	const struct xt_option *o;	/* NULL: a module that nothing here tells of, or .unread */
	struct xt_span words, value;
	bool inverted;
	bool changes;		/* of such a module: its answer may be another with the same packet */
	bool alone;		/* ... or whatever the packet is like, the same */
	bool unread;		/* from here on it is not understood */
	bool valued;		/* .v is read */
	union xt_value v;
};

struct xt_rule {
	uint32_t n;
	struct xt_term term[CONDITIONS_MAX + 1];	/* .n of them are set */
};

/** xt_rule_read - @text: as iptables-save prints it; @r points to nothing of it */
void xt_rule_read(struct xt_rule *r, struct strview text);

#endif
