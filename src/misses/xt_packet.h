/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_packet: options that ask for ports, flags and other fields of a packet's headers. */
#ifndef NFTRACE_XT_PACKET_H
#define NFTRACE_XT_PACKET_H

#include "misses/asked.h"
#include "rules/base/strview.h"

struct xt_seen;
union xt_value;

/* Readers of struct xt_option. */
bool xt_read_protocol(union xt_value *v, struct strview value);
bool xt_read_ports(union xt_value *v, struct strview value);
bool xt_read_tcp_flags(union xt_value *v, struct strview value);
bool xt_read_icmp(union xt_value *v, struct strview value);
bool xt_read_length(union xt_value *v, struct strview value);
bool xt_read_ttl(union xt_value *v, struct strview value);
bool xt_read_ttl_above(union xt_value *v, struct strview value);
bool xt_read_ttl_below(union xt_value *v, struct strview value);
bool xt_read_dscp(union xt_value *v, struct strview value);
bool xt_read_tos(union xt_value *v, struct strview value);

/* Judges of struct xt_option: each puts down what the option asks for. */
void xt_judge_protocol(const struct xt_seen *q, enum asked_field field);
void xt_judge_fragment(const struct xt_seen *q, enum asked_field field);
void xt_judge_ports(const struct xt_seen *q, enum asked_field field);
void xt_judge_any_port(const struct xt_seen *q, enum asked_field field);
void xt_judge_tcp_flags(const struct xt_seen *q, enum asked_field field);
void xt_judge_icmp(const struct xt_seen *q, enum asked_field field);
void xt_judge_length(const struct xt_seen *q, enum asked_field field);
void xt_judge_ttl(const struct xt_seen *q, enum asked_field field);
void xt_judge_tos(const struct xt_seen *q, enum asked_field field);

#endif
