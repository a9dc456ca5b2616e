/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map_verdict: what the verdict map of a rule of nft said of a packet, and in which element. */
#ifndef NFTRACE_MAP_VERDICT_H
#define NFTRACE_MAP_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journey;
struct place;

enum {
	MAP_VERDICTS = 128,	/* of one packet that are told; later ones are not */
	MAP_VERDICT_TEXT = 280,	/* "goto " and a chain's name */
	MAP_VERDICT_KEY = 512,
	MAP_VERDICT_COMMENT = 256,
};

/* Texts are as the kernel has them: to be escaped where they are printed. */
struct map_verdict {
	uint32_t step;		/* index of the event in the journey */
	const char *verdict;	/* the event told it: "drop", "goto external-web" */
	const char *key;	/* of the element: "10.96.0.10 . udp . 53"; NULL: not known */
	const char *comment;	/* of the element; NULL: it has none */
};

/* Elements that the printed packet met; zeroed: none. */
struct map_verdicts {
	uint32_t count;
	uint32_t used;		/* bytes of .text */
	struct map_verdict list[MAP_VERDICTS];	/* in the order of .step */
	char text[16384];
};

/**
 * map_verdicts_add - one more, which the journey will show with the others
 * @key, @comment: copied; NULL as above, and together they are less than .text
 * Return: false: there is no room.
 */
bool map_verdicts_add(struct map_verdicts *m, struct journey *j, uint32_t step,
		      const char *verdict, const char *key, const char *comment);

/** map_verdict_word - what the verdict map of a rule said; @at: .mapped */
void map_verdict_word(char buf[MAP_VERDICT_TEXT], const struct place *at);

/**
 * map_verdict_effect - the same back: enum place_effect, EFFECT_UNKNOWN: it is no such word
 * @chain: to which it leads, "": to none; borrowed of @v
 */
uint8_t map_verdict_effect(const struct map_verdict *v, const char **chain);

/** map_verdict_at - of the event of that index; NULL: no verdict map was asked */
const struct map_verdict *map_verdict_at(const struct journey *j, uint32_t step);

/** map_verdict_of - of the last event of branch @b at @at; NULL: as above */
const struct map_verdict *map_verdict_of(const struct journey *j, unsigned int b,
					 const struct place *at);

#endif
