/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness: the chains of a run's own nft table that see what leaves a hook, by their names. */
#ifndef NFTRACE_WITNESS_H
#define NFTRACE_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Behind nat (NF_IP_PRI_NAT_SRC) and all rules, before conntrack's confirmation
 * (NF_IP_PRI_CONNTRACK_CONFIRM is INT_MAX).
 */
enum { WITNESS_PRIORITY = INT32_MAX - 1 };

/* Hooks are a bit each, 1 << NF_INET_*: all of them. */
enum { WITNESS_ALL = 0x1f };

/** witness_chain - the name of the chain at @hook, NF_INET_PRE_ROUTING ... POST_ROUTING */
const char *witness_chain(unsigned int hook);

/**
 * witness_hook - the other way round
 * @name: of @len bytes, not terminated
 * Return: NF_INET_NUMHOOKS: it is none of these names.
 */
unsigned int witness_hook(const char *name, size_t len);

#endif
