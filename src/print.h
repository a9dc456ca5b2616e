/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print: the parts of a packet's line, a function a protocol. */
#ifndef NFTRACE_PRINT_H
#define NFTRACE_PRINT_H

#include <stdint.h>

struct line;
struct packet;

/** each appends what is behind "source > destination: " */
void print_tcp(struct line *l, const struct packet *p);
void print_icmp(struct line *l, const struct packet *p);

/** print_ends - "10.0.0.1.41022 > 8.8.8.8.53: " */
void print_ends(struct line *l, const struct packet *p);

/** print_proto_name - "TCP"; NULL: it has no name here */
const char *print_proto_name(uint8_t proto);

/** print_proto - "TCP", or "ip-proto-200" */
void print_proto(struct line *l, const struct packet *p);

#endif
