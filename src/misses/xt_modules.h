/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_modules: which options of which modules are judged, and by whom. */
#ifndef NFTRACE_XT_MODULES_H
#define NFTRACE_XT_MODULES_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/asked.h"
#include "misses/xt_option.h"
#include "rules/base/strview.h"

struct condition;

struct xt_option {
	const char *word;	/* "--dport"; NULL: the end of a list */
	uint8_t len;		/* of .word */
	xt_read_fn *read;	/* NULL: what it asks for is the text */
	xt_is_fn *is;		/* NULL: a set knows, which xt_ask_set() asks */
	xt_want_fn *want;	/* NULL: nothing would do, or is to be told */
	uint8_t field;		/* enum asked_field, for these */
	bool bare;		/* it takes no value */
};

struct xt_module {
	const char *name;
	uint8_t len;		/* of .name */
	const struct xt_option *options;	/* NULL: nothing here tells, or .whole does */
	const struct xt_option *whole;	/* of all words up to the next module at once; NULL: none */
	bool changes;	/* the same packet may have another answer */
	bool alone;	/* whatever the packet is like, it has the same */
};

/** xt_module_find - of "-m NAME"; NULL: not known here */
const struct xt_module *xt_module_find(struct strview name);

/** xt_base_options - those that need no module */
extern const struct xt_option xt_base_options[];

#endif
