/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_packet: options that ask for fields of a packet's IP header. */
#ifndef NFTRACE_XT_PACKET_H
#define NFTRACE_XT_PACKET_H

#include "misses/asked.h"
#include "misses/xt_option.h"
#include "rules/base/strview.h"

struct condition;

/* Readers of struct xt_option. */
bool xt_read_protocol(union xt_value *v, struct strview value);
bool xt_read_length(union xt_value *v, struct strview value);
bool xt_read_ttl(union xt_value *v, struct strview value);
bool xt_read_ttl_above(union xt_value *v, struct strview value);
bool xt_read_ttl_below(union xt_value *v, struct strview value);
bool xt_read_dscp(union xt_value *v, struct strview value);
bool xt_read_tos(union xt_value *v, struct strview value);

/* .is() of struct xt_option. */
enum xt_answer xt_is_protocol(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_fragment(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_length(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_ttl(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_tos(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);

/* .want() of struct xt_option. */
void xt_want_protocol(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_ttl(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_tos(struct condition *c, const struct xt_seen *q, enum asked_field field);

#endif
