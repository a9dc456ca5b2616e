// SPDX-License-Identifier: GPL-2.0-or-later
/* record_near: the rules that a packet nearly met: words of its record -> near misses. */
#include "replay/record_near.h"

#include <stdlib.h>
#include <string.h>

#include "journey/journey.h"
#include "journey/near_miss.h"
#include "place/place.h"
#include "place/place_restored.h"
#include "replay/record_reading.h"
#include "replay/record_value.h"

static const char *how_word(unsigned int i)
{
	return near_miss_how_word(i);
}

static bool near_field(struct strview f, struct place_known *k,
		       struct near_misses *near)
{
	struct strview value = strview_behind(f, 1);
	uint32_t n;

	switch (*f.at) {
	case 'w':
		if (!record_number(value, 1, UINT16_MAX, &n))
			return false;
		k->own_before = (uint16_t)n;
		return true;
	case 'h':
		return record_handle(value, &k->handle);
	case 'n':
		return record_number(value, 1, UINT32_MAX, &k->position);
	case 'r':
		return record_number(value, 1, UINT32_MAX, &near->more);
	case 't':
		if (!record_number(value, 1, 1, &n))
			return false;
		near->nat = true;
		return true;
	}
	return true;
}

/* Both texts are as long as their fields, at most. */
static const struct place *find_near_place(struct reading *rd, struct strview prefix,
					   struct strview rule,
					   struct place_known *k)
{
	char *text = malloc(prefix.len + rule.len + 2);
	const struct place *at = NULL;

	if (text && record_name(prefix, text, prefix.len + 1) &&
	    (!rule.len || record_name(rule, text + prefix.len + 1,
				      rule.len + 1))) {
		k->prefix = text;
		k->prefix_len = strlen(text);
		k->rule = text + prefix.len + 1;
		k->rule_len = rule.len ? strlen(k->rule) : 0;
		at = place_restore(rd->r->index, k);
	}
	free(text);
	return at;
}

static bool read_near_fields(struct reading *rd, struct strview t,
			     struct place_known *k, struct near_misses *near)
{
	uint32_t seen = 0;

	while (t.len) {
		struct strview f = strview_cut(&t, ',');

		if (f.len && (!record_first(rd, &seen, *f.at) ||
			      !near_field(f, k, near)))
			return false;
	}
	return true;
}

bool record_take_near(struct reading *rd, struct strview t)
{
	struct strview how = strview_cut(&t, ','), prefix = strview_cut(&t, ','),
		       rule = strview_cut(&t, ','), words = strview_cut(&t, ','),
		       value = strview_cut(&t, ',');
	struct place_known known = { .nfproto = rd->j->nfproto };
	struct near_misses *near;
	struct near_miss *n;

	if (!rd->j->branches)
		return record_refuse(rd, RECORD_ORDER);
	near = &rd->r->near[rd->j->branches - 1];
	if (!rd->j->fate[rd->j->branches - 1].near)
		near->count = near->more = near->nat = 0;
	if (near->count == NEAR_MISSES)
		return record_refuse(rd, RECORD_ORDER);
	n = &near->miss[near->count];
	n->words[0] = n->value[0] = '\0';
	if (!record_word(how, how_word, NEAR_MISS_HOWS, &n->how) ||
	    (words.len && !record_name(words, n->words, sizeof(n->words))) ||
	    (value.len && !record_name(value, n->value, sizeof(n->value))) ||
	    !read_near_fields(rd, t, &known, near))
		return false;
	n->at = find_near_place(rd, prefix, rule, &known);
	if (!n->at)
		return record_refuse(rd, RECORD_LINE);
	near->count++;
	rd->j->fate[rd->j->branches - 1].near = near;
	return true;
}
