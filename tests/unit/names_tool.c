// SPDX-License-Identifier: GPL-2.0-or-later
/* names_tool: "OPTION EXTENSION" for every option of every installed match and target. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/xtables/xt.h"

/* libxt_tcp.so, libipt_icmp.so, libip6t_hl.so: the extension's name, or NULL. */
static const char *name_of_file(char *file)
{
	static const char *const prefixes[] = { "libxt_", "libipt_", "libip6t_" };
	char *dot = strrchr(file, '.');

	if (!dot || strcmp(dot, ".so") != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i]);

		if (strncmp(file, prefixes[i], len) != 0)
			continue;
		*dot = '\0';
		return file + len;
	}
	return NULL;
}

static void print_options(const char *name, const struct xt_option_entry *x6,
			  const struct option *old)
{
	for (; x6 && x6->name; x6++)
		printf("%s %s\n", x6->name, name);
	for (; old && old->name; old++)
		printf("%s %s\n", old->name, name);
}

/* In a process of its own: a target is kept for the family that loads it first. */
static void print_all(const struct family *f, const char *folder)
{
	static const struct option none[] = { { NULL, 0, NULL, 0 } };
	struct dirent *e;
	DIR *d = opendir(folder);

	if (!d)
		exit(1);
	xt_open(f, none, false);
	while ((e = readdir(d))) {
		const char *name = name_of_file(e->d_name);
		const struct xtables_match *m = NULL;
		const struct xtables_target *t = NULL;

		if (!name)
			continue;
		m = xtables_find_match(name, XTF_TRY_LOAD, NULL);
		if (m)
			print_options(name, m->x6_options, m->extra_opts);
		else
			t = xtables_find_target(name, XTF_TRY_LOAD);
		if (t)
			print_options(name, t->x6_options, t->extra_opts);
	}
	closedir(d);
}

int main(int argc, char *argv[])
{
	if (argc != 3)
		return 2;
	print_all(*argv[1] == '4' ? &family_ipv4 : &family_ipv6, argv[2]);
	return 0;
}
