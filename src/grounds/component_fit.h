/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component_fit: which rows fit a rule. */
#ifndef NFTRACE_COMPONENT_FIT_H
#define NFTRACE_COMPONENT_FIT_H

struct component;
struct component_frames;
struct component_row;
struct pattern_pieces;

/**
 * component_row_next - the next row that fits a frame
 * @who: only of this one; NULL: of anybody
 * @after: the last one, NULL: the first is wanted
 * @pieces: what the stars of it stood for
 */
const struct component_row *
component_row_next(struct component_frames *f, unsigned int depth,
		   const struct component *who,
		   const struct component_row *after,
		   struct pattern_pieces *pieces);

#endif
