/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_line: a line of what `xtables-monitor --trace` prints; pure. */
#ifndef NFTRACE_XT_LINE_H
#define NFTRACE_XT_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct nft_line;
struct trace_text;

/** xt_line_parse - as nft_line_parse(); a rule's text is iptables-save's */
int xt_line_parse(struct nft_line *l, struct strview line);

/**
 * xt_packet_read - "IN=eth0 SRC=10.1.0.2 ...", as nft_packet_read()
 * @proto: of the packet, which these fields do not tell; 0: not known
 */
bool xt_packet_read(struct trace_text *t, struct strview fields, uint8_t proto);

/** xt_packet_key - the same wherever a packet is that NAT leaves alone; 0: no packet */
uint64_t xt_packet_key(struct strview fields);

/** xt_rule_proto - the protocol of each packet that a rule matches; 0: any */
uint8_t xt_rule_proto(struct strview rule);

#endif
