/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_owners: which of the extensions that are installed has an option. */
#ifndef NFTRACE_OPTION_OWNERS_H
#define NFTRACE_OPTION_OWNERS_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"

/* All options of all extensions, of each family. */
struct option_owners {
	struct helper_result family[FAMILY_COUNT];
};

/**
 * option_owners_read - load every extension, in helpers
 *
 * The search takes as long as reading some hundred files do: for who has typed a wrong word.
 * What cannot be loaded is not in it.  option_owners_release() it.
 */
void option_owners_read(struct option_owners *o);

void option_owners_release(struct option_owners *o);

/**
 * option_owners_needs - what has to stand before an option to bring it along
 * @name, @len: without dashes
 * @buf: "-p tcp or -p udp", "-m conntrack"; of a target's option "-j DNAT"
 * Return: false: no extension has an option of this name.
 */
bool option_owners_needs(const struct option_owners *o, const char *name,
			 size_t len, char *buf, size_t size);

/**
 * option_owners_next - each option's name once or more, without dashes
 * @at: NULL at first; what was returned last
 * Return: its name, ended by '\0'; NULL: there are no more.
 */
const char *option_owners_next(const struct option_owners *o, const char *at);

#endif
