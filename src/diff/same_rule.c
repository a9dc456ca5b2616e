// SPDX-License-Identifier: GPL-2.0-or-later
/* same_rule: do two places, of two recordings, say the same of the same rule? */
#include "diff/same_rule.h"

#include <string.h>

#include "capture/event.h"
#include "place/place_name.h"
#include "place/place_types.h"
#include "place/rule_text.h"
#include "rules/base/hash.h"
#include "rules/base/strview.h"

/* Off @rest, if its next word is that, or a number where @word is NULL. */
static bool take(struct strview *rest, const char *word)
{
	struct strview next = *rest, w;

	if (!strview_word(&next, &w) ||
	    !(word ? strview_is(w, word)
		   : w.len && strspn(w.at, "0123456789") >= w.len))
		return false;
	*rest = next;
	return true;
}

/*
 * What goes up with each packet: "counter packets 3 bytes 180", "used 180 bytes", and
 * "-c 3 180" or "[3:180]" of iptables-save -c.
 */
static bool take_counts(struct strview *rest)
{
	struct strview next = *rest, w;

	/* Most words are none of that by their first letter. */
	while (next.len && *next.at == ' ')
		next = strview_behind(next, 1);
	if (!next.len || !memchr("pu-[", *next.at, 4))
		return false;
	if (take(&next, "packets") && take(&next, NULL) &&
	    take(&next, "bytes") && take(&next, NULL))
		goto took;
	next = *rest;
	if (take(&next, "used") && take(&next, NULL) && take(&next, "bytes"))
		goto took;
	next = *rest;
	if (take(&next, "-c") && take(&next, NULL) && take(&next, NULL))
		goto took;
	next = *rest;
	if (strview_word(&next, &w) && *w.at == '[' && w.at[w.len - 1] == ']')
		goto took;
	return false;
took:
	*rest = next;
	return true;
}

static bool next_word(struct strview *rest, struct strview *word)
{
	while (take_counts(rest))
		;
	return strview_quoted(rest, word);
}

bool same_text(const struct place *a, const struct place *b)
{
	struct strview x = { a->rule, a->rule_len }, y = { b->rule, b->rule_len };
	struct strview wx, wy;

	if (!x.len || !y.len)
		return false;
	if (x.len == y.len && memcmp(x.at, y.at, x.len) == 0)
		return true;
	for (;;) {
		bool more = next_word(&x, &wx);

		if (next_word(&y, &wy) != more)
			return false;
		if (!more)
			return true;
		if (wx.len != wy.len || memcmp(wx.at, wy.at, wx.len) != 0)
			return false;
	}
}

static uint64_t chain_key(const struct place *at)
{
	uint64_t h = hash_name(hash_mix(hash_seed(), at->family), at->table,
			       strlen(at->table));

	return hash_name(h, at->chain, at->chain_len);
}

uint64_t same_rule_key(const struct place *at)
{
	struct strview rest = { at->rule, at->rule_len }, word;
	uint64_t h = chain_key(at);

	if (!rest.len) {
		h = hash_mix(h, at->kind);
		return at->kind == PLACE_RETURN ? h :
		       hash_mix(h, place_number(at) ? place_number(at) : at->handle);
	}
	while (next_word(&rest, &word))
		h = hash_name(h, word.at, word.len);
	return h;
}

uint64_t same_number_key(const struct place *at)
{
	return hash_mix(hash_mix(chain_key(at), at->kind), place_number(at));
}

bool rule_is_policy(const struct place *at)
{
	const struct strview text = { at->rule, at->rule_len };

	return at->kind == PLACE_POLICY &&
	       (at->backend == EVENT_NFT || strview_starts(text, "-P "));
}

bool same_number(const struct place *a, const struct place *b)
{
	return place_same_chain(a, b) && a->kind == b->kind && place_number(a) &&
	       place_number(a) == place_number(b);
}

bool same_rule(const struct place *a, const struct place *b)
{
	if (a == b)
		return true;
	if (!place_same_chain(a, b))
		return false;
	if (a->rule_len && b->rule_len)
		return same_text(a, b);
	if (a->kind != b->kind || a->rule_len != b->rule_len)
		return false;
	/* Its chain's end: how many rules stand in front of that is another matter. */
	if (a->kind == PLACE_RETURN)
		return true;
	if (place_number(a) || place_number(b))
		return place_number(a) == place_number(b);
	return a->handle == b->handle;
}
