/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fold_out: a folded block under construction: its lines, and what they are made of. */
#ifndef NFTRACE_FOLD_OUT_H
#define NFTRACE_FOLD_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "report/place_words.h"
#include "report/wrap.h"

struct map_verdict;
struct place;
struct report_env;

enum { FOLD_INDENT = 3, FOLD_HANG = 6 };

struct fold_out {
	struct wrap w;
	unsigned int lead;	/* columns that all of it stands further in */
	const struct report_env *env;
	struct place_words_cache *words;
};

/** fold_line - begin one: @word, "by" say, behind the indent */
void fold_line(struct fold_out *f, const char *word);

/** fold_words - @before, and the words if there are any, flowing */
void fold_words(struct fold_out *f, const char *before, struct words words);

/** fold_place - where a rule stands, in the colour @code */
void fold_place(struct fold_out *f, const struct place *p, const char *code);

/** fold_rule - its own words, and a person's comment; @brief: less what its target is told */
void fold_rule(struct fold_out *f, const struct place *p, bool brief);

/** fold_comment - a person's alone */
void fold_comment(struct fold_out *f, const struct place *p);

/**
 * fold_map - @before, and of the verdict map that was asked the element and the verdict
 * @v: NULL: none was
 */
void fold_map(struct fold_out *f, const char *before,
	      const struct map_verdict *v);

/** fold_interface - "in br0 (port veth1)"; 0: nothing */
void fold_interface(struct fold_out *f, const char *before, uint32_t index,
		    uint32_t port);

#endif
