/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_rows: one row an option, and what is done with the words of one. */
#ifndef NFTRACE_OPTION_ROWS_H
#define NFTRACE_OPTION_ROWS_H

#include <stdbool.h>
#include <stdint.h>

struct options;

enum option_kind {
	OPTION_FLAG, OPTION_NUMBER, OPTION_DURATION, OPTION_RATE, OPTION_CHAIN,
	OPTION_CHOICE, OPTION_TEXT, OPTION_FILES,
};

struct option_row {
	const char *name;
	char letter;
	uint8_t kind;		/* enum option_kind */
	uint16_t offset;	/* in struct options */
	const char *arg;	/* its name in --help; NULL: takes none */
	const char *help;
	uint64_t min, max;
};

enum { OPTION_ROWS_MAX = 64 };

extern const struct option_row option_rows[];
extern const unsigned int option_row_count;

/**
 * option_take - an option of the command line, with its value, into @o
 * Return: false after a report.
 */
bool option_take(struct options *o, const struct option_row *r,
		 const char *value);

/**
 * option_near - the option that was meant by @word, nftrace's or a match's
 * Return: its name without dashes; NULL: none is near.
 */
const char *option_near(const char *word);

/**
 * options_check - do the options go together?
 * @groups: how often --or was there
 * Return: false after a report.
 */
bool options_check(const struct options *o, unsigned int groups);

#endif
