/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_hint: what to type instead of an option that nobody has brought along. */
#ifndef NFTRACE_OPTION_HINT_H
#define NFTRACE_OPTION_HINT_H

/**
 * option_hint_say - what has to stand before it, or which option was meant; one line, or none
 * @word: with dashes, and a value behind "=" if it has one
 */
void option_hint_say(const char *word);

#endif
