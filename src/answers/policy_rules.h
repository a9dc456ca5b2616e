/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_rules: what the host's ip rules, taken together, can do to a packet. */
#ifndef NFTRACE_POLICY_RULES_H
#define NFTRACE_POLICY_RULES_H

#include <stdbool.h>

/**
 * policy_rules_ask_more - does one ask for ports, a user, all of DSCP: what no question has?
 * Return: false: none does, or the kernel does not say (it has no rules but its own).
 */
bool policy_rules_ask_more(bool six);

#endif
