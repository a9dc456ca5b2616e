// SPDX-License-Identifier: GPL-2.0-or-later
/* frees_options: a preloaded library that frees the option table as libxtables from 1.8.11 on does. */
#include <stdlib.h>

#include <xtables.h>

/* Also other programs load this one: a shell in between, say. */
#pragma weak xt_params

/* 1.8.9 spares a table that is the one it was started with. */
void xtables_free_opts(int unused)
{
	(void)unused;
	free(xt_params->opts);
	xt_params->opts = NULL;
}
