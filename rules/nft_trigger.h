/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_trigger: a run's own nft tables, which turn tracing on; gone with their socket. */
#ifndef NFTRACE_NFT_TRIGGER_H
#define NFTRACE_NFT_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

#include "family.h"
#include "nft_rule.h"
#include "owner.h"
#include "trace.h"

struct mnl_socket;

/* Priorities: ahead of raw (-300); behind conntrack (-200). */
enum { NFT_TRIGGER_EARLY = -301, NFT_TRIGGER_LATE = -199 };

/* What goes into one family's table. */
struct nft_trigger_set {
	bool use;
	/*
	 * No rule is in force: the table only makes the kernel report nft's
	 * part of what legacy TRACE rules trace (nft_trace_enabled is on while
	 * any rule anywhere holds "meta nftrace set").
	 */
	bool key_only;
	bool replies;		/* trace what answers as well */
	struct nft_limit limit;
	struct trace_set *rules;	/* borrowed; .refused is filled */
};

/**
 * nft_trigger_install - put a family's table in
 * @owner: the run; its name is the table's
 *
 * The table belongs to a socket that the calling process holds from now on, so
 * it is gone when the process is, however that ends, and nobody else can
 * change it.  A kernel that knows no owners keeps it until it is removed.
 *
 * Return: rules that are in now (in each chain), or -errno with nothing left
 * inside; -EINVAL: a rule is refused in every chain, as trace_install() has it.
 */
int nft_trigger_install(const struct family *f,
			const struct nft_trigger_set *set,
			const struct owner *owner);

/**
 * nft_trigger_remove - take a family's table out, whoever put it in
 * @done: filled on success; may be NULL
 * Return: 0, also when there is none; -EPERM: another process owns it; or -errno.
 */
int nft_trigger_remove(const struct family *f, const struct owner *owner,
		       struct trace_removed *done);

/** nft_trigger_present - is the run's table there? */
bool nft_trigger_present(const struct family *f, const struct owner *owner);

/** nft_trigger_socket - the socket that owns this process's tables; NULL: none */
struct mnl_socket *nft_trigger_socket(void);

/** nft_trigger_release - close the socket, with which the tables go */
void nft_trigger_release(void);

/**
 * nft_trigger_sweep - tables of other runs; dead runs' are removed
 * As trace_sweep(); tables that belong to a socket are a living run's.
 */
int nft_trigger_sweep(const struct family *f, bool dry,
		      struct trace_stale *stale, unsigned int max);

/**
 * nft_trigger_tables - how many tables see packets of each family
 * @count: by family_index(); those of nftrace's runs are not counted
 * Return: 0; -EOPNOTSUPP: no nf_tables in this kernel; or -errno.
 */
int nft_trigger_tables(unsigned int count[FAMILY_COUNT]);

/** nft_trigger_chain - the name of the chain for one bit of enum trace_chain */
const char *nft_trigger_chain(unsigned int chain, bool late);

#endif
