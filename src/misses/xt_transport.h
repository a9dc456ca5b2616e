/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_transport: options that ask for ports, flags and types behind a packet's IP header. */
#ifndef NFTRACE_XT_TRANSPORT_H
#define NFTRACE_XT_TRANSPORT_H

#include "misses/xt_option.h"

/* Of struct xt_option. */
xt_read_fn xt_read_ports, xt_read_tcp_flags, xt_read_icmp;
xt_is_fn xt_is_port, xt_is_any_port, xt_is_tcp_flags, xt_is_icmp;
xt_want_fn xt_want_port, xt_want_any_port, xt_want_tcp_flags, xt_want_icmp;

#endif
