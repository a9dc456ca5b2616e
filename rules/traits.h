/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traits: what a parsed expression is, beyond its bytes; see enum match_trait. */
#ifndef NFTRACE_TRAITS_H
#define NFTRACE_TRAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct family;
struct xt_entry_match;

/**
 * traits_of_match - what one match of an expression means for raw
 * @effect, @size: filled when MATCH_SIDE_EFFECT is among them
 * Return: enum match_trait, ored.
 */
uint32_t traits_of_match(const struct family *f,
			 const struct xt_entry_match *m, char *effect,
			 size_t size);

/** traits_of_ip - from an entry's ip part alone: -i, -o, -f, everything, nothing */
uint32_t traits_of_ip(const struct family *f, const void *entry);

/** traits_ip_is_open - is there no condition in the ip part of an entry? */
bool traits_ip_is_open(const struct family *f, const void *entry);

#endif
