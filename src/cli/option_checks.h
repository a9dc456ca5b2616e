/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_checks: which options go together. */
#ifndef NFTRACE_OPTION_CHECKS_H
#define NFTRACE_OPTION_CHECKS_H

#include <stdbool.h>

struct options;

/**
 * options_check - do the options go together?
 * @groups: how often --or was there
 * Return: false after a report.
 */
bool options_check(const struct options *o, unsigned int groups);

#endif
