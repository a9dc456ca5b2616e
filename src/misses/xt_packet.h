/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_packet: options that ask for fields of a packet's IP header. */
#ifndef NFTRACE_XT_PACKET_H
#define NFTRACE_XT_PACKET_H

#include "misses/xt_option.h"

/* Of struct xt_option. */
xt_read_fn xt_read_protocol, xt_read_length, xt_read_ttl, xt_read_ttl_above,
	xt_read_ttl_below, xt_read_dscp, xt_read_tos;
xt_is_fn xt_is_protocol, xt_is_fragment, xt_is_length, xt_is_ttl, xt_is_tos;
xt_want_fn xt_want_protocol, xt_want_ttl, xt_want_tos;

#endif
