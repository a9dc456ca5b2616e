/* SPDX-License-Identifier: GPL-2.0-or-later */
/* emulated: is the processor emulated, so that all takes a hundred times as long? */
#ifndef TESTS_UNIT_EMULATED_H
#define TESTS_UNIT_EMULATED_H

#include <stdbool.h>
#include <stdlib.h>

/** emulated - by qemu-user, as `make check-arch` says */
static inline bool emulated(void)
{
	const char *emulator = getenv("EMULATOR");

	return emulator && *emulator;
}

#endif
