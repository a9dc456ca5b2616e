/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_rules: what --doctor says of the rules that are in force. */
#ifndef NFTRACE_DOCTOR_RULES_H
#define NFTRACE_DOCTOR_RULES_H

struct nft_snapshot;
struct ruleset;

/** doctor_rules_drops - in which chains each backend drops, where both have rules */
void doctor_rules_drops(const struct ruleset *rules);

/**
 * doctor_rules_mixed - tables of iptables-nft into which another program wrote
 * @s: NULL: there is no nf_tables
 */
void doctor_rules_mixed(const struct nft_snapshot *s);

#endif
