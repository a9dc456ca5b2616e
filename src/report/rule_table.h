/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_table: rules that packets met, each once, whatever texts it had meanwhile. */
#ifndef NFTRACE_RULE_TABLE_H
#define NFTRACE_RULE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

struct place;
struct rule_table;

enum { RULE_TABLE_NONE = UINT32_MAX };

/**
 * rule_table_open - no rule yet
 * @max: rules at most; what is kept of each are copies of its texts
 * Return: NULL: no memory.  rule_table_close() takes that.
 */
struct rule_table *rule_table_open(uint32_t max);
void rule_table_close(struct rule_table *t);

/**
 * rule_table_find - the number of a place's rule, from 0
 *
 * A rule of nft is its table, chain and handle, for packets of either family; one
 * of a legacy table its table, chain, number and text, as numbers are another
 * rule's once the table has changed.
 * Return: RULE_TABLE_NONE: it is a new one, and there are @max, or no memory.
 */
uint32_t rule_table_find(struct rule_table *t, const struct place *at);

/** rule_table_renew - number @i is @at's rule from now on; false: no memory, all as it was */
bool rule_table_renew(struct rule_table *t, uint32_t i, const struct place *at);

/** rule_table_forget - the id will be another place's */
void rule_table_forget(struct rule_table *t, uint32_t id);

/** rule_table_count - numbers given so far */
uint32_t rule_table_count(const struct rule_table *t);

/**
 * rule_table_rule - its place as it was met first, with the text that it had last
 * .id is its number here; .nfproto of a rule of nft is its table's, as .family is.
 * Borrowed until the next call that is not const.
 */
const struct place *rule_table_rule(const struct rule_table *t, uint32_t i);

/** rule_table_was_replaced - it had another text before */
bool rule_table_was_replaced(const struct rule_table *t, uint32_t i);

#endif
