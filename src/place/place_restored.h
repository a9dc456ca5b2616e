/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_restored: places that a file names, without the rules that made them. */
#ifndef NFTRACE_PLACE_RESTORED_H
#define NFTRACE_PLACE_RESTORED_H

#include <stdbool.h>

struct nft_names;
struct place;

/**
 * place_describe_restored - all that a prefix alone tells
 * @p: with all that a place_known tells
 * @names: get its .table and .chain, and own them
 * Return: false: that is no prefix of a trace, or no memory.
 */
bool place_describe_restored(struct place *p, struct nft_names *names);

#endif
