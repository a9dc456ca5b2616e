// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_words: a rule's text, in iptables' or nft's words, taken apart. */
#include "place/rule_words.h"

#include <string.h>

#include "rules/base/target.h"
#include "rules/base/units.h"

static bool peek(struct strview rest, struct strview *word)
{
	return strview_quoted(&rest, word);
}

static void skip(struct strview *rest, unsigned int words)
{
	struct strview word;

	while (words-- && strview_quoted(rest, &word))
		;
}

static bool take(struct strview *rest, const char *word)
{
	struct strview next;

	if (!peek(*rest, &next) || !strview_is(next, word))
		return false;
	skip(rest, 1);
	return true;
}

static bool is_any(struct strview word, const char *const words[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strview_is(word, words[i]))
			return true;
	return false;
}

#define IS_ANY(word, words) is_any(word, words, ARRAY_SIZE(words))

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

/* What stands behind a verdict of nft. */
enum behind {
	BEHIND_ENDS,		/* nothing that asks, or does anything more */
	BEHIND_CHAIN,		/* where to, and then nothing */
	BEHIND_GOES_ON,		/* more statements */
	BEHIND_TO,		/* "ip to ADDRESS device NAME", and more statements */
	BEHIND_FLOW,		/* "add @NAME", and more statements */
};

/* Verdicts of nft, and statements that divert a packet. */
static const struct {
	const char *word;
	uint8_t effect;
	uint8_t behind;		/* enum behind */
} verdicts[] = {
	{ "accept", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "drop", EFFECT_DROP, BEHIND_ENDS },
	{ "return", EFFECT_RETURN, BEHIND_ENDS },
	{ "continue", EFFECT_CONTINUE, BEHIND_ENDS },
	{ "jump", EFFECT_JUMP, BEHIND_CHAIN },
	{ "goto", EFFECT_GOTO, BEHIND_CHAIN },
	{ "reject", EFFECT_REJECT, BEHIND_ENDS },
	{ "queue", EFFECT_QUEUE, BEHIND_ENDS },
	{ "dnat", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "snat", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "masquerade", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "redirect", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "synproxy", EFFECT_STEAL, BEHIND_ENDS },
	{ "tproxy", EFFECT_CONTINUE, BEHIND_TO },
	{ "dup", EFFECT_CONTINUE, BEHIND_TO },
	{ "fwd", EFFECT_STEAL, BEHIND_TO },
	{ "flow", EFFECT_CONTINUE, BEHIND_FLOW },
	{ "notrack", EFFECT_CONTINUE, BEHIND_GOES_ON },
};

/* "ACCEPT", "MARK", "cali-FORWARD": what is no target is a chain. */
static uint8_t effect_of_target(struct strview name)
{
	static const struct {
		const char *word;
		uint8_t effect;
	} standard[] = {
		{ "ACCEPT", EFFECT_ACCEPT }, { "DROP", EFFECT_DROP },
		{ "QUEUE", EFFECT_QUEUE }, { "RETURN", EFFECT_RETURN },
	};
	const struct target *t;
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(standard); i++)
		if (strview_is(name, standard[i].word))
			return standard[i].effect;
	if (name.len >= sizeof(text))
		return EFFECT_JUMP;
	memcpy(text, name.at, name.len);
	text[name.len] = '\0';
	t = target_find(text);
	return t ? (uint8_t)t->effect : EFFECT_JUMP;
}

/* Behind "-m MODULE": a comment, or what the module asks for. */
static void read_module(struct rule_words *w, struct strview *rest,
			struct strview *module)
{
	strview_quoted(rest, module);
	if (!strview_is(*module, "comment")) {
		w->condition = true;
		return;
	}
	if (take(rest, "--comment"))
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
			skip(&rest, 2);
		} else if (strview_is(word, "-j") || strview_is(word, "-g")) {
			strview_quoted(&rest, &w->target);
			w->effect = word.at[1] == 'g' ? EFFECT_GOTO :
				effect_of_target(w->target);
			return;
		} else {
			w->condition = true;
			if (strview_is(word, "--mark") &&
			    strview_is(module, "mark") && peek(rest, &word))
				w->mark |= mask_of(word);
		}
	}
}

