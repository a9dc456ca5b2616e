/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_rows: one row an option, and what --help says of them. */
#ifndef NFTRACE_OPTION_ROWS_H
#define NFTRACE_OPTION_ROWS_H

#include <stdint.h>

enum option_kind {
	OPTION_FLAG, OPTION_NUMBER, OPTION_DURATION, OPTION_RATE, OPTION_CHAIN,
	OPTION_CHOICE, OPTION_TEXT, OPTION_FILES,
	OPTION_FILTER,		/* a part of a match expression */
};

/* Under which heading --help has it. */
enum option_group {
	GROUP_SHOWN,		/* where a row says nothing */
	GROUP_TRACED, GROUP_LONG, GROUP_FILES, GROUP_SAFETY, GROUP_REST,
	GROUP_COUNT,
};

struct option_row {
	const char *name;
	char letter;
	uint8_t kind;		/* enum option_kind */
	uint16_t offset;	/* in struct options */
	const char *arg;	/* its name in --help; NULL: takes none */
	const char *help;
	uint64_t min, max;
	uint8_t group;		/* enum option_group */
};

enum { OPTION_ROWS_MAX = 64 };

extern const struct option_row option_rows[];
extern const unsigned int option_row_count;

#endif
