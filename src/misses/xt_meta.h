/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_meta: options that ask for what is with a packet and not in it. */
#ifndef NFTRACE_XT_META_H
#define NFTRACE_XT_META_H

#include "misses/asked.h"
#include "rules/base/strview.h"

struct xt_seen;
union xt_value;

/* Readers of struct xt_option. */
bool xt_read_mark(union xt_value *v, struct strview value);
bool xt_read_states(union xt_value *v, struct strview value);
bool xt_read_ids(union xt_value *v, struct strview value);
bool xt_read_mac(union xt_value *v, struct strview value);

/* Judges of struct xt_option: each puts down what the option asks for. */
void xt_judge_mark(const struct xt_seen *q, enum asked_field field);
void xt_judge_state(const struct xt_seen *q, enum asked_field field);
void xt_judge_direction(const struct xt_seen *q, enum asked_field field);
void xt_judge_id(const struct xt_seen *q, enum asked_field field);
void xt_judge_pkttype(const struct xt_seen *q, enum asked_field field);
void xt_judge_mac(const struct xt_seen *q, enum asked_field field);
void xt_judge_nothing(const struct xt_seen *q, enum asked_field field);

#endif
