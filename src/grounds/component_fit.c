// SPDX-License-Identifier: GPL-2.0-or-later
/* component_fit: which rows fit a rule. */
#include "grounds/component_fit.h"

#include <string.h>

#include "grounds/component_frames.h"
#include "grounds/component_proof.h"
#include "grounds/component_rows.h"
#include "place/place.h"

/* Patterns of texts are for rules that programs write: short ones. */
enum { TEXT_MOST = 1024 };

static void read_comments(struct component_frame *f)
{
	struct strview rest = f->text;

	f->read = true;
	f->comments = 0;
	while (f->comments < FRAME_COMMENTS &&
	       rule_comment(&rest, &f->comment[f->comments],
			    f->room[f->comments], FRAME_ROOM))
		f->comments++;
}

static bool fits_comment(struct component_frame *f, const char *pattern,
			 struct pattern_pieces *pieces)
{
	unsigned int count = pieces->count;

	if (!f->read)
		read_comments(f);
	for (unsigned int i = 0; i < f->comments; i++) {
		pieces->count = count;
		if (pattern_fits(pattern, f->comment[i], pieces))
			return true;
	}
	return false;
}

static bool fits_table(const struct component_frame *f,
		       const struct component_row *row,
		       struct pattern_pieces *pieces)
{
	struct strview table = { f->at->table, 0 };

	if (f->xtables)
		return !row->nft &&
		       (!row->table || strcmp(row->table, f->at->table) == 0);
	if (!row->nft || *row->nft != *f->at->table)
		return false;
	table.len = strlen(table.at);
	return pattern_fits(row->nft, table, pieces);
}

static bool fits(struct component_frames *fs, unsigned int depth,
		 const struct component_row *row, struct pattern_pieces *pieces)
{
	struct component_frame *f = &fs->frame[depth];

	pieces->count = 0;
	if (!fits_table(f, row, pieces) ||
	    (row->chain &&
	     !pattern_fits(row->chain, frames_chain(f->at), pieces)) ||
	    (row->calls && !pattern_fits(row->calls, frame_calls(f), pieces)) ||
	    (row->comment && !fits_comment(f, row->comment, pieces)) ||
	    (row->text && (f->text.len > TEXT_MOST ||
			   !pattern_fits(row->text, f->text, pieces))))
		return false;
	return component_is_proved(fs, depth, row, pieces);
}

static bool is_of(const struct component_rows *rows,
		  const struct component_row *row)
{
	return row >= rows->row && row < rows->row + rows->count;
}

/* The one behind @after, in whichever table; NULL: there is none. */
static const struct component_row *row_behind(const struct component_row *after)
{
	if (!after)
		return component_rows_cluster.row;
	if (is_of(&component_rows_cluster, after))
		return is_of(&component_rows_cluster, after + 1) ?
			after + 1 : component_rows_host.row;
	return is_of(&component_rows_host, after + 1) ? after + 1 : NULL;
}

const struct component_row *
component_row_next(struct component_frames *f, unsigned int depth,
		   const struct component *who,
		   const struct component_row *after,
		   struct pattern_pieces *pieces)
{
	const struct component_row *row = after;

	while ((row = row_behind(row)))
		if ((!who || row->of == who) && fits(f, depth, row, pieces))
			return row;
	return NULL;
}
