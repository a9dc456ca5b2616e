// SPDX-License-Identifier: GPL-2.0-or-later
/* extensions: which matches are installed. */
#include "rules/xtables/extensions.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/helper.h"

#ifndef XTABLES_LIBDIR
#define XTABLES_LIBDIR "/usr/lib/xtables"
#endif

/* libxt_tcp.so -> tcp; NULL: no match (targets are written in capitals). */
static const char *match_of_file(char *file)
{
	static const char *const prefixes[] = {
		"libxt_", "libipt_", "libip6t_",
	};
	char *dot = strrchr(file, '.');

	if (!dot || strcmp(dot, ".so") != 0)
		return NULL;
	*dot = '\0';
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i]);

		if (strncmp(file, prefixes[i], len) == 0)
			return islower((unsigned char)file[len]) ? file + len
								 : NULL;
	}
	return NULL;
}

void extensions_list(struct helper_out *out)
{
	const char *folder = getenv("XTABLES_LIBDIR");
	struct dirent *e;
	DIR *d = opendir(folder && *folder ? folder : XTABLES_LIBDIR);

	if (!d)
		return;
	while ((e = readdir(d))) {
		const char *name = match_of_file(e->d_name);

		if (!name || strcmp(name, "standard") == 0)
			continue;
		helper_append(out, name, strlen(name));
		helper_append(out, "\n", 1);
	}
	closedir(d);
}
