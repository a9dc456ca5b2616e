/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elements_fill: libnftnl's set -> the elements of a map or set, in shared memory. */
#ifndef NFTRACE_NFT_ELEMENTS_FILL_H
#define NFTRACE_NFT_ELEMENTS_FILL_H

#include <stdint.h>

struct helper_out;
struct key_fields;
struct nftnl_set;

/**
 * elements_fill - all of @set, which has its elements
 * @generation: of the rules when it was read
 * Return: 0; -EOPNOTSUPP: its keys are of parts that are not known; or -errno.
 */
int elements_fill(struct helper_out *out, const struct nftnl_set *set,
		  const struct key_fields *k, uint32_t generation);

#endif
