// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_rule: what a rule in nft's own words asks for, read off its text once. */
#include "misses/nft_rule.h"

#include <stdlib.h>
#include <string.h>

#include "misses/asked.h"
#include "misses/nft_draft.h"
#include "misses/nft_relation.h"
#include "misses/shared.h"
#include "place/nft_expression.h"
#include "place/nft_statement.h"
#include "place/rule_text.h"
#include "place/rule_words_types.h"

/* On what of the packet something depends that nothing here tells. */
static const struct {
	const char *word, *next;	/* NULL: any */
	uint8_t field;			/* enum asked_field */
	bool changes;
} unknowns[] = {
	{ "limit", NULL, ASKED_OTHER, true }, { "quota", NULL, ASKED_OTHER, true },
	{ "numgen", NULL, ASKED_OTHER, true }, { "ct", "count", ASKED_CT, true },
	{ "ct", NULL, ASKED_CT, false }, { "socket", NULL, ASKED_CT, false },
	{ "meta", "mark", ASKED_MARK, false }, { "meta", "skuid", ASKED_UID, false },
	{ "meta", "skgid", ASKED_GID, false },
	{ "meta", "pkttype", ASKED_PKTTYPE, false },
	{ "meta", "iiftype", ASKED_IN, false }, { "meta", "oiftype", ASKED_OUT, false },
	{ "meta", "iifgroup", ASKED_IN, false },
	{ "meta", "oifgroup", ASKED_OUT, false },
	{ "iifgroup", NULL, ASKED_IN, false }, { "oifgroup", NULL, ASKED_OUT, false },
	{ "iiftype", NULL, ASKED_IN, false }, { "oiftype", NULL, ASKED_OUT, false },
	{ "iif", NULL, ASKED_IN, false }, { "oif", NULL, ASKED_OUT, false },
	{ "iifname", NULL, ASKED_IN, false }, { "oifname", NULL, ASKED_OUT, false },
	{ "skuid", NULL, ASKED_UID, false }, { "skgid", NULL, ASKED_GID, false },
	{ "pkttype", NULL, ASKED_PKTTYPE, false },
	{ "meta", "cpu", ASKED_OTHER, true }, { "cpu", NULL, ASKED_OTHER, true },
	{ "meta", "random", ASKED_OTHER, true }, { "meta", "time", ASKED_OTHER, true },
	{ "meta", "hour", ASKED_OTHER, true }, { "meta", "day", ASKED_OTHER, true },
	{ "meta", "cgroup", ASKED_UID, false }, { "meta", "priority", ASKED_OTHER, false },
	{ "ether", NULL, ASKED_MAC, false }, { "vlan", NULL, ASKED_MAC, false },
	{ "ip", "saddr", ASKED_SRC, false }, { "ip", "daddr", ASKED_DST, false },
	{ "ip6", "saddr", ASKED_SRC, false }, { "ip6", "daddr", ASKED_DST, false },
	{ "ip", NULL, ASKED_BYTES, false }, { "ip6", NULL, ASKED_BYTES, false },
	{ "tcp", "dport", ASKED_DPORT, false }, { "tcp", "sport", ASKED_SPORT, false },
	{ "udp", "dport", ASKED_DPORT, false }, { "udp", "sport", ASKED_SPORT, false },
	{ "th", "dport", ASKED_DPORT, false }, { "th", "sport", ASKED_SPORT, false },
	{ "tcp", "option", ASKED_TCP_OPTION, false },
	{ "tcp", "flags", ASKED_TCP_FLAGS, false },
	{ "tcp", NULL, ASKED_BYTES, false }, { "udp", NULL, ASKED_BYTES, false },
	{ "icmp", NULL, ASKED_ICMP, false }, { "icmpv6", NULL, ASKED_ICMP, false },
	{ "fib", "daddr", ASKED_DST, false }, { "fib", "saddr", ASKED_SRC, false },
};

static struct strview up_to(struct strview words, const struct strview *rest)
{
	words.len = (size_t)(rest->at - words.at);
	return words;
}

/* A concatenation asks for more than its first words say. */
static bool has_more(struct strview words)
{
	struct strview word;

	while (strview_quoted(&words, &word)) {
		if (strview_is(word, "."))
			return true;
		if (*word.at == '{')
			return false;
	}
	return false;
}