/* Behind "{", to its end: do what is in there and how often decide, too? */
static bool skip_braces(struct strview *rest)
{
	static const char *const counts[] = { "limit", "quota", "count" };
	unsigned int depth = 1;
	bool asks = false;
	struct strview word;

	while (depth && strview_quoted(rest, &word)) {
		depth += strview_is(word, "{");
		depth -= word.len && word.at[word.len - 1] == '}';
		asks |= IS_ANY(word, counts);
	}
	return asks;
}

/* What stands in front of a field: the words that it has in all. */
static const struct {
	const char *word;
	uint8_t words;
} fields[] = {
	{ "meta", 2 }, { "ct", 2 }, { "ip", 2 }, { "ip6", 2 }, { "tcp", 2 },
	{ "udp", 2 }, { "th", 2 }, { "icmp", 2 }, { "icmpv6", 2 },
	{ "ether", 2 }, { "vlan", 2 }, { "arp", 2 }, { "sctp", 2 },
	{ "dccp", 2 }, { "udplite", 2 }, { "igmp", 2 }, { "esp", 2 },
	{ "ah", 2 }, { "comp", 2 }, { "gre", 2 }, { "gretap", 2 },
	{ "vxlan", 2 }, { "geneve", 2 }, { "hbh", 2 }, { "frag", 2 },
	{ "rt", 2 }, { "rt0", 2 }, { "rt2", 2 }, { "rt4", 2 }, { "mh", 2 },
	{ "srh", 2 }, { "dst", 2 }, { "socket", 2 }, { "exthdr", 2 },
	{ "ipsec", 3 }, { "osf", 2 }, { "numgen", 2 }, { "jhash", 1 },
};

static bool is_direction(struct strview word)
{
	return strview_is(word, "original") || strview_is(word, "reply");
}

/* "daddr . iif type" */
static void skip_fib(struct strview *rest)
{
	skip(rest, 1);
	while (take(rest, "."))
		skip(rest, 1);
	skip(rest, 1);
}

/* "original saddr", "original ip saddr" */
static void skip_ct(struct strview *rest)
{
	struct strview word;

	if (!strview_quoted(rest, &word) || !is_direction(word))
		return;
	strview_quoted(rest, &word);
	if (strview_is(word, "ip") || strview_is(word, "ip6"))
		skip(rest, 1);
}

/* "maxseg size", "sack-perm": of an option what is asked may stand behind it */
static void skip_option(struct strview *rest)
{
	static const char *const parts[] = {
		"kind", "length", "size", "count", "left", "right", "tsval",
		"tsecr", "type", "ptr", "addr", "value",
	};
	struct strview word;

	skip(rest, 1);
	if (peek(*rest, &word) && IS_ANY(word, parts))
		skip(rest, 1);
}

/* A field, of which @first has been taken, or a value. */
static void skip_primary(struct strview *rest, struct strview first)
{
	struct strview word;

	if (strview_is(first, "{")) {
		skip_braces(rest);
		return;
	}
	if (strview_is(first, "fib")) {
		skip_fib(rest);
		return;
	}
	if (strview_is(first, "ct")) {
		skip_ct(rest);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!strview_is(first, fields[i].word))
			continue;
		if (peek(*rest, &word) && strview_is(word, "option")) {
			skip(rest, 1);
			skip_option(rest);
		} else {
			skip(rest, fields[i].words - 1u);
		}
		return;
	}
}

/* What is between two primaries. */
enum operator { OPERATOR_NONE, OPERATOR_JOINS, OPERATOR_COMPARES, OPERATOR_VMAP };

static enum operator operator_of(struct strview word)
{
	static const char *const joins[] = {
		"&", "|", "^", "<<", ">>", ".", "/", "and", "or", "xor", "map",
		"mod", "seed", "offset", "level",
	};
	static const char *const compares[] = {
		"==", "!=", "<", ">", "<=", ">=", "!",
		"eq", "ne", "lt", "gt", "le", "ge",
	};

	if (strview_is(word, "vmap"))
		return OPERATOR_VMAP;
	if (IS_ANY(word, compares))
		return OPERATOR_COMPARES;
	return IS_ANY(word, joins) ? OPERATOR_JOINS : OPERATOR_NONE;
}

