/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print_tcp: TCP's flags, numbers and options as tcpdump -n -S writes them. */
#ifndef NFTRACE_PRINT_TCP_H
#define NFTRACE_PRINT_TCP_H

#include <stdint.h>

struct strbuf;
struct packet;

/** print_tcp - append what is behind "source > destination: " */
void print_tcp(struct strbuf *l, const struct packet *p);

/** print_tcp_flags - "S.": tcpdump's letters */
void print_tcp_flags(struct strbuf *l, uint8_t flags);

#endif
