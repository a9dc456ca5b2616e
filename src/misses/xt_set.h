/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_set: "-m set --match-set NAME src,dst", by asking what the set holds now. */
#ifndef NFTRACE_XT_SET_H
#define NFTRACE_XT_SET_H

#include <stdbool.h>

#include "misses/asked.h"
#include "rules/base/strview.h"

struct conditions;
struct ipset_answer;
struct ipset_key;
struct xt_seen;
union xt_value;

/* Who can ask sets of ipset. */
struct ipsets {
	void (*find)(void *arg, const struct ipset_key *k, struct ipset_answer *a);
	void *arg;
};

/** xt_read_set - all that follows "-m set"; false: with conditions on counters */
bool xt_read_set(union xt_value *v, struct strview value);

/** xt_ask_set - UNKNOWN where nobody can be asked; else FAILED or HELD, .now */
void xt_ask_set(struct conditions *out, const struct xt_seen *q, struct strview words);

#endif
