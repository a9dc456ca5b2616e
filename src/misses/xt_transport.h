/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_transport: options that ask for ports, flags and types behind a packet's IP header. */
#ifndef NFTRACE_XT_TRANSPORT_H
#define NFTRACE_XT_TRANSPORT_H

#include "misses/asked.h"
#include "misses/xt_option.h"
#include "rules/base/strview.h"

struct condition;

/* Readers of struct xt_option. */
bool xt_read_ports(union xt_value *v, struct strview value);
bool xt_read_tcp_flags(union xt_value *v, struct strview value);
bool xt_read_icmp(union xt_value *v, struct strview value);

/* .is() of struct xt_option. */
enum xt_answer xt_is_port(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_any_port(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_tcp_flags(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_icmp(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);

/* .want() of struct xt_option. */
void xt_want_port(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_any_port(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_tcp_flags(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_icmp(struct condition *c, const struct xt_seen *q, enum asked_field field);

#endif
