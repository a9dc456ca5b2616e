/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt: the fence round libxtables; used in helper children only. */
#ifndef NFTRACE_XT_H
#define NFTRACE_XT_H

#include <getopt.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/netfilter/x_tables.h>

struct family;

/*
 * libxtables reports bad input by a function that must not return.  While
 * xt_trap points somewhere, the error jumps there with the message in
 * xt_message (no newline); else the process ends with status 2 and the
 * message on stderr.
 */
extern jmp_buf *xt_trap;
extern char xt_message[1024];

/* Which revision of an extension is taken. */
enum xt_probe {
	XT_NEWEST,	/* enough to know option names */
	XT_LEGACY,	/* that ip_tables has; needs CAP_NET_ADMIN */
};

/**
 * xt_open - make libxtables ready for one family; once in a process
 * @base: the option table that extensions' options are merged behind
 */
void xt_open(const struct family *f, const struct option *base,
	     enum xt_probe probe);

/**
 * xt_open_nft - the same for the matches of an nft rule
 * @has_match: is there a match of this name and revision?  -ENOENT: no; see
 *	nft_compat_match()
 */
void xt_open_nft(const struct family *f, const struct option *base,
		 int (*has_match)(const struct family *f, const char *name,
				  uint8_t revision));

/**
 * xt_is_newer - is it the libxtables of iptables 1.8.11 or later, not of 1.8.9?
 *
 * Programs of iptables' go by it as well: they come from the same source.
 */
bool xt_is_newer(void);

/** xt_family - go over to another family; matches only, never targets */
void xt_family(const struct family *f);

/** xt_options - the option table as it stands, base and loaded extensions */
const struct option *xt_options(void);

/** xt_merge_match - append an extension's options, setting its offset */
struct xtables_match;
void xt_merge_match(struct xtables_match *m);

/* Names of extensions, in the order of the folder; one may be there for each family. */
enum { XT_NAMES = 512 };
struct xt_names {
	unsigned int count;
	char name[XT_NAMES][XT_EXTENSION_MAXNAMELEN];
};

/** xt_installed - the matches, and in capitals the targets, that are installed */
void xt_installed(struct xt_names *n);

/** xt_list_matches - the names of all matches that are installed, a line each */
struct helper_out;
void xt_list_matches(struct helper_out *out);

#endif
