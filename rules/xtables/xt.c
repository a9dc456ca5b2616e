// SPDX-License-Identifier: GPL-2.0-or-later
/* xt: the fence round libxtables; used in helper children only. */
#include "rules/xtables/xt.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/base/units.h"

#ifndef XTABLES_LIBDIR
#define XTABLES_LIBDIR "/usr/lib/xtables"
#endif

jmp_buf *xt_trap;
char xt_message[1024];

/* For an nft rule: who knows the kernel's matches, and of which family. */
static const struct family *probed;
static int (*probe_match)(const struct family *f, const char *name,
			  uint8_t revision);

static void xt_exit_error(enum xtables_exittype status, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

static void xt_exit_error(enum xtables_exittype status, const char *fmt, ...)
{
	va_list ap;
	char *end;

	va_start(ap, fmt);
	vsnprintf(xt_message, sizeof(xt_message), fmt, ap);
	va_end(ap);
	end = xt_message + strlen(xt_message);
	while (end > xt_message && (end[-1] == '\n' || end[-1] == ' '))
		*--end = '\0';
	for (char *p = xt_message; *p; p++)
		if (*p == '\n')
			*p = ' ';
	if (xt_trap)
		longjmp(*xt_trap, (int)status ? (int)status : 1);
	fprintf(stderr, "%s\n", xt_message);
	fflush(stderr);
	_exit(2);
}

static int newest_revision(const char *name, uint8_t revision, int opt)
{
	(void)name;
	(void)revision;
	(void)opt;
	return 1;
}

/* Targets are none of an nft rule's. */
static int nft_revision(const char *name, uint8_t revision, int opt)
{
	int err = opt == probed->ask_match ?
		probe_match(probed, name, revision) : 0;

	return err != -ENOENT;
}

static struct xtables_globals globals = {
	.option_offset = 0,
	.program_version = "1.8.9",
	.program_name = "nftrace",
	.exit_err = xt_exit_error,
};

static void start(const struct family *f, const struct option *base,
		  int (*revision)(const char *name, uint8_t revision, int opt))
{
	/* Of the job before, in the same process. */
	if (globals.opts && globals.opts != globals.orig_opts)
		xtables_free_opts(1);
	globals.orig_opts = (struct option *)base;
	/* What stands here is the library's to free; 1.8.9 spares orig_opts only. */
	globals.opts = NULL;
	globals.compat_rev = revision;
	if (xtables_init_all(&globals, f->nfproto) < 0)
		xt_exit_error(OTHER_PROBLEM, "libxtables could not be started");
}

void xt_open(const struct family *f, const struct option *base,
	     enum xt_probe probe)
{
	start(f, base, probe == XT_LEGACY ? xtables_compatible_revision
					  : newest_revision);
}

void xt_open_nft(const struct family *f, const struct option *base,
		 int (*has_match)(const struct family *f, const char *name,
				  uint8_t revision))
{
	probed = f;
	probe_match = has_match;
	start(f, base, nft_revision);
}

/* Its table of protocols has grown by dccp; no function is new. */
bool xt_is_newer(void)
{
	for (const struct xtables_pprot *p = xtables_chain_protos; p->name; p++)
		if (p->num == IPPROTO_DCCP)
			return true;
	return false;
}

void xt_family(const struct family *f)
{
	xtables_set_nfproto(f->nfproto);
}

const struct option *xt_options(void)
{
	return globals.opts ? globals.opts : globals.orig_opts;
}

void xt_merge_match(struct xtables_match *m)
{
	struct option *opts;

	if (m->x6_options)
		opts = xtables_options_xfrm(globals.orig_opts, globals.opts,
					    m->x6_options, &m->option_offset);
	else if (m->extra_opts)
		opts = xtables_merge_options(globals.orig_opts, globals.opts,
					     m->extra_opts, &m->option_offset);
	else
		return;
	if (!opts)
		xt_exit_error(OTHER_PROBLEM, "out of memory");
	globals.opts = opts;
}

/* libxt_tcp.so -> tcp; NULL: no extension */
static const char *name_of_file(char *file)
{
	static const char *const prefixes[] = {
		"libxt_", "libipt_", "libip6t_",
	};
	char *dot = strrchr(file, '.');

	if (!dot || strcmp(dot, ".so") != 0)
		return NULL;
	*dot = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t len = strlen(prefixes[i]);

		if (strncmp(file, prefixes[i], len) == 0)
			return strcmp(file + len, "standard") ? file + len : NULL;
	}
	return NULL;
}

void xt_installed(struct xt_names *n)
{
	const char *folder = getenv("XTABLES_LIBDIR");
	struct dirent *e;
	DIR *d = opendir(folder && *folder ? folder : XTABLES_LIBDIR);

	n->count = 0;
	while (d && n->count < XT_NAMES && (e = readdir(d))) {
		const char *name = name_of_file(e->d_name);

		if (name)
			snprintf(n->name[n->count++], sizeof(n->name[0]), "%s",
				 name);
	}
	if (d)
		closedir(d);
}

/* Targets are written in capitals. */
void xt_list_matches(struct helper_out *out)
{
	struct xt_names n;

	xt_installed(&n);
	for (unsigned int i = 0; i < n.count; i++) {
		if (!islower((unsigned char)*n.name[i]))
			continue;
		helper_append(out, n.name[i], strlen(n.name[i]));
		helper_append(out, "\n", 1);
	}
}
