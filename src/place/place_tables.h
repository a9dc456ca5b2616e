/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_tables: what is known of the tables in which a place is, beside its own rule. */
#ifndef NFTRACE_PLACE_TABLES_H
#define NFTRACE_PLACE_TABLES_H

#include <stdbool.h>

#include "rules/base/strview.h"

struct place;

/** place_of_iptables - is its table one of iptables', in either backend? */
bool place_of_iptables(const struct place *at);

/** place_knows_tables - were the tables of its family read?  Else nothing is known. */
bool place_knows_tables(const struct place *at);

/** place_has_chain - is there such a chain in this table of its family? */
bool place_has_chain(const struct place *at, const char *table,
		     struct strview chain);

/**
 * place_first_rule - the text of the first rule of its chain
 * @at: made by an index; of nft only a rule with a comment is known
 * Return: .len 0: not known.
 */
struct strview place_first_rule(const struct place *at);

#endif
