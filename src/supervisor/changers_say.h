/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changers_say: who changed nft's rules during the trace, in words. */
#ifndef NFTRACE_CHANGERS_SAY_H
#define NFTRACE_CHANGERS_SAY_H

struct stats;

/** changers_say_first - a line when they change for the first time; @st: the reader's */
void changers_say_first(const struct stats *st);

/** changers_say_all - a line of the summary, if any did; @st: a copy within bounds */
void changers_say_all(const struct stats *st);

#endif
