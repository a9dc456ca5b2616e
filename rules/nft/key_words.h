/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key_words: the key of an element in nft's words. */
#ifndef NFTRACE_NFT_KEY_WORDS_H
#define NFTRACE_NFT_KEY_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct nft_elements;

enum { KEY_WORDS = 512 };

/**
 * key_words - "10.96.0.10 . udp . 53", "10.0.0.0/8", "1024-2047"; not escaped
 * @e: has the parts of its keys
 * @first, @last: of a range; else the same key twice
 * Return: its length.  A part of a type that is not known is in hex.
 */
size_t key_words(char buf[KEY_WORDS], const struct nft_elements *e,
		 const uint8_t *first, const uint8_t *last);

/** key_type_length - bytes of a data type of nft's, by its number; 0: not known */
uint8_t key_type_length(uint8_t type);

#endif
