/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_near: which option was meant by a word that is none. */
#ifndef NFTRACE_OPTION_NEAR_H
#define NFTRACE_OPTION_NEAR_H

struct spelling;

/**
 * option_near_begin - of nftrace's own options, the one that was meant by @word
 * @n: others are looked at behind them: spelling_look(); borrows @word
 */
void option_near_begin(struct spelling *n, const char *word);

#endif
