/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_address: options that ask for an address or a device. */
#ifndef NFTRACE_XT_ADDRESS_H
#define NFTRACE_XT_ADDRESS_H

#include "misses/asked.h"
#include "misses/xt_option.h"
#include "rules/base/strview.h"

struct condition;

/* Readers of struct xt_option. */
bool xt_read_address(union xt_value *v, struct strview value);
bool xt_read_addresses(union xt_value *v, struct strview value);

/* .is() of struct xt_option. */
enum xt_answer xt_is_address(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_in_range(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_device(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);
enum xt_answer xt_is_address_type(const struct xt_seen *q, enum asked_field field, struct xt_apart *apart);

/* .want() of struct xt_option. */
void xt_want_address(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_in_range(struct condition *c, const struct xt_seen *q, enum asked_field field);
void xt_want_device(struct condition *c, const struct xt_seen *q, enum asked_field field);

#endif
