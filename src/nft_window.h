/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_window: the nft rules of now and of just before, and which tables were made anew. */
#ifndef NFTRACE_NFT_WINDOW_H
#define NFTRACE_NFT_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct nft_change;
struct nft_snapshot;

enum { NFT_WINDOW_SNAPS = 4, NFT_WINDOW_TABLES = 32 };

/* A table that was made or deleted, or a rule that was replaced meanwhile. */
struct nft_touched {
	uint8_t family;
	uint64_t made;		/* the table's handle; 0: deleted */
	uint64_t rule;		/* the rule's handle; 0: it is the table */
	char name[64];		/* the kernel's limit is longer; see .all */
};

/*
 * A window is open from the first change that the kernel tells of until the
 * rules have been read again and nothing has changed since.  As long as a table
 * lives, a handle is used again only when its rule is replaced; only that, and
 * tables made anew, put a text in doubt.
 */
struct nft_window {
	const struct nft_snapshot *snap[NFT_WINDOW_SNAPS];	/* [0]: now */
	unsigned int snaps;
	const struct nft_snapshot *first;	/* of the start: not to be unmapped */
	struct nft_touched table[NFT_WINDOW_TABLES];
	unsigned int tables;
	uint64_t deleted;	/* the rule that the last message said was gone */
	uint32_t generation;	/* that the kernel has told of so far */
	bool open;
	bool changed;		/* since snap[0] was read */
	bool all;		/* too much, or not all was told: all are touched */
};

/** nft_window_begin - @snap: of the start, borrowed for ever */
void nft_window_begin(struct nft_window *w, const struct nft_snapshot *snap);
void nft_window_end(struct nft_window *w);

/** nft_window_change - true: a table is touched that was not before */
bool nft_window_change(struct nft_window *w, const struct nft_change *c);

/** nft_window_lost - messages are lost: any table may have been made anew */
void nft_window_lost(struct nft_window *w);

/** nft_window_touched - may this rule (0: the chain) have been another one? */
bool nft_window_touched(const struct nft_window *w, uint8_t family,
			const char *name, uint32_t len, uint64_t rule);

/**
 * nft_window_gapless - is each of those that it may have been in one of the
 * snapshots?
 */
bool nft_window_gapless(const struct nft_window *w, uint8_t family,
			const char *name, uint32_t len, uint64_t rule);

/**
 * nft_window_install - the rules of now; owned in any case
 * Return: false: the kernel has not told of all that is in it yet, try again.
 */
bool nft_window_install(struct nft_window *w, const struct nft_snapshot *snap);

/** nft_window_close - nothing depends on the rules of before any more, if it is over */
void nft_window_close(struct nft_window *w);

#endif
