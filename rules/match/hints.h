/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hints: sentences for words that are iptables' or tcpdump's, not a match. */
#ifndef NFTRACE_HINTS_H
#define NFTRACE_HINTS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * hints_of_words - why bare words are neither a match nor a filter of tcpdump's
 * Return: false: they may be one, and nothing is written.
 */
bool hints_of_words(char *buf, size_t size, const char *words);

/**
 * hints_of_filter - what to type instead of a filter's word for what rules do not see
 *
 * Rules see a packet from its IP header on.
 * Return: a part of a sentence; NULL: there is no such word in it.
 */
const char *hints_of_filter(const char *words);

/** hints_of_link_byte - does a filter ask for bytes in front of the IP header? */
bool hints_of_link_byte(const char *words);

/**
 * hints_of_syntax - what else words may be that are no filter: a command, an interface
 * Return: false: nothing that is known.
 */
bool hints_of_syntax(char *buf, size_t size, const char *words);

/** hints_has_one_dash - is it the name of an option that is often typed with one? */
bool hints_has_one_dash(const char *name);

/** hints_of_letter - what a letter of tcpdump's is here; NULL: nothing */
const char *hints_of_letter(int letter);

/** hints_of_option - a command or other option of iptables; by its letter */
void hints_of_option(char *buf, size_t size, int letter, const char *word);

#endif
