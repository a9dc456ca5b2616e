/* SPDX-License-Identifier: GPL-2.0-or-later */
/* save_rule: the words of one rule in iptables-save's text -> its verdict. */
#ifndef NFTRACE_SAVE_RULE_H
#define NFTRACE_SAVE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct snap_rule;
struct snapshot;

/** save_verdict - ACCEPT, DROP, QUEUE, RETURN -> enum snap_verdict; false: none of them */
bool save_verdict(struct strview name, uint8_t *verdict);

/**
 * save_rule_counters - what iptables -S -v writes into a rule ("-c 12 960")
 * Return: the words, borrowed from @rule; .len 0: there are none.
 */
struct strview save_rule_counters(struct strview rule);

/**
 * save_rule_read - fill in what a rule does
 * @s, @table: whose chains are known already
 * @rest: the line behind "-A CHAIN"
 * Return: 0, or -EOVERFLOW when there are too many targets.
 */
int save_rule_read(struct snapshot *s, unsigned int table, struct snap_rule *r,
		   struct strview rest);

#endif
