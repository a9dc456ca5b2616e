/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match_option: where an option of iptables' stands among the words of an expression. */
#ifndef NFTRACE_MATCH_OPTION_H
#define NFTRACE_MATCH_OPTION_H

#include <stdbool.h>

struct expression;

/* Where it is, how many words it takes, and its value. */
struct match_option {
	int at, words;
	const char *value;
};

/**
 * match_option_find - the first of these, which has a value
 * @brief, @name: "-o", "--out-interface"
 *
 * "-o eth1", "-oeth1", "--out-interface eth1", "--out-interface=eth1"; and not the
 * value of the option before it.
 */
bool match_option_find(const struct expression *e, const char *brief,
		       const char *name, struct match_option *m);

#endif