/* A constant, which may be called as a field is: "tcp", "{ 80, 443 }", "1 . 2" */
static void skip_value(struct strview *rest)
{
	struct strview word;

	do {
		if (take(rest, "{"))
			skip_braces(rest);
		else
			skip(rest, 1);
	} while (peek(*rest, &word) && operator_of(word) &&
		 strview_quoted(rest, &word));
}

/*
 * Fields and values with operators between them, the first word of which has been
 * taken.  With a comparison that is at an end.
 */
static enum operator skip_expression(struct strview *rest, struct strview first)
{
	struct strview word;
	enum operator o;

	skip_primary(rest, first);
	if (strview_is(first, "jhash") && strview_quoted(rest, &word))
		skip_primary(rest, word);
	while (peek(*rest, &word) && (o = operator_of(word))) {
		skip(rest, 1);
		if (o != OPERATOR_JOINS) {
			skip_value(rest);
			return o;
		}
		if (strview_quoted(rest, &word))
			skip_primary(rest, word);
	}
	return OPERATOR_NONE;
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
	if ((take(&rest, "&") || take(&rest, "and")) &&
	    strview_quoted(&rest, &word) && read_number(word, &mask))
		return mask;
	return UINT32_MAX;
}

/* "tcp dport 80", "meta mark & 0xff == 0x1"; or "meta mark set 0x1" */
static void read_field(struct rule_words *w, struct strview *rest,
		       struct strview first)
{
	uint32_t mark = asked_mark(*rest, first);
	struct strview field = *rest, word;

	skip_primary(&field, first);
	if (take(&field, "set")) {
		*rest = field;
		if (strview_quoted(rest, &word))
			skip_expression(rest, word);
		return;
	}
	w->condition = true;
	w->mark |= mark;
	switch (skip_expression(rest, first)) {
	case OPERATOR_VMAP:
		w->effect = EFFECT_MAYBE;
		break;
	case OPERATOR_COMPARES:
		break;
	default:
		skip_value(rest);
	}
}

/* "packets 1 bytes 60", "name \"x\"" */
static void read_counter(struct rule_words *w, struct strview *rest)
{
	(void)w;
	if (take(rest, "packets"))
		skip(rest, 3);
	else if (take(rest, "name"))
		skip(rest, 1);
}

static void read_log(struct rule_words *w, struct strview *rest)
{
	static const char *const options[] = {
		"prefix", "group", "snaplen", "queue-threshold", "level",
	};
	struct strview word;

	(void)w;
	while (peek(*rest, &word)) {
		if (IS_ANY(word, options)) {
			skip(rest, 2);
		} else if (take(rest, "flags")) {
			strview_quoted(rest, &word);
			skip(rest, strview_is(word, "tcp") ||
				   strview_is(word, "ip"));
		} else {
			return;
		}
	}
}

/* "last used never", "last used 1h2m" */
static void read_last(struct rule_words *w, struct strview *rest)
{
	(void)w;
	if (take(rest, "used"))
		skip(rest, 1);
}

static void read_comment(struct rule_words *w, struct strview *rest)
{
	strview_quoted(rest, &w->comment);
}

/* "@s { ip saddr limit rate over 1/second }" */
static void read_update(struct rule_words *w, struct strview *rest)
{
	struct strview word;

	skip(rest, 1);
	if (strview_quoted(rest, &word) && strview_is(word, "{"))
		w->condition |= skip_braces(rest);
}

/* "tcp option timestamp" */
static void read_reset(struct rule_words *w, struct strview *rest)
{
	(void)w;
	skip(rest, 3);
}

static void read_limit(struct rule_words *w, struct strview *rest)
{
	struct strview word;

	w->condition = true;
	/* "rate over 10/second burst 5 packets", "name \"x\"", "over 10 mbytes" */
	while (peek(*rest, &word)) {
		if (take(rest, "rate") || take(rest, "over") ||
		    take(rest, "until"))
			continue;
		if (take(rest, "name") || take(rest, "used") ||
		    take(rest, "burst")) {
			skip(rest, 1);
			continue;
		}
		if (word.len && ((word.at[0] >= '0' && word.at[0] <= '9') ||
				 memchr(word.at, '/', word.len) ||
				 word.at[word.len - 1] == 's')) {
			skip(rest, 1);
			continue;
		}
		return;
	}
}

