/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snaplens: how much of packets is kept when an input is read: at the least and at the default. */
#ifndef TESTS_FUZZ_SNAPLENS_H
#define TESTS_FUZZ_SNAPLENS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* FUZZ_SNAPLEN, where it is set, alone: the fuzzer's time is then for it. */
static inline bool snaplens_has(uint32_t snaplen)
{
	const char *one = getenv("FUZZ_SNAPLEN");

	return !one || strtoul(one, NULL, 10) == snaplen;
}

/* Calls @run with each of them that is wanted. */
static inline void snaplens_each(void (*run)(uint32_t snaplen))
{
	static const uint32_t snaplens[] = { 64, 128 };

	for (unsigned int i = 0; i < 2; i++)
		if (snaplens_has(snaplens[i]))
			run(snaplens[i]);
}

#endif
