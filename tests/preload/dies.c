// SPDX-License-Identifier: GPL-2.0-or-later
/* dies: a preloaded library that ends the process when a match is looked up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct xtables_match;
struct xtables_match *xtables_find_match(const char *name, int load,
					 void *matches);

/* DIES: "abort", as glibc does it, or "exit", as libxtables does it. */
struct xtables_match *xtables_find_match(const char *name, int load,
					 void *matches)
{
	const char *how = getenv("DIES");

	(void)name;
	(void)load;
	(void)matches;
	fputs("free(): invalid pointer\nsecond line\n", stderr);
	if (how && strcmp(how, "exit") == 0)
		exit(1);
	abort();
}
