/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnat_hint: nothing came for an address: does a rule send there what comes to others? */
#ifndef NFTRACE_DNAT_HINT_H
#define NFTRACE_DNAT_HINT_H

#include <stdbool.h>

struct plan;
struct ruleset;

/**
 * dnat_hint_say - by the rules' texts, for the -d of each expression; the first such rule
 * @lead: a message in front of it; NULL: none
 *
 * Return: was there one?
 */
bool dnat_hint_say(const struct plan *p, const struct ruleset *rules,
		   const char *lead);

#endif
