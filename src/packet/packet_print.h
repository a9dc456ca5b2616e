/* SPDX-License-Identifier: GPL-2.0-or-later */
/* packet_print: a decoded packet -> one line as tcpdump -n writes it. */
#ifndef NFTRACE_PACKET_PRINT_H
#define NFTRACE_PACKET_PRINT_H

#include <stdbool.h>
#include <stddef.h>

struct packet;

/**
 * packet_print - "10.0.0.1.41022 > 8.8.8.8.53: UDP, length 28"
 * @verbose: also ttl, tos, id, flags and checksums' lengths as tcpdump -v
 * @size: of @buf; the line is cut to fit and always NUL-terminated
 * Return: bytes written without the NUL.  Bytes of the packet appear only as
 * printable ASCII or \xHH.
 */
size_t packet_print(char *buf, size_t size, const struct packet *p,
		    bool verbose);

/**
 * packet_print_brief - "10.0.0.1.41022 > 8.8.8.8.25: tcp S", "...: UDP, DNS 7+ A? example.com."
 * Without what only tcpdump's readers look at; the rest as above.
 */
size_t packet_print_brief(char *buf, size_t size, const struct packet *p);

#endif
