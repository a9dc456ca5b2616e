/* SPDX-License-Identifier: GPL-2.0-or-later */
/* only_names: are there the tables, chains and interfaces that --only and --expect name? */
#ifndef NFTRACE_ONLY_NAMES_H
#define NFTRACE_ONLY_NAMES_H

struct display_filter;
struct expectation;
struct ruleset;

/** only_names_say - a note for each that is not there now, with the nearest that is */
void only_names_say(const struct display_filter *only,
		    const struct expectation *expect,
		    const struct ruleset *rules);

#endif
