/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_name: what a place is called by who reads of it when the run is over. */
#ifndef NFTRACE_PLACE_NAME_H
#define NFTRACE_PLACE_NAME_H

#include <stdbool.h>
#include <stddef.h>

struct place;

/**
 * place_name - "raw:PREROUTING:rule:1", "nft ip t:c:rule:handle 5"
 *
 * As the TRACE line has it, but for the number: place_number().
 * Return: as snprintf(); not escaped.
 */
int place_name(char *to, size_t size, const struct place *at);

/** place_same_table - by family and name, whichever recording names them */
bool place_same_table(const struct place *a, const struct place *b);

/** place_same_chain - by the names of table and chain, whichever recording names them */
bool place_same_chain(const struct place *a, const struct place *b);

#endif
