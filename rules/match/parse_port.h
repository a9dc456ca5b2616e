/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_port: numbers of ports that no packet can have. */
#ifndef NFTRACE_PARSE_PORT_H
#define NFTRACE_PARSE_PORT_H

struct parse;
struct xtables_match;

/**
 * parse_port_check - refuse an option's port above 65535
 * @c: of the option, as getopt_long(3) returned it, which is one of @m's
 *
 * libxtables hands such a number to getaddrinfo(3), which takes its lower 16 bits:
 * --dport 99999 of udp and sctp is 34463 to iptables.
 */
void parse_port_check(struct parse *p, const struct xtables_match *m, int c);

#endif
