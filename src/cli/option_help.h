/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_help: --help, from the table of options. */
#ifndef NFTRACE_OPTION_HELP_H
#define NFTRACE_OPTION_HELP_H

#include <stdio.h>

/** options_help - on @f, in 80 columns */
void options_help(FILE *f);

#endif
