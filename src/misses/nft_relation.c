// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_relation: a comparison in a rule of nft's words, held against a packet. */
#include "misses/nft_relation.h"

#include <stddef.h>
#include <string.h>

#include <linux/netfilter.h>

#include "misses/asked.h"
#include "misses/condition.h"
#include "misses/nft_answer.h"
#include "misses/nft_constant.h"
#include "misses/nft_fit.h"
#include "misses/nft_set.h"
#include "place/nft_expression.h"
#include "place/rule_text.h"

static void skip_blanks(struct strview *rest)
{
	while (rest->len && *rest->at == ' ')
		*rest = strview_behind(*rest, 1);
}

static void look_at(const struct nft_reading *rd, struct nft_part *p)
{
	if (rd->written & 1u << p->f->asked)
		return;
	if (p->f->type == NFT_TYPE_DEVICE) {
		p->device = nft_field_device(p->f, rd->a);
		p->known = p->device != NULL;
	} else {
		p->known = nft_field_value(&p->value, p->f, rd->a);
	}
}

/* "ip saddr . tcp dport" */
static bool read_parts(const struct nft_reading *rd, struct nft_relation *r,
		       struct strview *rest)
{
	do {
		struct nft_part *p = &r->part[r->parts];

		if (r->parts == NFT_PARTS)
			return false;
		memset(p, 0, sizeof(*p));
		p->f = nft_field_find(rest, &p->name);
		if (!p->f)
			return false;
		look_at(rd, p);
		r->parts++;
	} while (rule_text_take(rest, "."));
	return true;
}

/* "0xff", "255.0.0.255", "(fin | syn)" */
static bool read_mask(struct nft_relation *r, struct strview *rest)
{
	struct strview text;
	struct nft_range m;

	skip_blanks(rest);
	if (rest->len && *rest->at == '(') {
		*rest = strview_behind(*rest, 1);
		text = strview_cut(rest, ')');
	} else {
		strview_word(rest, &text);
	}
	r->masked = true;
	if (r->parts != 1 || r->part[0].f->type == NFT_TYPE_DEVICE ||
	    r->part[0].f->type == NFT_TYPE_ADDR6 ||
	    !nft_constant_read(&m, r->part[0].f->type, text))
		return false;
	r->mask = m.from.low;
	r->part[0].value.low &= r->mask;
	return true;
}

static uint8_t read_operator(struct strview *rest)
{
	static const struct {
		const char *word;
		uint8_t op;
	} words[] = {
		{ "==", NFT_EQUAL }, { "!=", NFT_DIFFERS },
		{ "<", NFT_BELOW }, { ">", NFT_ABOVE },
		{ "<=", NFT_AT_MOST }, { ">=", NFT_AT_LEAST }, { "!", NFT_NONE_OF },
	};
	struct strview word;

	skip_blanks(rest);
	if (!rest->len || !memchr("=!<>", *rest->at, 4) ||
	    !rule_text_peek(*rest, &word))
		return NFT_IS;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strview_is(word, words[i].word)) {
			rule_text_skip(rest, 1);
			return words[i].op;
		}
	return NFT_IS;
}

/* Behind "syn": "/ fin,syn,rst,ack" */
static bool read_flags_mask(struct nft_relation *r, struct strview *rest)
{
	if (r->parts != 1 || r->masked || r->op > NFT_DIFFERS ||
	    r->part[0].f->type != NFT_TYPE_TCP_FLAGS || !rule_text_take(rest, "/"))
		return true;
	if (r->op == NFT_IS)
		r->op = NFT_EQUAL;
	return read_mask(r, rest);
}

/* "syn | ack": one constant, of several words; @text: the first, which is taken, too */
static void read_value(struct strview *rest, struct strview *text)
{
	struct strview word = *text;

	*rest = strview_behind(*rest, (size_t)(text->at + text->len - rest->at));
	while (rule_text_take(rest, "|") && strview_quoted(rest, &word))
		text->len = (size_t)(word.at + word.len - text->at);
}

