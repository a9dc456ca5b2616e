/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_meta: options that ask for what is with a packet and not in it. */
#ifndef NFTRACE_XT_META_H
#define NFTRACE_XT_META_H

#include "misses/asked.h"
#include "misses/xt_option.h"
#include "rules/base/strview.h"

struct condition;

/* Readers of struct xt_option. */
bool xt_read_mark(union xt_value *v, struct strview value);
bool xt_read_states(union xt_value *v, struct strview value);
bool xt_read_ids(union xt_value *v, struct strview value);
bool xt_read_mac(union xt_value *v, struct strview value);

/* .is() of struct xt_option. */
enum xt_answer xt_is_mark(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_state(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_direction(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_id(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_pkttype(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_mac(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);

/* .want() of struct xt_option. */
void xt_want_mark(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_state(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_direction(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_id(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_pkttype(struct condition *c, const struct xt_seen *q, enum asked_field field);

#endif
