/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trigger: a run's own nft tables, which turn tracing on; gone with their socket. */
#ifndef NFTRACE_NFT_TRIGGER_H
#define NFTRACE_NFT_TRIGGER_H

#include "rules/base/family.h"
#include "rules/base/owner.h"
#include "rules/base/rule_set.h"
#include "rules/nft/trigger_set.h"

struct mnl_socket;

/**
 * nft_trigger_install - put a family's table in
 * @owner: the run; its name is the table's
 * @witness: set to the hooks that have the chains @set->witness asks for: all or none
 *
 * The table belongs to a socket that the calling process holds from now on, so
 * it is gone when the process is, however that ends, and nobody else can
 * change it.  A kernel that knows no owners keeps it until it is removed.
 *
 * Return: rules that are in now (in each chain), or -errno with nothing left
 * inside; -EINVAL: a rule is refused in every chain, as trace_rules_install() has it;
 * -EOPNOTSUPP: an optional table that would be of no use; -EAFNOSUPPORT: this kernel's
 * nf_tables has no tables of that family.
 */
int nft_trigger_install(const struct family *f,
			const struct nft_trigger_set *set,
			const struct owner *owner, uint8_t *witness);

/**
 * nft_trigger_owns - can a family's table belong to a socket here?  Nothing is changed.
 * Return: 0; -EOPNOTSUPP: no nf_tables, or none with owners (before Linux 5.12);
 * -EAFNOSUPPORT: nf_tables, but no tables of that family; or -errno.
 */
int nft_trigger_owns(const struct family *f);

/** nft_trigger_socket - the socket that owns this process's tables; NULL: none */
struct mnl_socket *nft_trigger_socket(void);

/** nft_trigger_release - close the socket, with which the tables go */
void nft_trigger_release(void);

#endif
