/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_values: the value of an option -> its place in the struct. */
#ifndef NFTRACE_OPTION_VALUES_H
#define NFTRACE_OPTION_VALUES_H

#include <stdbool.h>

struct option_row;
struct options;

/**
 * option_take - an option of the command line, with its value, into @o
 * Return: false after a report.
 */
bool option_take(struct options *o, const struct option_row *r,
		 const char *value);

#endif