/* Behind "{ ", without what closes it. */
static bool cut_braces(struct strview *rest, struct strview *inside)
{
	bool quoted = false;

	for (size_t i = 0; i < rest->len; i++) {
		if (rest->at[i] == '"')
			quoted = !quoted;
		/* A chain that has no name, of which there are rules in here. */
		if (!quoted && rest->at[i] == '{')
			return false;
		if (quoted || rest->at[i] != '}')
			continue;
		*inside = (struct strview){ rest->at, i };
		*rest = strview_behind(*rest, i + 1);
		return true;
	}
	return false;
}

/* A set of a name: asked for only where its answer can matter. */
static enum nft_fit fit_named(struct nft_reading *rd, struct nft_relation *r,
			      struct strview name)
{
	const struct nft_elements *e = NULL;
	enum nft_fit f;

	rd->named = true;
	if (rd->sets)
		e = rd->sets->find(rd->sets->arg, rd->snap, rd->rule, name);
	f = e ? nft_set_fit(r, e) : NFT_FIT_UNKNOWN;
	if (r->op != NFT_DIFFERS)
		return f;
	r->near.is = false;
	return nft_fit_inverted(f);
}

/* What a rule compares with.  Return: false: it is not understood. */
static bool read_right(struct nft_reading *rd, struct nft_relation *r,
		       struct strview *rest, enum nft_fit *f)
{
	static const char *const others[] = {
		"map", "|", "^", "<<", ">>", "and", "or", "xor",
	};
	struct strview text;

	if (!rule_text_peek(*rest, &text) ||
	    (text.len <= 3 && RULE_TEXT_IS_ANY(text, others)))
		return false;
	/* A map has a verdict for what it holds, and the rule ends with the rest. */
	if (rule_text_take(rest, "vmap") && !rule_text_peek(*rest, &text))
		return false;
	if (*text.at == '@') {
		rule_text_skip(rest, 1);
		*f = fit_named(rd, r, strview_behind(text, 1));
		return r->op <= NFT_DIFFERS;
	}
	if (rule_text_take(rest, "{")) {
		if (!cut_braces(rest, &text) || r->op > NFT_DIFFERS)
			return false;
		*f = nft_fit_set(r, text);
		if (r->op == NFT_DIFFERS) {
			r->near.is = false;
			*f = nft_fit_inverted(*f);
		}
		return true;
	}
	read_value(rest, &text);
	if (!read_flags_mask(r, rest))
		return false;
	*f = nft_fit_constant(r, text);
	return true;
}

/* "tcp dport 22" asks for TCP first, unless the rule has asked before. */
static enum nft_fit ask_protocol(struct nft_reading *rd, uint8_t protocol,
				 struct strview name)
{
	struct nft_number is;
	enum nft_fit f = NFT_FIT_UNKNOWN;

	if (!(rd->written & 1u << ASKED_PROTO) && nft_field_protocol(&is, rd->a))
		f = is.low == protocol ? NFT_FIT_YES : NFT_FIT_NO;
	nft_answer_protocol(rd, f, name);
	rd->protocol = protocol;
	return f;
}

/* Of another family nothing is compared: that is more than one thing that failed. */
static bool is_of_family(struct nft_reading *rd, const struct nft_part *p)
{
	if (p->f->nfproto == NFPROTO_UNSPEC || p->f->nfproto == rd->a->nfproto)
		return true;
	nft_answer_family(rd, p->name);
	return false;
}

/* Ports lie where they do in every protocol that has them. */
static bool has_port(const struct nft_field *f, const struct asked *a)
{
	return (f->asked == ASKED_SPORT || f->asked == ASKED_DPORT) &&
	       a->p->flags & PACKET_PORTS;
}

/*
 * Fields lie in the headers of one family and protocol.  Return: false: the packet is
 * of others, and the rule needs no more reading.
 */
static bool ask_before(struct nft_reading *rd, struct nft_relation *r)
{
	for (unsigned int i = 0; i < r->parts; i++) {
		struct nft_part *p = &r->part[i];

		if (!is_of_family(rd, p))
			return false;
		if (!p->f->protocol || rd->protocol == p->f->protocol)
			continue;
		switch (ask_protocol(rd, p->f->protocol, p->name)) {
		case NFT_FIT_YES:
			break;
		case NFT_FIT_NO:
			r->other |= !has_port(p->f, rd->a);
			break;
		case NFT_FIT_UNKNOWN:
			p->known = false;
		}
	}
	return true;
}

