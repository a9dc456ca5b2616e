// SPDX-License-Identifier: GPL-2.0-or-later
/* component_object: what a component calls the thing for which it wrote a rule. */
#include "grounds/component_object.h"

#include <ctype.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "grounds/component_fit.h"
#include "grounds/component_frames.h"
#include "grounds/component_proof.h"
#include "grounds/component_rows.h"
#include "grounds/component_types.h"
#include "journey/journey.h"
#include "place/place.h"
#include "place/place_says.h"
#include "place/place_tables.h"
#include "rules/base/units.h"

enum { ID_DIGITS = 12 };	/* that docker ps and podman ps show of an id */

/* An object under way. */
struct writer {
	char text[COMPONENT_OBJECT];
	size_t len;
	const struct component_frames *f;
	unsigned int depth;
};

static bool put(struct writer *w, struct strview s)
{
	if (w->len + s.len >= sizeof(w->text))
		return false;
	memcpy(w->text + w->len, s.at, s.len);
	w->len += s.len;
	return true;
}

static bool put_text(struct writer *w, const char *text)
{
	return put(w, (struct strview){ text, strlen(text) });
}

static bool put_word(struct writer *w, struct strview s)
{
	return !memchr(s.at, ' ', s.len) && put(w, s);
}

static bool put_bridge(struct writer *w, struct strview s)
{
	if (strview_is(s, "docker0"))
		return put_text(w, "network bridge");
	if (component_is_bridge(s))
		return put_text(w, "network ") &&
		       put(w, strview_behind(s, sizeof("br-") - 1));
	return put_text(w, "bridge ") && put_word(w, s);
}

/* A name that is too long for a chain is a hash behind "_". */
static bool put_policy(struct writer *w, struct strview s)
{
	if (strview_starts(s, "_"))
		return false;
	if (strview_take(&s, "default."))
		return put_text(w, "default/") && put_word(w, s);
	if (!strview_take(&s, "np/") && !strview_take(&s, "gnp/"))
		strview_take(&s, "knp/");
	return put_word(w, s);
}

static bool put_id(struct writer *w, struct strview s)
{
	bool hex = s.len > ID_DIGITS;

	for (size_t i = 0; hex && i < s.len; i++)
		hex = strview_digit(s.at[i]) >= 0;
	return put_word(w, hex ? (struct strview){ s.at, ID_DIGITS } : s);
}

/* fail2ban's set for IPv6 has the name of its jail and a 6. */
static bool put_jail(struct writer *w, struct strview s)
{
	if (w->f->frame[w->depth].at->nfproto == NFPROTO_IPV6 && s.len > 1 &&
	    s.at[s.len - 1] == '6')
		s.len--;
	return put_word(w, s);
}

static bool put_section(struct writer *w, struct strview s)
{
	static const char *const sections[] = {
		"_pre", "_log", "_deny", "_allow", "_post",
	};

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		size_t n = strlen(sections[i]);

		if (s.len > n &&
		    memcmp(s.at + s.len - n, sections[i], n) == 0)
			return put_word(w, (struct strview){ s.at, s.len - n }) &&
			       put_text(w, ", ") &&
			       put_text(w, sections[i] + 1);
	}
	return put_word(w, s);
}

