/* SPDX-License-Identifier: GPL-2.0-or-later */
/* batch: changes to nft's rules, all in one transaction or not at all. */
#ifndef NFTRACE_NFT_BATCH_H
#define NFTRACE_NFT_BATCH_H

#include <stdint.h>

struct mnl_socket;
struct nlmsghdr;

struct nft_batch;

/* A message that the kernel refused: its number in the batch, from 0. */
struct nft_refusal {
	uint32_t message;
	int error;		/* -errno */
};

/** nft_socket_open - NULL with errno set; mnl_socket_close() it */
struct mnl_socket *nft_socket_open(void);

/**
 * nft_batch_new - an empty transaction
 * Return: NULL: no memory.
 */
struct nft_batch *nft_batch_new(void);

/** nft_batch_free - sent or not; NULL is nothing */
void nft_batch_free(struct nft_batch *b);

/**
 * nft_batch_next - room for one more message
 * @type: NFT_MSG_*; @flags: NLM_F_*
 * Return: its header, for libnftnl's ..._nlmsg_build_payload().
 */
struct nlmsghdr *nft_batch_next(struct nft_batch *b, uint16_t type,
				uint8_t nfproto, uint16_t flags);

/**
 * nft_batch_listen - what the kernel tells of each change, sent with NLM_F_ECHO
 * @fn: called by nft_batch_send() with each message; what does not fit into the
 * socket is lost, and nothing says so
 */
void nft_batch_listen(struct nft_batch *b,
		      void (*fn)(const struct nlmsghdr *nlh, void *arg),
		      void *arg);

/** nft_batch_count - messages in it; the number of the next one */
uint32_t nft_batch_count(const struct nft_batch *b);

/**
 * nft_batch_send - commit it
 * @refusal: filled with what was refused, @max at most
 * @count: how many were
 * Return: 0: all is in force; -EINVAL with *count > 0: nothing is; or -errno.
 */
int nft_batch_send(struct nft_batch *b, struct mnl_socket *nl,
		   struct nft_refusal *refusal, uint32_t max, uint32_t *count);

/**
 * nft_batch_wait - until whoever is just changing the rules has done so
 * The kernel counts the generation up, lets packets see the rules and tells of
 * them one after the other; in between it holds its commit mutex, which an
 * empty transaction takes as well.
 */
int nft_batch_wait(struct mnl_socket *nl);

/**
 * nft_batch_settle - until no CPU is in rules that were changed before this call
 * Then the counters of rules that nothing leads to any more are final, and all
 * events of what they met are in the sockets.
 * Return: 0 or -errno.
 */
int nft_batch_settle(void);

#endif
