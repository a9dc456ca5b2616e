// SPDX-License-Identifier: GPL-2.0-or-later
/* place_words: what the short forms say of a rule: where it stands, and its own words. */
#include "report/place_words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "base/escape.h"
#include "base/format.h"
#include "capture/event.h"
#include "place/place.h"
#include "report/rule_pieces.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

struct node {
	struct place_words words;
	char text[];
};

struct place_words_cache {
	struct node **of;	/* by place id */
	uint32_t room;
};

/* The rule's text is read once, from left to right. */
struct writer {
	char *to, *end;
	struct place_words *w;
	struct strview before;	/* the word before this one */
	bool xtables;
};

static void put_place_bytes(struct writer *r, const char *text, size_t len)
{
	r->to += escape_text(r->to, (size_t)(r->end - r->to), text, len);
}

static void put_text(struct writer *r, const char *text)
{
	put_place_bytes(r, text, strlen(text));
}

/* From @from to what is written last. */
static struct words written(const struct writer *r, const char *from)
{
	size_t len = (size_t)(r->to - from);

	return (struct words){ from, (uint32_t)len,
			       (uint32_t)columns_of(from, len) };
}

/* The kernel calls rules of legacy so, too, that are nothing but a verdict. */
static bool is_end(const struct place *p)
{
	if (p->backend == EVENT_NFT)
		return p->kind != PLACE_RULE;
	return p->kind != PLACE_RULE &&
	       (!p->rule_len || p->rule[0] != '-' || p->rule[1] != 'A');
}

/* A number as iptables and nft want it, where there is one: a chain's end has none. */
static void put_place_number(struct writer *r, const struct place *p)
{
	char text[FORMAT_DECIMAL + 1] = "";
	bool nft = p->backend == EVENT_NFT;

	if (is_end(p)) {
		put_text(r, p->kind == PLACE_POLICY ? "" : ":return");
		return;
	}
	if (nft && !p->counted && !p->handle)
		return;
	put_text(r, nft && !p->counted ? " handle " : ":");
	*format_decimal(text, !nft || p->counted ? place_number(p)
						  : p->handle) = '\0';
	put_text(r, text);
}

static void put_label(struct writer *r, const struct place *p)
{
	struct place_words *w = r->w;
	char *from = r->to;

	if (p->backend == EVENT_NFT) {
		put_text(r, "nft ");
		put_text(r, nft_snapshot_family(p->family));
		put_text(r, " ");
	}
	put_text(r, p->table);
	w->table = written(r, from);
	put_text(r, ":");
	put_place_bytes(r, p->chain, p->chain_len);
	put_place_number(r, p);
	w->label = written(r, from);
	w->chain = written(r, from + w->table.len + 1);
}

/* What kube-proxy writes at rules of its own that no service has asked for. */
static bool is_fixed(struct strview s)
{
	static const char *const fixed[] = {
		"externally-visible service portals", "forwarding conntrack rule",
		"forwarding rules", "health check service ports",
		"load balancer firewall", "postrouting rules",
		"service nodeports; NOTE: this must be the last rule in this chain",
		"service portals", "service traffic requiring SNAT",
	};

	if (s.len && *s.at == '"')
		s = (struct strview){ s.at + 1, s.len - 2 };
	if (!strview_take(&s, "kubernetes "))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (strview_is(s, fixed[i]))
			return true;
	return false;
}

/* felix' nft rules have "cali:6gwbT8clXdHdC1b1; Drop if no profiles matched". */
static bool take_hash(struct strview *word)
{
	enum { HASH = sizeof("\"cali:6gwbT8clXdHdC1b1") - 1 };
	struct strview rest;

	if (word->len <= HASH || *word->at != '"' ||
	    !rule_pieces_is_hash((struct strview){ word->at + 1, HASH - 1 }))
		return false;
	rest = strview_behind(*word, HASH);
	if (!strview_take(&rest, "; "))
		return false;
	*word = rest;
	return true;
}

static void keep_comment(struct writer *r, struct strview word)
{
	struct place_words *w = r->w;
	bool quoted = *word.at == '"', cut;

	if (is_fixed(word))
		return;
	cut = take_hash(&word);
	if (w->comment.len)
		put_text(r, " ");
	else
		w->comment.at = r->to;
	put_text(r, quoted && !cut ? "" : "\"");
	put_place_bytes(r, word.at, word.len);
	put_text(r, quoted ? "" : "\"");
	w->comment = written(r, w->comment.at);
}

static void skip(struct strview *text, unsigned int words)
{
	struct strview word;

	while (words--)
		strview_quoted(text, &word);
}

static void note_nat(struct writer *r, struct strview word)
{
	static const struct {
		const char *word, *nat;
		bool xtables;
	} rows[] = {
		{ "DNAT", "DNAT", true }, { "SNAT", "SNAT", true },
		{ "MASQUERADE", "MASQUERADE", true },
		{ "REDIRECT", "REDIRECT", true },
		{ "NETMAP", "NETMAP", true }, { "TPROXY", "TPROXY", true },
		{ "dnat", "DNAT", false }, { "snat", "SNAT", false },
		{ "masquerade", "MASQUERADE", false },
		{ "redirect", "REDIRECT", false },
		{ "tproxy", "TPROXY", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].xtables == r->xtables &&
		    strview_is(word, rows[i].word))
			r->w->nat = rows[i].nat;
}

