/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_make: a snapshot of nft under construction; in its helper child only. */
#ifndef NFTRACE_NFT_MAKE_H
#define NFTRACE_NFT_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "nft_dump.h"
#include "nft_snapshot.h"

struct owner;

struct nft_maker {
	struct nft_dump dump;
	const void **object;		/* by rule: its struct nftnl_rule */
	struct nft_snapshot *s;
	char *base;
	struct nft_snap_table *table;
	struct nft_snap_chain *chain;
	struct nft_snap_rule *rule;
	uint64_t heap_ready, heap_end;	/* from the heap's start */
	bool failed;
};

/** nft_make_text - put bytes into the heap; their offset */
uint32_t nft_make_text(struct nft_maker *m, const char *bytes, size_t len);

/**
 * nft_fill - the tables, chains and rules of @m->dump, without their texts
 * Return: 0; -EINTR: they do not fit together; or -errno.
 */
int nft_fill(struct nft_maker *m, const struct owner *own);

/** nft_fill_judge - once the texts are there: which tables are iptables-nft's? */
void nft_fill_judge(struct nft_maker *m);

/** nft_fill_may_be_iptables - a table of iptables-nft's, by its name */
bool nft_fill_may_be_iptables(uint32_t nfproto, const char *name);

/**
 * nft_list_read - what `nft -a` prints for commands, of which each ends its line
 * @commands: NULL, or when they fail: all there is
 * Return: malloc'ed, or NULL after the reason was written to stderr.
 */
char *nft_list_read(const char *commands);

/**
 * nft_list_fill - give every rule and policy its text from it
 * A rule that is not found there keeps none.
 */
void nft_list_fill(struct nft_maker *m, const char *list);

/* iptables-nft-save under way. */
struct nft_save {
	pid_t pid;
	int fd;
};

/**
 * nft_save_start - false: there is no such program
 * nft_save_finish - what it prints, malloc'ed; NULL: it failed
 */
bool nft_save_start(struct nft_save *s, uint8_t nfproto);
char *nft_save_finish(struct nft_save *s);

/**
 * nft_save_fill - give rules that iptables-nft wrote their text in its words
 *
 * A line is taken for a rule when the nth line of a chain meets the chain's
 * nth rule, there are as many of one as of the other, the rule's expressions
 * are all of forms that iptables-nft writes, and both jump to the same place.
 */
void nft_save_fill(struct nft_maker *m, uint8_t nfproto, const char *save);

#endif
