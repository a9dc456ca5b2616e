/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elements: what a rule's map or set holds, and of which fields of a packet its keys are made. */
#ifndef NFTRACE_NFT_ELEMENTS_H
#define NFTRACE_NFT_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NFT_KEY = 64,		/* bytes of a key at most (NFT_DATA_VALUE_MAXLEN) */
	NFT_KEY_PARTS = 16,
	NFT_ELEMENT_NONE = UINT32_MAX,
	NFT_SET_NAME = 256,
};

/* What of a packet is a part of a key. */
enum nft_key_field {
	NFT_KEY_UNKNOWN,	/* nothing that an event tells: fib, numgen, a part of a field */
	NFT_KEY_SADDR,
	NFT_KEY_DADDR,
	NFT_KEY_PROTOCOL,	/* what IP carries; of IPv6 behind its extensions */
	NFT_KEY_NEXTHDR,	/* of IPv6: in its own header */
	NFT_KEY_SPORT,
	NFT_KEY_DPORT,
	NFT_KEY_IIF,
	NFT_KEY_OIF,
	NFT_KEY_IIFNAME,
	NFT_KEY_OIFNAME,
	NFT_KEY_MARK,
	NFT_KEY_NFPROTO,
	NFT_KEY_CT_STATE,
	NFT_KEY_FIELDS
};

struct nft_key_part {
	uint8_t at, len;	/* in the key */
	uint8_t field;		/* enum nft_key_field */
	uint8_t nfproto;	/* whose header it is in; NFPROTO_UNSPEC: any */
	bool swapped;		/* a number of the host's, in network order */
	bool host;		/* its rule says so: else an INTEGER may be of either */
	uint8_t type;		/* nft's number of its data type: key_words.h */
};

/* In order of .key; ranges do not overlap, but for those of several parts. */
struct nft_element {
	int32_t verdict;	/* of a map: NF_ACCEPT, NFT_GOTO ... */
	uint32_t chain;		/* JUMP, GOTO: see nft_elements_text() */
	uint32_t words;		/* its key as nft prints it; none of these is escaped */
	uint32_t comment;	/* 0: none */
	bool any;		/* "*": what no other element holds */
};

/* In shared memory; what follows lies behind it, at the offsets given. */
struct nft_elements {
	uint64_t size;		/* bytes in all */
	uint32_t generation;	/* at which all this was so */
	uint32_t count;
	bool expires;		/* elements may time out, or packets add some: unseen */
	bool ranges;		/* an element has two keys: of its first and last */
	uint8_t key_len;
	uint8_t parts;
	struct nft_key_part part[NFT_KEY_PARTS];
	char set[NFT_SET_NAME];	/* its name */
	uint64_t element_at, key_at, last_at, heap_at;
};

/* What is known of a packet's key. */
struct nft_key {
	uint8_t bytes[NFT_KEY];
	uint16_t known;		/* parts, a bit each */
};

/**
 * nft_elements_map - what is behind a descriptor, read-only
 * @size: bytes, as known by whoever sent it; the descriptor may be closed afterwards
 * Return: NULL when it cannot be mapped, or is nothing of the kind.
 */
const struct nft_elements *nft_elements_map(int fd, size_t size);

/** nft_elements_unmap - NULL is nothing */
void nft_elements_unmap(const struct nft_elements *e);

/** nft_elements_at, nft_elements_key, nft_elements_text - by index, by offset; borrowed from @e */
const struct nft_element *nft_elements_at(const struct nft_elements *e, uint32_t i);
const uint8_t *nft_elements_key(const struct nft_elements *e, uint32_t i);
/** nft_elements_last - of a range its last key, else the same as _key() */
const uint8_t *nft_elements_last(const struct nft_elements *e, uint32_t i);
const char *nft_elements_text(const struct nft_elements *e, uint32_t offset);

/**
 * nft_elements_find - which element gave a packet its verdict
 * @chain: where the verdict leads; "" for others than JUMP and GOTO
 *
 * Where a part of the key is not known, it is the only element that can have.
 * Return: NFT_ELEMENT_NONE: none fits, it has another verdict, or it is not
 * certain which.
 */
uint32_t nft_elements_find(const struct nft_elements *e, const struct nft_key *k,
			   int32_t verdict, const char *chain);

#endif