/* What comes behind a target's name is for that; .brief ends there. */
static void note(struct writer *r, struct strview word)
{
	struct place_words *w = r->w;
	bool target = strview_is(r->before, "-j") || strview_is(r->before, "-g");

	if (!r->xtables || target)
		note_nat(r, word);
	w->copies |= (r->xtables && target && strview_is(word, "TEE")) ||
		     (!r->xtables && strview_is(word, "dup"));
	if (r->xtables && target)
		w->brief = written(r, w->rule.at);
}

static void put_words(struct writer *r, struct strview text)
{
	struct place_words *w = r->w;
	struct rule_pieces pieces;
	enum rule_piece kind;
	struct strview word;

	w->rule.at = r->to;
	rule_pieces_begin(&pieces, text, r->xtables);
	while (rule_pieces_next(&pieces, &word, &kind)) {
		if (kind != PIECE_WORD)
			continue;
		if (r->to > w->rule.at)
			put_text(r, " ");
		put_place_bytes(r, word.at, word.len);
		note(r, word);
		r->before = word;
	}
	w->rule = written(r, w->rule.at);
	if (!w->brief.at)
		w->brief = w->rule;
}

static void put_comments(struct writer *r, struct strview text)
{
	struct rule_pieces pieces;
	enum rule_piece kind;
	struct strview word;

	rule_pieces_begin(&pieces, text, r->xtables);
	while (rule_pieces_next(&pieces, &word, &kind))
		if (kind == PIECE_COMMENT && word.len)
			keep_comment(r, word);
}

/* Of "type filter hook input priority filter; policy drop;" what decides. */
static void put_policy(struct writer *r, struct strview text)
{
	struct strview word;

	r->w->rule.at = r->to;
	while (strview_word(&text, &word))
		if (strview_is(word, "policy") && strview_word(&text, &word)) {
			put_text(r, "policy ");
			word = strview_cut(&word, ';');
			put_place_bytes(r, word.at, word.len);
			break;
		}
	r->w->rule = r->w->brief = written(r, r->w->rule.at);
}

static void put_rule_words(struct writer *r, const struct place *p)
{
	struct strview text = { p->rule, p->rule_len };

	r->xtables = strview_starts(text, "-A ") || strview_starts(text, "-P ");
	if (strview_starts(text, "-P ")) {
		r->w->rule.at = r->to;
		skip(&text, 2);
		put_text(r, "policy");
		put_place_bytes(r, text.at, text.len);
		r->w->rule = r->w->brief = written(r, r->w->rule.at);
		return;
	}
	if (p->kind == PLACE_POLICY && is_end(p)) {
		put_policy(r, text);
		return;
	}
	if (r->xtables)
		skip(&text, 2);
	put_words(r, text);
	put_comments(r, text);
}

/* The text, its comments once more with quotes; a byte may become four. */
static size_t room_for(const struct place *p)
{
	size_t each = escape_is_plain(p->rule, p->rule_len) ? 1 : 4;

	return 4 * (strlen(p->table) + p->chain_len) +
	       2 * each * p->rule_len + 128;
}

static struct node *make(const struct place *p)
{
	size_t room = room_for(p);
	struct node *n = calloc(1, sizeof(*n) + room);
	struct writer r;

	if (!n)
		return NULL;
	r = (struct writer){ .to = n->text, .end = n->text + room, .w = &n->words };
	n->words.nat = "";
	put_label(&r, p);
	put_rule_words(&r, p);
	return n;
}

struct place_words_cache *place_words_cache_open(void)
{
	return calloc(1, sizeof(struct place_words_cache));
}

void place_words_cache_close(struct place_words_cache *c)
{
	if (!c)
		return;
	for (uint32_t i = 0; i < c->room; i++)
		free(c->of[i]);
	free(c->of);
	free(c);
}

static bool make_words_room(struct place_words_cache *c, uint32_t id)
{
	uint32_t room = id * 2 + 64;
	struct node **more;

	if (id < c->room)
		return true;
	more = realloc(c->of, room * sizeof(struct node *));
	if (!more)
		return false;
	memset(more + c->room, 0, (room - c->room) * sizeof(struct node *));
	c->of = more;
	c->room = room;
	return true;
}

const struct place_words *place_words_of(struct place_words_cache *c,
					 const struct place *p)
{
	static const struct place_words none = {
		.label = { "?", 1, 1 }, .table = { "?", 1, 1 },
		.chain = { "?", 1, 1 },
		.nat = "",
	};

	if (!make_words_room(c, p->id))
		return &none;
	if (!c->of[p->id])
		c->of[p->id] = make(p);
	return c->of[p->id] ? &c->of[p->id]->words : &none;
}

void place_words_cache_forget(struct place_words_cache *c, uint32_t id)
{
	if (id >= c->room)
		return;
	free(c->of[id]);
	c->of[id] = NULL;
}
