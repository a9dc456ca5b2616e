/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat: which matches of xtables this kernel has for nft's rules. */
#ifndef NFTRACE_NFT_COMPAT_H
#define NFTRACE_NFT_COMPAT_H

#include <stdint.h>

struct family;

/**
 * nft_compat_match - is there a match of this name and revision?
 *
 * The question that iptables-nft asks: a kernel without ip_tables, whose
 * socket option iptables-legacy asks, answers it as well.
 * Return: 0; -ENOENT: no; -EOPNOTSUPP: no nft_compat; or -errno.
 */
int nft_compat_match(const struct family *f, const char *name,
		     uint8_t revision);

#endif
