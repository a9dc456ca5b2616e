/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hints: sentences for words that are iptables' or tcpdump's, not a match. */
#ifndef NFTRACE_HINTS_H
#define NFTRACE_HINTS_H

#include <stddef.h>

/**
 * hints_of_word - why a bare word is no match, and what to type instead
 * @next: the word behind it, NULL at the end
 */
void hints_of_word(char *buf, size_t size, const char *word, const char *next);

/** hints_of_option - a command or other option of iptables; by its letter */
void hints_of_option(char *buf, size_t size, int letter, const char *word);

#endif
