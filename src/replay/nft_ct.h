/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_ct: what nft prints of a packet's connection; pure. */
#ifndef NFTRACE_NFT_CT_H
#define NFTRACE_NFT_CT_H

#include "rules/base/strview.h"

struct conntrack;

/**
 * nft_ct_read - "ct direction original ct state new ..." (nft 1.1.5, Linux 6.16)
 * @c: gets state and direction, as far as they are told; zeros else
 */
void nft_ct_read(struct conntrack *c, struct strview fields);

#endif
