/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print_icmp: ICMP and ICMPv6 types by name, and the packet that an error quotes. */
#ifndef NFTRACE_PRINT_ICMP_H
#define NFTRACE_PRINT_ICMP_H

struct strbuf;
struct packet;

/** print_icmp - append what is behind "source > destination: " */
void print_icmp(struct strbuf *l, const struct packet *p);

#endif
