/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_address: options that ask for an address or a device. */
#ifndef NFTRACE_XT_ADDRESS_H
#define NFTRACE_XT_ADDRESS_H

#include "misses/xt_option.h"

/* Of struct xt_option. */
xt_read_fn xt_read_address, xt_read_addresses;
xt_is_fn xt_is_address, xt_is_in_range, xt_is_device, xt_is_address_type;
xt_want_fn xt_want_address, xt_want_in_range, xt_want_device;

#endif
