/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rate: how many packets are traced at most, for either backend. */
#ifndef NFTRACE_RATE_H
#define NFTRACE_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options;
struct plan;

/**
 * rate_choose - the rate asked for, or the one that fits the tables
 * @p: knows its tables; .rate, .limit and .rate_default are filled
 * @words: the rate as the limit match takes it
 * Return: false for no limit.
 */
bool rate_choose(struct plan *p, const struct options *o, char *words,
		 size_t size, unsigned int *burst);

/** rate_unit - "second", "minute", "hour", "day" */
const char *rate_unit(uint64_t seconds);

#endif
