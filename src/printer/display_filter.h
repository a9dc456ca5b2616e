/* SPDX-License-Identifier: GPL-2.0-or-later */
/* display_filter: which journeys are printed (--only drop,chain=cali-*,!in=lo). */
#ifndef NFTRACE_DISPLAY_FILTER_H
#define NFTRACE_DISPLAY_FILTER_H

#include <stdbool.h>
#include <stdint.h>

struct ifnames;
struct journey;

enum { DISPLAY_FILTER_WORDS = 64 };

/* What a word asks of: those of one kind are alternatives. */
enum display_kind {
	DISPLAY_FATE, DISPLAY_STATE, DISPLAY_TABLE, DISPLAY_CHAIN, DISPLAY_IN,
	DISPLAY_OUT, DISPLAY_NAT, DISPLAY_CHANGED,
	DISPLAY_KINDS,
};

struct display_word {
	uint8_t kind;		/* enum display_kind */
	uint8_t value;		/* enum fate_kind, enum conntrack_state */
	bool not;		/* it must not fit */
	const char *name;	/* of a table, chain or interface, with "*"; borrowed */
};

struct display_filter {
	unsigned int words;
	struct display_word word[DISPLAY_FILTER_WORDS];
	unsigned int kinds;	/* 1 << enum display_kind, of any word */
};

/**
 * display_filter_parse - @words is changed in place and must outlive @only
 * @bad: out, when false is returned: the word that is not known; borrowed
 */
bool display_filter_parse(struct display_filter *only, char *words,
			  const char **bad);

/** display_filter_name_fits - is @name what a word asks for?  A "*" is any bytes, or none */
bool display_filter_name_fits(const char *pattern, const char *name);

/**
 * display_filter_chain_fits - the same of a chain, by its name or as events show it
 * "filter:INPUT" is INPUT of the table filter.
 */
bool display_filter_chain_fits(const char *pattern, const char *table, const char *chain);

/**
 * display_filter_passes - a word of each kind fits, and none that must not
 *
 * Tables and chains are those of one event.
 */
bool display_filter_passes(const struct display_filter *only,
			   const struct journey *j,
			   const struct ifnames *names);

/** display_filter_passes_as - the same, were it the fate of that kind that branch @b has */
bool display_filter_passes_as(const struct display_filter *only,
			      const struct journey *j, unsigned int b,
			      uint8_t kind, const struct ifnames *names);

#endif
