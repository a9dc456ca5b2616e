/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map_readings: elements of verdict maps that were read, by the rules that ask them. */
#ifndef NFTRACE_MAP_READINGS_H
#define NFTRACE_MAP_READINGS_H

#include <stddef.h>
#include <stdint.h>

struct nft_elements;

enum {
	MAP_READINGS = 256,		/* rules whose maps are remembered */
	MAP_READINGS_BYTES = 64 << 20,	/* of their elements, all together */
};

/* The elements of a rule's map, as they were in one generation. */
struct map_reading {
	uint64_t rule;		/* nft_key_rule(); 0: there is none */
	uint64_t map;		/* nft_key_chain() of the map's name; 0: not known */
	uint32_t generation;
	uint64_t again_ns;	/* CLOCK_MONOTONIC: it is not asked for before */
	const struct nft_elements *elements;	/* NULL: they are not to be had */
};

/* Zeroed: none. */
struct map_readings {
	struct map_reading list[MAP_READINGS];
	unsigned int next;	/* the one that makes room */
	uint64_t bytes;
	/* Questions: the number of the last one, and of the last answer. */
	uint32_t asks, answered;
	uint64_t rule;		/* that the last one was about; 0: its answer was kept */
	uint64_t asked_ns;	/* CLOCK_MONOTONIC */
	const struct nft_elements *answer;	/* until it is kept; NULL: there are none */
};

/** map_readings_close - unmap all */
void map_readings_close(struct map_readings *m);

/** map_readings_find - of a rule; NULL: there is none */
struct map_reading *map_readings_find(struct map_readings *m, uint64_t rule);

/** map_readings_answer - to question @ask; @fd: -1: none; closed here */
void map_readings_answer(struct map_readings *m, uint32_t ask, int fd, size_t size);

/**
 * map_readings_keep - the answer becomes the reading of .rule, in its place or in the oldest's
 * @generation: of the rules, where there are no elements that tell it
 * Return: the reading, whose .map and .again_ns are left to be filled
 */
struct map_reading *map_readings_keep(struct map_readings *m, uint32_t generation);

#endif