static void add_unknown(struct nft_draft *d, struct strview words)
{
	struct strview rest = words, first, next;
	struct nft_term *t;
	size_t i = 0;

	strview_word(&rest, &first);
	strview_word(&rest, &next);
	while (i < ARRAY_SIZE(unknowns) &&
	       (!strview_is(first, unknowns[i].word) ||
		(unknowns[i].next && !strview_is(next, unknowns[i].next))))
		i++;
	if (i == ARRAY_SIZE(unknowns) || has_more(words)) {
		nft_draft_add(d, NFT_TERM_UNREAD, words);
		return;
	}
	t = nft_draft_add(d, NFT_TERM_UNKNOWN, words);
	t->field = unknowns[i].field;
	t->changes = unknowns[i].changes;
}

/* "ct helper \"ftp\"", "tcp dport vmap @m", "meta mark | 0x1 == 0x3", "ct zone set 1" */
static void read_unknown(struct nft_draft *d, struct strview *rest, struct strview first)
{
	struct strview field = *rest, word;

	nft_expression_field(&field, first);
	if (rule_text_take(&field, "set")) {
		*rest = field;
		if (strview_quoted(rest, &word))
			nft_expression_skip(rest, word);
		nft_draft_add(d, NFT_TERM_WRITES, first)->written = UINT32_MAX;
		return;
	}
	if (nft_expression_skip(rest, first) < NFT_OPERATOR_COMPARES)
		nft_expression_value(rest);
	add_unknown(d, up_to(first, rest));
}

/* Return: false: nothing more is asked behind it. */
static bool read_other(struct nft_draft *d, struct strview *rest)
{
	struct rule_words w = { .condition = false };
	struct strview first;

	if (!strview_quoted(rest, &first))
		return false;
	/* An extension of xtables, in its own words. */
	if (*first.at == '-') {
		nft_draft_add(d, NFT_TERM_UNREAD, first);
		return false;
	}
	switch (nft_statement_read(&w, rest, first)) {
	case NFT_STATEMENT_NONE:
		read_unknown(d, rest, first);
		return true;
	case NFT_STATEMENT_GOES_ON:
		/* A set that is full takes no more, and the rule ends there. */
		if (w.condition || strview_is(first, "add") ||
		    strview_is(first, "update"))
			add_unknown(d, up_to(first, rest));
		return true;
	case NFT_STATEMENT_ENDS:
		break;
	}
	return false;
}

static bool is_at_end(const struct nft_draft *d)
{
	return d->lacks || (d->terms && d->term[d->terms - 1].kind == NFT_TERM_UNREAD);
}

static void read_all(struct nft_draft *d, struct strview text)
{
	if (!text.len)
		nft_draft_add(d, NFT_TERM_UNREAD, text);
	while (!is_at_end(d))
		if (!nft_relation_read(d, &text) && !read_other(d, &text))
			break;
}

static struct nft_rule *pack(const struct nft_draft *d)
{
	const size_t terms = d->terms * sizeof(d->term[0]);
	const size_t parts = d->parts * sizeof(d->part[0]);
	const size_t constants = d->constants * sizeof(d->constant[0]);
	struct nft_rule *r = malloc(sizeof(*r) + constants + terms + parts);
	char *at = (char *)(r + 1);

	if (!r)
		return NULL;
	r->terms = d->terms;
	if (constants)
		memcpy(at, d->constant, constants);
	memcpy(at + constants, d->term, terms);
	memcpy(at + constants + terms, d->part, parts);
	r->constant = (const struct nft_constant *)at;
	r->term = (const struct nft_term *)(at + constants);
	r->part = (const struct nft_term_part *)(at + constants + terms);
	return r;
}

static void share_term(const struct nft_draft *d, struct nft_term *t, struct shared *shared)
{
	const struct nft_field *f = t->plain;

	if (!f || !shared_may_be(f->asked))
		return;
	t->shared = shared_number(shared, f, rule_span_text(t->words, d->begin));
	if (f->type != NFT_TYPE_DEVICE)
		t->value = shared_number(shared, f, (struct strview){ "", 0 });
}

void *nft_rule_make(struct strview text, struct shared *shared)
{
	struct nft_draft d;
	struct nft_rule *r;

	d.begin = text.at;
	d.terms = d.parts = d.constants = d.room = 0;
	d.constant = NULL;
	d.lacks = false;
	read_all(&d, text);
	for (uint32_t i = 0; i < d.terms; i++)
		share_term(&d, &d.term[i], shared);
	r = d.lacks ? NULL : pack(&d);
	free(d.constant);
	return r;
}
