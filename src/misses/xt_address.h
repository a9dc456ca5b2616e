/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_address: options that ask for an address or a device. */
#ifndef NFTRACE_XT_ADDRESS_H
#define NFTRACE_XT_ADDRESS_H

#include "misses/asked.h"
#include "rules/base/strview.h"

struct xt_seen;
union xt_value;

/* Readers of struct xt_option. */
bool xt_read_address(union xt_value *v, struct strview value);
bool xt_read_addresses(union xt_value *v, struct strview value);

/* Judges of struct xt_option: each puts down what the option asks for. */
void xt_judge_address(const struct xt_seen *q, enum asked_field field);
void xt_judge_address_range(const struct xt_seen *q, enum asked_field field);
void xt_judge_device(const struct xt_seen *q, enum asked_field field);
void xt_judge_address_type(const struct xt_seen *q, enum asked_field field);

#endif
