/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elements_ask: what maps and sets held when a packet met their rule, by asking. */
#ifndef NFTRACE_ELEMENTS_ASK_H
#define NFTRACE_ELEMENTS_ASK_H

#include <stdint.h>

enum { ELEMENTS_ASK_ALWAYS = UINT32_MAX };

struct journey;
struct nft_elements;
struct reader_state;

/* A rule's verdict map, or a set that it names. */
struct elements_of {
	uint8_t family;		/* of the table */
	uint64_t handle;	/* of the rule */
	const char *table, *chain, *set;	/* "": the verdict map */
	uint64_t key;		/* of the reading: nft_key_rule(); of a set its own */
	uint64_t rule;		/* nft_key_rule(); 0: whoever asks vouches for the rule */
};

/**
 * elements_ask - as they were when the packet met the rule
 *
 * Since its first event nobody has touched rule, map or set, and nobody has since
 * they were read, before or behind it.  They are asked for once, and again when they
 * have changed: then the reader waits some ms, as reader_may_ask() has it.
 * @last: no question is asked behind that of this number
 * Return: borrowed until the next question; NULL: that is not known.
 */
const struct nft_elements *elements_ask(struct reader_state *s,
					const struct journey *j,
					const struct elements_of *of,
					uint32_t last);

/** elements_ask_ahead - unless they were read before: when a packet is printed they may be gone */
void elements_ask_ahead(struct reader_state *s, const struct elements_of *of);

#endif
