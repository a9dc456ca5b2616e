/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask: which number an address or a name has in output for strangers. */
#ifndef NFTRACE_MASK_H
#define NFTRACE_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is numbered, each kind from 1. */
enum mask_kind {
	MASK_NAME, MASK_HOST, MASK_INTERFACE, MASK_CHAIN, MASK_TABLE, MASK_SET,
	MASK_COMMENT,
	MASK_NAMES,		/* those above are words in the output */
	MASK_NET4 = MASK_NAMES,	/* /24 of IPv4, or what is wider */
	MASK_NET6,		/* /48 of IPv6, or what is wider */
	MASK_LINK6,		/* /64 */
	MASK_HOST6, MASK_GROUP6, MASK_MAC,
	MASK_KINDS,
};

struct mask;

/**
 * mask_open - a key by chance, and no number given yet
 *
 * What is numbered is shared with the children that are forked from now on, so that
 * it has one number for all of them.  A child that writes nonsense there can mix
 * numbers up, and nothing more: no text is in it.
 * Return: NULL with errno set.
 */
struct mask *mask_open(void);

/** mask_close - in this process only; NULL is nothing */
void mask_close(struct mask *m);

/**
 * mask_number - of these bytes, which get one when they are new
 * @kind: of new ones; what is known keeps its own, which is put there
 * Return: 0: there are more than can be told apart.
 */
uint32_t mask_number(struct mask *m, enum mask_kind *kind, const void *bytes,
		     size_t len);

/** mask_is_known - do these bytes have a number, and of which kind? */
bool mask_is_known(struct mask *m, enum mask_kind *kind, const void *bytes,
		   size_t len);

/** mask_chance - a number from the key, @what and these bytes, the same each time */
uint64_t mask_chance(const struct mask *m, uint32_t what, const void *bytes,
		     size_t len);

#endif