/* "meta l4proto tcp": what is asked for by name need not be asked for again. */
static void note_protocol(struct nft_reading *rd, const struct nft_relation *r,
			  enum nft_fit f)
{
	if (r->parts == 1 && r->part[0].f->asked == ASKED_PROTO &&
	    r->op <= NFT_EQUAL && f == NFT_FIT_YES)
		rd->protocol = (uint8_t)r->part[0].value.low;
}

/* Behind "meta mark": "set 0x1", which is no comparison */
static bool read_set(struct nft_reading *rd, const struct nft_relation *r,
		     struct strview *rest)
{
	struct strview word;

	if (!rule_text_take(rest, "set"))
		return false;
	for (unsigned int i = 0; i < r->parts; i++)
		rd->written |= 1u << r->part[i].f->asked;
	if (strview_quoted(rest, &word))
		nft_expression_skip(rest, word);
	return true;
}

/* Would conntrack's word @state do?  Return: false: it is not understood. */
static bool try_state(struct nft_reading *rd, const struct nft_relation *r,
		      unsigned int state, struct strview *left, enum nft_fit *f)
{
	struct nft_relation one;

	memcpy(&one, r, offsetof(struct nft_relation, part[1]));
	one.part[0].value.low = nft_field_state(1u << state);
	one.part[0].value.low &= one.masked ? one.mask : UINT64_MAX;
	one.part[0].known = true;
	return read_right(rd, &one, left, f);
}

/*
 * Conntrack may say one of several things: each of them is tried.
 * @left: where the constant stands; taken off
 */
static bool read_states(struct nft_reading *rd, struct nft_relation *r,
			struct strview *left, struct strview words)
{
	const unsigned int states = rd->a->states;
	struct strview from = *left;
	unsigned int would = 0, unknown = 0;
	struct condition *c;
	enum nft_fit f;

	for (unsigned int i = 0; i < CONNTRACK_STATES; i++) {
		if (!(ASKED_ALL_STATES & 1u << i))
			continue;
		*left = from;
		if (!try_state(rd, r, i, left, &f))
			return false;
		would |= (f == NFT_FIT_YES) << i;
		unknown |= (f == NFT_FIT_UNKNOWN) << i;
		/* The one element that would do: no other matters. */
		if (f == NFT_FIT_YES && states == 1u << i)
			break;
	}
	words.len = (size_t)(left->at - words.at);
	if (unknown || rd->written & 1u << ASKED_STATE ||
	    !nft_field_is_behind_conntrack(rd->a)) {
		nft_answer(rd, r, NFT_FIT_UNKNOWN, words);
		return true;
	}
	f = !(states & ~would) ? NFT_FIT_YES : states & would ? NFT_FIT_UNKNOWN : NFT_FIT_NO;
	c = nft_answer_one(rd, r, f, words, 0, 0);
	if (c)
		c->number = would;
	if (c && f == NFT_FIT_NO && would) {
		c->want.field = ASKED_STATE;
		c->want.number = (uint32_t)__builtin_ctz(would);
	}
	return true;
}

static bool is_state(const struct nft_relation *r)
{
	return r->parts == 1 && r->part[0].f->asked == ASKED_STATE;
}

bool nft_relation_read(struct nft_reading *rd, struct strview *rest)
{
	struct nft_relation r;
	struct strview left = *rest, words;
	enum nft_fit f;

	skip_blanks(&left);
	words = left;
	memset(&r, 0, offsetof(struct nft_relation, part));
	if (!read_parts(rd, &r, &left))
		return false;
	if (read_set(rd, &r, &left)) {
		*rest = left;
		return true;
	}
	if (rule_text_take(&left, "&") && !read_mask(&r, &left))
		return false;
	r.op = read_operator(&left);
	if (!ask_before(rd, &r))
		return true;
	if (is_state(&r)) {
		if (!read_states(rd, &r, &left, words))
			return false;
		*rest = left;
		return true;
	}
	if (!read_right(rd, &r, &left, &f))
		return false;
	words.len = (size_t)(left.at - words.at);
	if (r.other) {
		r.near.is = false;
		r.alone = 0;
		r.both = 0;
		f = NFT_FIT_NO;
	}
	nft_answer(rd, &r, f, words);
	note_protocol(rd, &r, f);
	*rest = left;
	return true;
}
