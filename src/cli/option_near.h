/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_near: which option was meant by a word that is none. */
#ifndef NFTRACE_OPTION_NEAR_H
#define NFTRACE_OPTION_NEAR_H

/**
 * option_near - the option that was meant by @word, nftrace's or a match's
 * Return: its name without dashes; NULL: none is near.
 */
const char *option_near(const char *word);

/**
 * option_needs - what has to stand before @word, which is a match's option
 * Return: "-m conntrack"; NULL: it is none that is known here.
 */
const char *option_needs(const char *word);

#endif