static bool put_verdict(struct writer *w, struct strview s)
{
	static const struct {
		const char *verdict, *word;
	} verdicts[] = {
		{ "ACCEPT", "allow" }, { "DROP", "deny" },
		{ "REJECT", "reject" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strview_starts(s, verdicts[i].verdict))
			return put_text(w, verdicts[i].word);
	return false;
}

static bool put_anything(struct writer *w, struct strview s)
{
	return put(w, s);
}

/* The policy or profile that a rule's comment tells of. */
static bool put_told(struct writer *w, struct strview text)
{
	struct pattern_pieces pieces;
	struct strview comment;
	char room[FRAME_ROOM];

	while (rule_comment(&text, &comment, room, sizeof(room))) {
		pieces.count = 0;
		if (pattern_fits("~Policy * ~gress~", comment, &pieces) ||
		    pattern_fits("~Profile * ~gress~", comment, &pieces))
			return put_policy(w, pieces.at[0]);
	}
	return false;
}

/* What Calico logs in front of a verdict: "DPE3|np/shop/no-mail". */
struct verdict_log {
	char verdict, kind;	/* A, D or N; P of a policy, R of a profile */
	struct strview number;	/* of the policy's rule, from 0 */
	struct strview name;	/* .len 0: the prefix was too long for it */
};

static bool read_verdict_log(struct verdict_log *l, const struct place *at)
{
	enum { WHOLE = 62 };	/* bytes; of longer ones the middle is a hash */
	struct strview s;

	if (at->doubt || !place_log_prefix(at, &s))
		return false;
	if (s.len > 1 && *s.at == '"')
		s = (struct strview){ s.at + 1, s.len - 2 };
	if (s.len < 6 || !strchr("ADN", s.at[0]) || !strchr("PR", s.at[1]) ||
	    !strchr("IE", s.at[2]))
		return false;
	l->verdict = s.at[0];
	l->kind = s.at[1];
	l->name = strview_behind(s, 3);
	l->number = strview_cut(&l->name, '|');
	if (!l->number.len || !l->name.len ||
	    strspn(l->number.at, "0123456789") != l->number.len)
		return false;
	if (s.len > WHOLE)
		l->name.len = 0;
	return true;
}

static bool put_logged(struct writer *w, const struct place *at)
{
	struct verdict_log l;

	return read_verdict_log(&l, at) && l.name.len && put_policy(w, l.name);
}

/* ", rule 3": what was logged of the verdict, in its rule or the one in front of it. */
static bool put_number(struct writer *w)
{
	const struct component_frames *f = w->f;
	const struct place *by = f->frame[0].at;
	uint32_t i = f->step + 1, tries = 2;
	struct verdict_log l;

	if (w->depth || f->by_name || f->step >= journey_kept(f->j) ||
	    f->j->step[f->step].place != by)
		return true;
	while (i-- > 0 && tries) {
		if (!frames_has_step(f, i))
			continue;
		tries--;
		if (frames_in_chain(f->j->step[i].place, by, frames_chain(by)) &&
		    read_verdict_log(&l, f->j->step[i].place))
			return l.verdict != 'D' ||
			       (put_text(w, ", rule ") && put(w, l.number));
	}
	return true;
}

/* By the first rule of its chain: as the packet met it, else as it was read. */
static bool put_head(struct writer *w)
{
	const struct place *at = w->f->frame[w->depth].at;
	struct strview chain = frames_chain(at);
	const struct place *met = NULL;

	for (uint32_t i = 0; i < journey_kept(w->f->j); i++) {
		if (!frames_in_chain(w->f->j->step[i].place, at, chain))
			continue;
		met = w->f->j->step[i].place;
		if (!met->doubt &&
		    (put_told(w, (struct strview){ met->rule, met->rule_len }) ||
		     put_logged(w, met)))
			return true;
	}
	/* A chain that is known by its name alone can be looked up in snapshots only. */
	if (!met && place_knows_tables(at))
		met = at;
	if (!met || !put_told(w, place_first_rule(met)))
		return false;
	*w->f->by_tables = true;
	return true;
}

/* Of a chain of the same table, by its name. */
static bool name_chain(const struct component_frames *f, struct strview chain,
		       char *to)
{
	struct component_frames of;
	struct pattern_pieces pieces;
	const struct component_row *row;
	struct place room;

	component_frames_chain(&of, f, &room, chain);
	row = component_row_first(&of, &pieces);
	while (row) {
		if (row->object &&
		    component_object(to, row->object, &of, 0, &pieces))
			return true;
		row = component_row_next(&of, 0, row, &pieces);
	}
	return false;
}

/* The chain to which a step jumps from the chain that decided; .len 0: it does not */
static struct strview called_from_there(const struct component_frames *f,
					uint32_t step)
{
	const struct place *by = f->frame[0].at;
	const struct place *at = f->j->step[step].place;

	if (!frames_has_step(f, step) || step < f->entered ||
	    !frames_in_chain(at, by, frames_chain(by)))
		return (struct strview){ "", 0 };
	if (*at->target && (at->effect == EFFECT_JUMP ||
			    at->effect == EFFECT_GOTO))
		return (struct strview){ at->target, strlen(at->target) };
	return rule_calls((struct strview){ at->rule, at->rule_len });
}

static bool put_last_called(struct writer *w)
{
	char object[COMPONENT_OBJECT];

	/* The object of a chain that was called would have to be asked for again. */
	for (uint32_t i = w->f->by_name ? 0 : w->f->step; i-- > 0; ) {
		struct strview chain = called_from_there(w->f, i);

		if (chain.len)
			return name_chain(w->f, chain, object) &&
			       strncmp(object, "zone ", 5) == 0 &&
			       put_text(w, object);
	}
	return false;
}

/* "1" behind a letter: the piece of that number. */
static bool put_piece(struct writer *w, char letter, unsigned int number,
		      const struct pattern_pieces *pieces)
{
	static const struct {
		char letter;
		bool (*put)(struct writer *w, struct strview s);
	} ways[] = {
		{ '$', put_word }, { 'B', put_bridge }, { 'C', put_policy },
		{ 'I', put_id }, { 'J', put_jail }, { 'S', put_section },
		{ 'T', put_anything }, { 'V', put_verdict },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (ways[i].letter == letter)
			return number && number <= pieces->count &&
			       ways[i].put(w, pieces->at[number - 1]);
	return false;
}

/* What stands behind "$"; *at gets behind it. */
static bool put_variable(struct writer *w, const char **at,
			 const struct pattern_pieces *pieces)
{
	char letter = isdigit((unsigned char)**at) ? '$' : *(*at)++;

	if (letter == 'H')
		return put_head(w);
	if (letter == 'L')
		return put_last_called(w);
	if (letter == 'N')
		return put_number(w);
	return put_piece(w, letter, (unsigned int)(*(*at)++ - '0'), pieces);
}

bool component_object(char *to, const char *words,
		      const struct component_frames *f, unsigned int depth,
		      const struct pattern_pieces *pieces)
{
	struct writer w = { .f = f, .depth = depth };

	while (*words) {
		size_t n = strcspn(words, "$");

		if (!put(&w, (struct strview){ words, n }))
			return false;
		words += n;
		if (*words && (words++, !put_variable(&w, &words, pieces)))
			return false;
	}
	memcpy(to, w.text, w.len);
	to[w.len] = '\0';
	return true;
}

/* kube-router's chains are hashes, but who calls them says for what. */
static bool router_asked(const struct component_frames *f, uint32_t step,
			 char *name)
{
	const struct place *at = f->j->step[step].place;
	struct strview text = { at->rule, at->rule_len }, comment;
	struct pattern_pieces pieces;
	char room[FRAME_ROOM];

	*name = '\0';
	while (!at->doubt && rule_comment(&text, &comment, room, sizeof(room))) {
		pieces.count = 0;
		if (!pattern_fits("run through nw policy *", comment, &pieces) ||
		    pieces.at[0].len >= COMPONENT_OBJECT)
			continue;
		memcpy(name, pieces.at[0].at, pieces.at[0].len);
		name[pieces.at[0].len] = '\0';
		break;
	}
	return true;
}

bool component_policy_asked(const struct component_frames *f, uint32_t step,
			    char *name)
{
	static const char word[] = "policy ";
	struct strview chain = called_from_there(f, step);
	struct pattern_pieces pieces = { .count = 0 };

	if (pattern_fits("KUBE-NWPLCY-~", chain, &pieces))
		return !strview_is(chain, "KUBE-NWPLCY-DEFAULT") &&
		       router_asked(f, step, name);
	if (!pattern_fits("~cali-pi-~", chain, &pieces) &&
	    !pattern_fits("~cali-po-~", chain, &pieces))
		return false;
	if (name_chain(f, chain, name) &&
	    strncmp(name, word, sizeof(word) - 1) == 0)
		memmove(name, name + sizeof(word) - 1,
			strlen(name + sizeof(word) - 1) + 1);
	else
		*name = '\0';
	return true;
}
