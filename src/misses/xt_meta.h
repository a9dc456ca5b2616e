/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_meta: options that ask for what is with a packet and not in it. */
#ifndef NFTRACE_XT_META_H
#define NFTRACE_XT_META_H

#include "misses/xt_option.h"

/* Of struct xt_option. */
xt_read_fn xt_read_mark, xt_read_states, xt_read_ids, xt_read_mac;
xt_is_fn xt_is_mark, xt_is_state, xt_is_direction, xt_is_id, xt_is_pkttype, xt_is_mac;
xt_want_fn xt_want_mark, xt_want_state, xt_want_direction, xt_want_id, xt_want_pkttype;

#endif
