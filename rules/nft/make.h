/* SPDX-License-Identifier: GPL-2.0-or-later */
/* make: makes a snapshot of nft's rules, in a helper child. */
#ifndef NFTRACE_NFT_MAKE_H
#define NFTRACE_NFT_MAKE_H

#include "rules/base/helper.h"
#include "rules/nft/snapshot.h"

struct owner;

/**
 * nft_snapshot_start - read every table of ip, ip6 and inet, in a helper child
 * @own: tables whose name names this run are marked NFT_SNAP_OWN; NULL: none are
 *
 * The texts of rules are iptables-nft-save's where iptables-nft wrote the rule
 * and that is proved, else those of `nft -a -s list ruleset`, in which
 * no text moves with what the rule counts.  Everything is of one generation;
 * when somebody changes rules meanwhile it begins anew.
 *
 * nft_snapshot_finish - wait for it
 * @snap: borrowed from @res, valid until helper_release()
 * @fd: when not NULL it gets a descriptor of the same memory, for another
 *	process to map (SCM_RIGHTS), @res->len bytes; close(2) it
 *
 * Why texts could not be had at all, if so, is in @res->text.
 *
 * Return: 0; -EAGAIN: the rules changed all the time; -EOPNOTSUPP: this
 * kernel has no nf_tables; or -errno.
 */
int nft_snapshot_start(struct helper *h, const struct owner *own);
int nft_snapshot_finish(struct helper *h, struct helper_result *res,
			const struct nft_snapshot **snap, int *fd);

#endif
