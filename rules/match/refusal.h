/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusal: sentences for words that are iptables' or tcpdump's, not a match. */
#ifndef NFTRACE_REFUSAL_H
#define NFTRACE_REFUSAL_H

#include <stddef.h>

/**
 * refusal_of_word - why a bare word is no match, and what to type instead
 * @next: the word behind it, NULL at the end
 */
void refusal_of_word(char *buf, size_t size, const char *word,
		     const char *next);

/** refusal_of_option - a command or other option of iptables; by its letter */
void refusal_of_option(char *buf, size_t size, int letter, const char *word);

#endif
