// SPDX-License-Identifier: GPL-2.0-or-later
/* component_fit: which rows fit a rule. */
#include "grounds/component_fit.h"

#include <string.h>

#include "grounds/component_frames.h"
#include "grounds/component_proof.h"
#include "grounds/component_rows.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "rules/base/units.h"

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

/* What a packet met in a verdict map: one rule may be for many services. */
static bool fits_element(const struct component_frames *fs,
			 const struct place *at, const char *pattern,
			 struct pattern_pieces *pieces)
{
	const struct map_verdict *v = map_verdict_of(fs->j, fs->branch, at);

	return v && v->comment &&
	       pattern_fits(pattern,
			    (struct strview){ v->comment, strlen(v->comment) },
			    pieces);
}

static bool fits(struct component_frames *fs, unsigned int depth,
		 const struct component_row *row, struct pattern_pieces *pieces)
{
	struct component_frame *f = &fs->frame[depth];

	pieces->count = 0;
	if (!fits_table(f, row, pieces) ||
	    (row->chain &&
	     !pattern_fits(row->chain, frames_chain(f->at), pieces)) ||
	    (row->calls &&
	     (!pattern_may_fit(row->calls, frame_calls(f)) ||
	      !pattern_fits(row->calls, frame_calls(f), pieces))) ||
	    (row->comment && !fits_comment(f, row->comment, pieces)) ||
	    (row->element && !fits_element(fs, f->at, row->element, pieces)) ||
	    (row->text && (f->text.len > TEXT_MOST ||
			   !pattern_fits(row->text, f->text, pieces))))
		return false;
	return component_is_proved(fs, depth, row, pieces);
}

/* Rows in front of @end, of @who if not NULL: they stand together. */
static const struct component_row *
scan(struct component_frames *fs, unsigned int depth,
     const struct component_row *row, const struct component_row *end,
     const struct component *who, struct pattern_pieces *pieces)
{
	const struct component_frame *f = &fs->frame[depth];
	const struct strview chain = frames_chain(f->at);

	for (; row < end && (!who || row->of == who); row++) {
		/* Most differ here. */
		if (f->xtables != !row->nft ||
		    (row->chain && !pattern_may_fit(row->chain, chain)))
			continue;
		if (fits(fs, depth, row, pieces))
			return row;
	}
	return NULL;
}

static const struct component_rows *const all[] = {
	&component_rows_cluster, &component_rows_host,
};

const struct component component_holder = { "process", "table owned by process" };

const struct component *component_by_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (unsigned int k = 0; k < all[i]->count; k++)
			if (strcmp(all[i]->row[k].of->key, key) == 0)
				return all[i]->row[k].of;
	return strcmp(component_holder.key, key) == 0 ? &component_holder : NULL;
}

const struct component_row *component_row_first(struct component_frames *f,
						struct pattern_pieces *pieces)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct component_row *row = all[i]->row;

		row = scan(f, 0, row, row + all[i]->count, NULL, pieces);
		if (!row)
			continue;
		f->rows = row;
		f->end = all[i]->row + all[i]->count;
		while (f->rows > all[i]->row && f->rows[-1].of == row->of)
			f->rows--;
		return row;
	}
	return NULL;
}

const struct component_row *
component_row_next(struct component_frames *f, unsigned int depth,
		   const struct component_row *after,
		   struct pattern_pieces *pieces)
{
	return scan(f, depth, after ? after + 1 : f->rows, f->end, f->rows->of,
		    pieces);
}
