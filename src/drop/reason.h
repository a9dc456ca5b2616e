/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reason: the names that the running kernel has for its drop reasons. */
#ifndef NFTRACE_DROP_REASON_H
#define NFTRACE_DROP_REASON_H

#include <stdint.h>

enum { DROP_REASONS = 512, DROP_REASON_NAME = 44 };

/* Made before the reader is forked, from the kernel's BTF; never changed. */
struct drop_reasons {
	uint32_t count;		/* DROP_REASONS at most */
	struct drop_reason {
		uint32_t value;	/* ascending */
		char name[DROP_REASON_NAME];	/* "NO_SOCKET", without the prefix */
	} reason[DROP_REASONS];
};

/**
 * drop_reason_name - what the kernel calls it: "NO_SOCKET"
 * @names: NULL: there are none
 * Return: of @names; NULL: it has none, print the number.
 */
const char *drop_reason_name(const struct drop_reasons *names, uint32_t reason);

#endif
