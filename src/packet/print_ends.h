/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print_ends: who speaks to whom and in which protocol, as tcpdump -n writes it. */
#ifndef NFTRACE_PRINT_ENDS_H
#define NFTRACE_PRINT_ENDS_H

#include <stddef.h>
#include <stdint.h>

struct strbuf;
struct packet;

/** packet_print_addr - "10.0.0.1" or "10.0.0.1.53" (port 0...65535, -1: none) */
size_t packet_print_addr(char *buf, size_t size, const struct packet *p,
			 const uint8_t *addr, int port);

/** print_ends - "10.0.0.1.41022 > 8.8.8.8.53: " */
void print_ends(struct strbuf *l, const struct packet *p);

/** print_proto_name - "TCP"; NULL: it has no name here */
const char *print_proto_name(uint8_t proto);

/** print_proto - "TCP", or "ip-proto-200" */
void print_proto(struct strbuf *l, const struct packet *p);

/** print_bytes - ", length 28" */
void print_bytes(struct strbuf *l, uint32_t bytes);

/** print_length - ", length 28": @bytes behind some header; of a packet whose size no field tells, that */
void print_length(struct strbuf *l, const struct packet *p, uint32_t bytes);

#endif
