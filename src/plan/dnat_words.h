/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnat_words: which packets come to a rule that translates, in the words that trace them. */
#ifndef NFTRACE_DNAT_WORDS_H
#define NFTRACE_DNAT_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct ruleset;

/**
 * dnat_words - "nftrace -d 10.96.0.80 -p tcp --dport 80 or ...", of the ways that lead there
 * @family: index, of a rule of iptables-legacy; FAMILY_COUNT: of nft
 * @rule: its index in the snapshot
 *
 * By the rule and those that jump to its chain, the nearest of which that name a
 * destination.  What maps of nft lead to is not found.
 *
 * Return: how many ways; 0: none that names a destination, and @to is "".
 */
unsigned int dnat_words(char *to, size_t size, const struct ruleset *rules,
			unsigned int family, uint32_t rule);

#endif
