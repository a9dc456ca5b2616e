/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component_fit: which rows fit a rule. */
#ifndef NFTRACE_COMPONENT_FIT_H
#define NFTRACE_COMPONENT_FIT_H

struct component;
struct component_frames;
struct component_row;
struct pattern_pieces;

/**
 * component_row_first - of whomever's rows the first that fits the rule that decided
 * @pieces: what the stars of it stood for
 *
 * Rows of its component are what component_row_next() is about.
 */
const struct component_row *component_row_first(struct component_frames *f,
						struct pattern_pieces *pieces);

/* Nobody who is known by names: the process whose socket owns nft's table. */
extern const struct component component_holder;

/** component_by_key - NULL: there is none of this key */
const struct component *component_by_key(const char *key);

/**
 * component_row_next - the next row of the same component that fits a frame
 * @after: the last one, NULL: the first is wanted
 */
const struct component_row *
component_row_next(struct component_frames *f, unsigned int depth,
		   const struct component_row *after,
		   struct pattern_pieces *pieces);

#endif
