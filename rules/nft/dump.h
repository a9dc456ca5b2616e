/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump: the kernel's nft tables, chains and rules, as libnftnl's objects. */
#ifndef NFTRACE_NFT_DUMP_H
#define NFTRACE_NFT_DUMP_H

#include <stdint.h>

#include <libmnl/libmnl.h>

struct nft_list {
	uint32_t count;
	void **item;
};

/* Of families ip, ip6, inet, bridge and netdev; the kernel's order, rules chain by chain. */
struct nft_dump {
	uint32_t generation;
	struct nft_list tables;		/* of struct nftnl_table */
	struct nft_list chains;		/* of struct nftnl_chain */
	struct nft_list rules;		/* of struct nftnl_rule */
};

/**
 * nft_dump_read - read all of it
 * @d: filled; nft_dump_release() it in any case
 * Return: 0; -EINTR: changed meanwhile; -EOPNOTSUPP: no nf_tables in this
 * kernel; or -errno.  0 does not yet mean that all is of one generation: ask
 * nft_generation() again behind it.
 */
int nft_dump_read(struct nft_dump *d);

/** nft_dump_tables - the tables only; again while they change */
int nft_dump_tables(struct nft_dump *d);

/** nft_dump_table - tables, and one table's rules; again while they change */
int nft_dump_table(struct nft_dump *d, uint8_t nfproto, const char *name);

/** nft_dump_chains - tables and chains; again while they change */
int nft_dump_chains(struct nft_dump *d);

/** nft_dump_release - all that was read; idempotent, and fine with a zeroed one */
void nft_dump_release(struct nft_dump *d);

/**
 * nft_dump_names - does any rule's message hold one of these names?
 * @names: of expressions or of targets of xtables, with their NUL in the message;
 *	NULL behind the last
 *
 * The bytes are searched and no rule is parsed, which is much faster.  A comment can
 * hold a name as well: then the answer is 1 for nothing.
 * Return: 1; 0; -EINTR: changed meanwhile; or -errno.
 */
int nft_dump_names(const char *const *names);

/**
 * nft_dump_count - how many rules there are, of all families
 * @most: no more are counted, which would take longer
 * Return: their number; -EINTR: changed meanwhile; or -errno.
 */
int nft_dump_count(unsigned int most);

/**
 * nft_request - one message to nf_tables, and all that it answers
 * One at a time: @fn may not call it.
 * @nlh: its header and attributes; with NLM_F_DUMP or NLM_F_ACK, that the answer
 *	has an end
 * @fn: called with each message of the answer, as by mnl_cb_run()
 * Return: 0; -EINTR: changed while it was read; or -errno.
 */
int nft_request(struct mnl_socket *nl, struct nlmsghdr *nlh, mnl_cb_t fn,
		void *arg);

/** nft_generation - the rules' generation id now; 0 or -errno */
int nft_generation(uint32_t *generation);

#endif
