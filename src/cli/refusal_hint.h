/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusal_hint: what to type instead of what iptables' parser refuses. */
#ifndef NFTRACE_REFUSAL_HINT_H
#define NFTRACE_REFUSAL_HINT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * refusal_hint - a sentence behind libxtables' own
 * @refusal: what it said
 * @words: the expression, words joined by blanks
 * Return: false: there is nothing to add.
 */
bool refusal_hint(char *buf, size_t size, const char *refusal,
		  const char *words);

#endif
