/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base_options: the options that iptables has without any extension. */
#ifndef NFTRACE_BASE_OPTIONS_H
#define NFTRACE_BASE_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

/* nftrace's own word of a match, beside iptables': a filter of tcpdump's. */
enum { BASE_OPTION_FILTER = 'Y' };

/* Ended by a zero row; .val is the letter.  Names as in iptables(8), and one. */
extern const struct option base_options[];

/* The same for getopt_long(3): words in order, a missing argument as ':'. */
extern const char base_letters[];

/** base_option_is_match - is it part of a match, and of no command of iptables'? */
bool base_option_is_match(int letter);

#endif