/* What an extension of xtables is called, where nft cannot say it better. */
static void read_xt(struct rule_words *w, struct strview *rest)
{
	struct strview kind, name;

	if (!strview_quoted(rest, &kind) || !strview_quoted(rest, &name))
		return;
	if (strview_is(kind, "match")) {
		w->condition |= !strview_is(name, "\"comment\"");
		return;
	}
	if (name.len >= 2 && *name.at == '"')
		name = (struct strview){ name.at + 1, name.len - 2 };
	w->target = name;
	w->effect = effect_of_target(name);
}

static const struct {
	const char *word;
	void (*read)(struct rule_words *w, struct strview *rest);
} statements[] = {
	{ "counter", read_counter },
	{ "log", read_log },
	{ "last", read_last },
	{ "comment", read_comment },
	{ "add", read_update },
	{ "update", read_update },
	{ "delete", read_update },
	{ "reset", read_reset },
	{ "limit", read_limit },
	{ "quota", read_limit },
	{ "xt", read_xt },
};

/* "ip to 10.0.0.1:80", "to 10.0.0.2 device \"eth1\"" */
static void skip_to(struct strview *rest)
{
	struct strview word;

	if (!take(rest, "ip"))
		take(rest, "ip6");
	while (take(rest, "to") || take(rest, "device"))
		if (strview_quoted(rest, &word))
			skip_expression(rest, word);
}

/* Return: is the rule at its end?  -1: that is no verdict. */
static int read_verdict(struct rule_words *w, struct strview *rest,
			struct strview word)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(verdicts) && !strview_is(word, verdicts[i].word))
		i++;
	if (i == ARRAY_SIZE(verdicts))
		return -1;
	w->effect = verdicts[i].effect;
	w->target = word;
	switch (verdicts[i].behind) {
	case BEHIND_CHAIN:
		strview_quoted(rest, &w->target);
		return true;
	case BEHIND_TO:
		skip_to(rest);
		return false;
	case BEHIND_FLOW:
		skip(rest, 2);
		return false;
	}
	return verdicts[i].behind == BEHIND_ENDS;
}

static bool read_statement(struct rule_words *w, struct strview *rest,
			   struct strview word)
{
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		if (!strview_is(word, statements[i].word))
			continue;
		statements[i].read(w, rest);
		return true;
	}
	return false;
}

/* Behind a verdict, and its options, there may be a comment. */
static void find_comment(struct rule_words *w, struct strview rest)
{
	struct strview word;

	while (strview_quoted(&rest, &word))
		if (strview_is(word, "comment"))
			read_comment(w, &rest);
}

static void read_nft(struct rule_words *w, struct strview rest)
{
	struct strview word;

	w->effect = EFFECT_CONTINUE;
	while (strview_quoted(&rest, &word)) {
		int end = read_statement(w, &rest, word) ? false :
			  read_verdict(w, &rest, word);

		if (end < 0)
			read_field(w, &rest, word);
		if (end > 0) {
			find_comment(w, rest);
			return;
		}
	}
}

/* "FORWARD ACCEPT" */
static void read_policy(struct rule_words *w, struct strview rest)
{
	skip(&rest, 1);
	strview_quoted(&rest, &w->target);
	w->effect = effect_of_target(w->target);
}

/* "type filter hook forward priority filter; policy accept;" */
static void read_nft_policy(struct rule_words *w, struct strview rest)
{
	struct strview word;

	while (strview_quoted(&rest, &word))
		if (strview_is(word, "policy") && strview_quoted(&rest, &word))
			read_verdict(w, &rest, strview_cut(&word, ';'));
}

void rule_words_read(struct rule_words *w, struct strview text)
{
	memset(w, 0, sizeof(*w));
	w->effect = EFFECT_UNKNOWN;
	if (!text.len)
		return;
	if (strview_take(&text, "-A ")) {
		skip(&text, 1);
		read_iptables(w, text);
	} else if (strview_take(&text, "-P ")) {
		read_policy(w, text);
	} else if (strview_starts(text, "type ")) {
		read_nft_policy(w, text);
	} else {
		read_nft(w, text);
	}
}
