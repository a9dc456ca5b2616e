// SPDX-License-Identifier: GPL-2.0-or-later
/* place_says: what a rule's text says of what it does to a packet. */
#include "place/place_says.h"

#include <ctype.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "capture/event.h"
#include "place/place_types.h"
#include "place/text_doubt.h"
#include "place/rule_words.h"
#include "rules/base/units.h"

static struct strview text_of(const struct place *at)
{
	return (struct strview){ at->rule, at->rule_len };
}

/* From the word on that stands in @text, and not in quotes. */
static bool go_behind(struct strview *text, const char *word)
{
	struct strview w;

	while (strview_quoted(text, &w))
		if (strview_is(w, word))
			return true;
	return false;
}

bool place_option(const struct place *at, const char *option,
		  struct strview *value)
{
	struct strview text = text_of(at);

	return go_behind(&text, option) && strview_quoted(&text, value);
}

/* As they stand in the prefixes of logs, in letters of either size. */
static bool is_denial(struct strview word)
{
	static const char *const words[] = {
		"drop", "drops", "dropped", "deny", "denied", "reject",
		"rejected", "block", "blocked",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == word.len &&
		    strncasecmp(words[i], word.at, word.len) == 0)
			return true;
	return false;
}

static bool tells_denial(struct strview prefix)
{
	while (prefix.len) {
		struct strview word = prefix;

		word.len = 0;
		while (word.len < prefix.len &&
		       isalpha((unsigned char)word.at[word.len]))
			word.len++;
		if (is_denial(word))
			return true;
		prefix = strview_behind(prefix, word.len +
					(word.len < prefix.len));
	}
	return false;
}

bool place_log_prefix(const struct place *at, struct strview *prefix)
{
	static const char *const options[] = {
		"--log-prefix", "--nflog-prefix", "--ulog-prefix",
	};
	struct strview text = text_of(at);

	if (!memmem(text.at, text.len, "prefix", sizeof("prefix") - 1))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (place_option(at, options[i], prefix))
			return true;
	return !strview_starts(text, "-A ") && go_behind(&text, "log") &&
	       place_option(at, "prefix", prefix);
}

void place_read_words(struct place *at)
{
	struct strview prefix;
	struct rule_words w;

	rule_words_read(&w, text_of(at));
	at->condition = w.condition;
	at->only_protocol = w.only_protocol;
	at->says = w.effect;
	at->names_at = w.target.len ? (uint32_t)(w.target.at - at->rule) : 0;
	at->names_len = (uint32_t)w.target.len;
	at->asks_mark = w.mark;
	at->logs_denial = at->kind == PLACE_RULE &&
		place_log_prefix(at, &prefix) && tells_denial(prefix);
}

bool place_has_word(const struct place *at, const char *word)
{
	struct strview text = text_of(at);

	return go_behind(&text, word);
}

/* "10.0.0.1", "10.0.0.1:80", "[fd00::1]:80"; a range is no address. */
static bool take_address(struct strview s, uint8_t nfproto, uint8_t to[16])
{
	if (nfproto == NFPROTO_IPV4)
		return strview_address(strview_cut(&s, ':'), AF_INET, to);
	if (strview_take(&s, "["))
		s = strview_cut(&s, ']');
	return strview_address(s, AF_INET6, to);
}

/* "dnat to 10.0.0.1:80", "dnat ip to 10.0.0.1". */
static bool native_destination(const struct place *at, struct strview *value)
{
	struct strview text = text_of(at);

	return go_behind(&text, "dnat") && go_behind(&text, "to") &&
	       strview_quoted(&text, value);
}

bool place_destination(const struct place *at, uint8_t to[16])
{
	struct strview value;

	memset(to, 0, 16);
	return (place_option(at, "--to-destination", &value) ||
		native_destination(at, &value)) &&
	       take_address(value, at->nfproto, to);
}

uint32_t place_tproxy_mark(const struct place *at, uint32_t mark)
{
	struct strview value, bits;
	uint32_t set = 0, mask = UINT32_MAX;

	if (!place_option(at, "--tproxy-mark", &value))
		return mark;
	bits = strview_cut(&value, '/');
	if (strview_take(&bits, "0x") ? !strview_number(bits, 16, &set)
				      : !strview_number(bits, 10, &set))
		return mark;
	if (value.len && (strview_take(&value, "0x") ?
			  !strview_number(value, 16, &mask) :
			  !strview_number(value, 10, &mask)))
		return mark;
	return (mark & ~mask) ^ set;
}

bool place_zones(const struct place *at)
{
	if (at->backend == EVENT_NFT && place_has_word(at, "zone"))
		return place_has_word(at, "set");
	return place_has_word(at, "--zone") || place_has_word(at, "--zone-orig") ||
	       place_has_word(at, "--zone-reply");
}

/* Without such an option the kernel takes queue 0. */
unsigned int place_queue(const struct place *at, unsigned int *last)
{
	struct strview high = { "", 0 }, low;
	uint32_t first = 0, end;

	if (at->backend == EVENT_NFT)
		first = at->queue;
	else if (!place_option(at, "--queue-num", &high))
		place_option(at, "--queue-balance", &high);
	low = strview_cut(&high, ':');
	if (low.len && !strview_number(low, 10, &first))
		first = 0;
	if (last)
		*last = strview_number(high, 10, &end) ? end : first;
	return first;
}

const char *place_queue_text(const struct place *at,
			     char buf[PLACE_QUEUE_TEXT])
{
	unsigned int last, first = place_queue(at, &last);

	if (last > first)
		snprintf(buf, PLACE_QUEUE_TEXT, "%u:%u", first, last);
	else
		snprintf(buf, PLACE_QUEUE_TEXT, "%u", first);
	return buf;
}

bool place_bypasses(const struct place *at)
{
	struct strview text = text_of(at);

	if (place_has_word(at, "--queue-bypass"))
		return true;
	/* "queue flags bypass to 4", "queue num 4 bypass" */
	return at->backend == EVENT_NFT && go_behind(&text, "queue") &&
	       (go_behind(&text, "bypass") ||
		place_has_word(at, "bypass,fanout") ||
		place_has_word(at, "fanout,bypass"));
}

/* Targets that let a packet go on, whatever happens. */
static const char *const harmless[] = {
	"ACCEPT", "CONNMARK", "LOG", "MARK", "NFLOG", "RETURN", "TRACE",
};

/* No target's name has a small letter or a dash: it is a chain's. */
static bool is_harmless(struct strview target)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (strview_is(target, harmless[i]))
			return true;
	for (size_t i = 0; i < target.len; i++)
		if (target.at[i] == '-' ||
		    (target.at[i] >= 'a' && target.at[i] <= 'z'))
			return true;
	return false;
}

bool place_match_dropped(const struct place *at)
{
	struct strview text = text_of(at), target;

	if (!strview_starts(text, "-A "))
		return false;
	if (place_option(at, "-g", &target))
		return true;
	return !place_option(at, "-j", &target) || is_harmless(target);
}

bool place_is_in_doubt(const struct place *at)
{
	return at->doubt == TEXT_DOUBT_CHANGED;
}
