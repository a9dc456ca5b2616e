// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_words: a rule's text, in iptables' or nft's words, taken apart. */
#include "place/rule_words.h"

#include <string.h>

#include "place/effect_of_target.h"
#include "place/nft_expression.h"
#include "place/nft_statement.h"
#include "place/rule_text.h"
#include "rules/base/target.h"
#include "rules/base/units.h"

static bool read_number(struct strview word, uint32_t *n)
{
	return strview_number(word, strview_starts(word, "0x") ? 16 : 10, n);
}

/* "0x1/0xff", "0x1" */
static uint32_t mask_of(struct strview word)
{
	uint32_t mask;

	strview_cut(&word, '/');
	return word.len && read_number(word, &mask) ? mask : UINT32_MAX;
}

/* Modules of the same name as a protocol. */
static bool is_protocol(struct strview module)
{
	static const char *const names[] = {
		"tcp", "udp", "icmp", "icmp6", "udplite", "dccp", "sctp",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strview_is(module, names[i]))
			return true;
	return false;
}

/* A rule asks for this; of more than one thing the last is not the only one. */
static void note_condition(struct rule_words *w, bool protocol)
{
	w->only_protocol = protocol && (!w->condition || w->only_protocol);
	w->condition = true;
}

/* Behind "-m MODULE": a comment, or what the module asks for. */
static void read_module(struct rule_words *w, struct strview *rest,
			struct strview *module)
{
	strview_quoted(rest, module);
	if (!strview_is(*module, "comment")) {
		/* "-m tcp" behind "-p tcp": its options are to come, if any. */
		note_condition(w, w->only_protocol && is_protocol(*module));
		return;
	}
	if (rule_text_take(rest, "--comment"))
		strview_quoted(rest, &w->comment);
}

/* Behind "-A CHAIN". */
static void read_iptables(struct rule_words *w, struct strview rest)
{
	struct strview word, module = { "", 0 };

	w->effect = EFFECT_CONTINUE;
	while (strview_quoted(&rest, &word)) {
		if (strview_is(word, "-m")) {
			read_module(w, &rest, &module);
		} else if (strview_is(word, "-c")) {
			rule_text_skip(&rest, 2);
		} else if (strview_is(word, "-j") || strview_is(word, "-g")) {
			strview_quoted(&rest, &w->target);
			w->effect = word.at[1] == 'g' ? EFFECT_GOTO :
				effect_of_target(w->target);
			return;
		} else if (strview_is(word, "-p")) {
			rule_text_skip(&rest, 1);
			note_condition(w, true);
		} else {
			note_condition(w, false);
			if (strview_is(word, "--mark") &&
			    strview_is(module, "mark") &&
			    rule_text_peek(rest, &word))
				w->mark |= mask_of(word);
		}
	}
}

/* The packet's mark, and of it "& 0xff" at most. */
static uint32_t asked_mark(struct strview rest, struct strview first)
{
	struct strview word;
	uint32_t mask;

	if (strview_is(first, "meta"))
		strview_quoted(&rest, &first);
	if (!strview_is(first, "mark"))
		return 0;
	if ((rule_text_take(&rest, "&") || rule_text_take(&rest, "and")) &&
	    strview_quoted(&rest, &word) && read_number(word, &mask))
		return mask;
	return UINT32_MAX;
}

/* "meta l4proto tcp", "ip protocol tcp"; "meta nfproto ipv4" */
static bool is_protocol_field(struct strview rest, struct strview first)
{
	static const struct {
		const char *first, *second;
	} fields[] = {
		{ "meta", "l4proto" }, { "meta", "nfproto" },
		{ "ip", "protocol" }, { "ip6", "nexthdr" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strview_is(first, fields[i].first) &&
		    rule_text_take(&rest, fields[i].second))
			return true;
	return false;
}

/* "tcp dport 80", "meta mark & 0xff == 0x1"; or "meta mark set 0x1" */
static void read_field(struct rule_words *w, struct strview *rest,
		       struct strview first)
{
	uint32_t mark = asked_mark(*rest, first);
	struct strview field = *rest, word;

	nft_expression_field(&field, first);
	if (rule_text_take(&field, "set")) {
		*rest = field;
		if (strview_quoted(rest, &word))
			nft_expression_skip(rest, word);
		return;
	}
	note_condition(w, is_protocol_field(*rest, first));
	w->mark |= mark;
	switch (nft_expression_skip(rest, first)) {
	case NFT_OPERATOR_VMAP:
		w->effect = EFFECT_MAYBE;
		break;
	case NFT_OPERATOR_COMPARES:
		break;
	default:
		nft_expression_value(rest);
	}
}

/* Behind a verdict, and its options, there may be a comment. */
static void find_comment(struct rule_words *w, struct strview rest)
{
	struct strview word;

	while (strview_quoted(&rest, &word))
		if (strview_is(word, "comment"))
			strview_quoted(&rest, &w->comment);
}

static void read_nft(struct rule_words *w, struct strview rest)
{
	struct strview word;

	w->effect = EFFECT_CONTINUE;
	while (strview_quoted(&rest, &word)) {
		switch (nft_statement_read(w, &rest, word)) {
		case NFT_STATEMENT_NONE:
			read_field(w, &rest, word);
			break;
		case NFT_STATEMENT_GOES_ON:
			break;
		case NFT_STATEMENT_ENDS:
			find_comment(w, rest);
			return;
		}
	}
}

/* "FORWARD ACCEPT" */
static void read_policy(struct rule_words *w, struct strview rest)
{
	rule_text_skip(&rest, 1);
	strview_quoted(&rest, &w->target);
	w->effect = effect_of_target(w->target);
}

/* "type filter hook forward priority filter; policy accept;" */
static void read_nft_policy(struct rule_words *w, struct strview rest)
{
	struct strview word;

	while (strview_quoted(&rest, &word))
		if (strview_is(word, "policy") && strview_quoted(&rest, &word))
			nft_statement_read(w, &rest, strview_cut(&word, ';'));
}

void rule_words_read(struct rule_words *w, struct strview text)
{
	memset(w, 0, sizeof(*w));
	w->effect = EFFECT_UNKNOWN;
	if (!text.len)
		return;
	if (strview_take(&text, "-A ")) {
		rule_text_skip(&text, 1);
		read_iptables(w, text);
	} else if (strview_take(&text, "-P ")) {
		read_policy(w, text);
	} else if (strview_starts(text, "type ")) {
		read_nft_policy(w, text);
	} else {
		read_nft(w, text);
	}
}
