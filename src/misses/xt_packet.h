/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_packet: options that ask for ports, flags and other fields of a packet's headers. */
#ifndef NFTRACE_XT_PACKET_H
#define NFTRACE_XT_PACKET_H

#include "misses/asked.h"

struct xt_seen;

/* Judges of struct xt_option: each puts down what the option asks for. */
void xt_judge_protocol(const struct xt_seen *q, enum asked_field field);
void xt_judge_fragment(const struct xt_seen *q, enum asked_field field);
void xt_judge_port(const struct xt_seen *q, enum asked_field field);
void xt_judge_ports(const struct xt_seen *q, enum asked_field field);
void xt_judge_any_port(const struct xt_seen *q, enum asked_field field);
void xt_judge_tcp_flags(const struct xt_seen *q, enum asked_field field);
void xt_judge_icmp(const struct xt_seen *q, enum asked_field field);
void xt_judge_length(const struct xt_seen *q, enum asked_field field);
void xt_judge_ttl(const struct xt_seen *q, enum asked_field field);
void xt_judge_ttl_above(const struct xt_seen *q, enum asked_field field);
void xt_judge_ttl_below(const struct xt_seen *q, enum asked_field field);
void xt_judge_dscp(const struct xt_seen *q, enum asked_field field);
void xt_judge_tos(const struct xt_seen *q, enum asked_field field);

#endif
