// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_line: a line of what `xtables-monitor --trace` prints; pure. */
#include "replay/xt_line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <netinet/in.h>
#include <string.h>

#include "replay/nft_line.h"
#include "replay/trace_build.h"
#include "replay/trace_line.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"

/* 255 is no protocol's: what the text does not tell. */
enum {
	XT_V4_HEADER = 20, XT_V6_HEADER = 40, XT_TCP_HEADER = 20, XT_TCP_SYN = 0x02,
	PROTO_UNTOLD = 255,
};

static bool take_id(struct nft_line *l, struct strview *rest)
{
	struct strview family, id;

	if (!strview_word(rest, &family) || !strview_word(rest, &id) ||
	    id.len != 8 || !strview_number(id, 16, &l->id) || !l->id)
		return false;
	l->family = strview_is(family, "2") ? NFPROTO_IPV4 : NFPROTO_IPV6;
	return l->family == NFPROTO_IPV4 || strview_is(family, "10");
}

/* "ACCEPT", "JUMP:CHAIN"; nft's words for them */
static bool take_xt_verdict(struct nft_line *l, struct strview s)
{
	static const struct {
		const char *word;
		struct strview verdict;
	} words[] = {
		{ "ACCEPT", { "accept", 6 } }, { "DROP", { "drop", 4 } },
		{ "CONTINUE", { "continue", 8 } }, { "RETURN", { "return", 6 } },
		{ "JUMP", { "jump", 4 } }, { "GOTO", { "goto", 4 } },
		{ "QUEUE", { "queue", 5 } }, { "STOLEN", { "stolen", 6 } },
		/* NFT_RETURN, for which it has no word (iptables 1.8.9). */
		{ "0xfffffffb", { "return", 6 } },
	};
	struct strview word = strview_cut(&s, ':');

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strview_is(word, words[i].word))
			continue;
		l->verdict = words[i].verdict;
		l->target = s;
		return true;
	}
	return false;
}

/* The last of them: a chain's name may hold colons. */
static bool cut_at(struct strview *s, const char *mark, struct strview *behind)
{
	size_t len = strlen(mark);

	for (size_t at = s->len; at >= len; at--) {
		if (memcmp(s->at + at - len, mark, len) != 0)
			continue;
		*behind = strview_behind(*s, at);
		s->len = at - len;
		return true;
	}
	return false;
}

/* "filter:INPUT:rule:0x3:DROP", "filter:INPUT:policy:ACCEPT" */
static bool take_place(struct nft_line *l, struct strview place)
{
	struct strview behind, word;
	uint32_t handle = 0;

	if (cut_at(&place, ":rule:0x", &behind)) {
		l->kind = NFT_LINE_RULE;
		word = strview_cut(&behind, ':');
		if (!strview_number(word, 16, &handle) ||
		    !take_xt_verdict(l, behind))
			return false;
		l->handle = handle;
	} else if (cut_at(&place, ":policy:", &behind)) {
		l->kind = NFT_LINE_POLICY;
		if (!take_xt_verdict(l, behind))
			return false;
	} else if (cut_at(&place, ":return:", &behind)) {
		l->kind = NFT_LINE_RETURN;
	} else {
		return false;
	}
	l->table = strview_cut(&place, ':');
	l->chain = place;
	return l->table.len && l->chain.len;
}

/* Behind "-j" or "-g"; "": there is none, or the text ends within quotes */
static struct strview target_of(struct strview rule)
{
	struct strview word, before = { "", 0 }, target = { "", 0 };
	bool open = false;

	for (size_t i = 0; i < rule.len; i++) {
		if (rule.at[i] == '\\' && open)
			i++;
		else if (rule.at[i] == '"')
			open = !open;
	}
	while (!open && strview_quoted(&rule, &word)) {
		if (strview_is(before, "-j") || strview_is(before, "-g"))
			target = word;
		before = word;
	}
	return target;
}

/* "-j ACC" */
static bool is_cut_off(struct strview target, const char *word)
{
	return !strview_is(target, word) && target.len < strlen(word) &&
	       memcmp(target.at, word, target.len) == 0;
}

/* Does the rule's text go on to what the verdict says?  At a line's end it may be cut off. */
static bool fits_verdict(const struct nft_line *l)
{
	struct strview target = target_of(l->rest);

	if (l->target.len)
		return target.len == l->target.len &&
		       memcmp(target.at, l->target.at, target.len) == 0;
	if (strview_is(l->verdict, "accept"))
		return target.len && !is_cut_off(target, "ACCEPT");
	if (strview_is(l->verdict, "drop"))
		return target.len && !is_cut_off(target, "DROP");
	return true;
}

/* "-4 -t filter -A INPUT ...": the rule, from "-A" on, if it could be read */
static bool take_xt_rule(struct nft_line *l, struct strview rest)
{
	while (rest.len && !strview_starts(rest, "-A "))
		rest = strview_behind(rest, 1);
	while (rest.len && rest.at[rest.len - 1] == ' ')
		rest.len--;
	l->rest = rest;
	return !rest.len || fits_verdict(l);
}

static int parse_packet(struct nft_line *l, struct strview rest)
{
	if (!take_id(l, &rest))
		return -ENOMSG;
	l->kind = NFT_LINE_PACKET;
	l->rest = rest;
	return 0;
}

static int parse_trace(struct nft_line *l, struct strview rest)
{
	struct strview place;

	if (!take_id(l, &rest))
		return -ENOMSG;
	if (!strview_word(&rest, &place) || !take_place(l, place))
		return -EBADMSG;
	return l->kind == NFT_LINE_RULE && !take_xt_rule(l, rest) ? -EBADMSG : 0;
}

int xt_line_parse(struct nft_line *l, struct strview line)
{
	static const char packet[] = "PACKET: ", trace[] = "TRACE: ";
	const char *at;
	int err = -ENOMSG;

	if (!line.len)
		return err;
	memset(l, 0, sizeof(*l));
	l->rest = l->verdict = l->target = (struct strview){ "", 0 };
	l->xtables = true;
	if ((at = memmem(line.at, line.len, packet, sizeof(packet) - 1)))
		err = parse_packet(l, strview_behind(line, (size_t)(at - line.at) +
						     sizeof(packet) - 1));
	else if ((at = memmem(line.at, line.len, trace, sizeof(trace) - 1)))
		err = parse_trace(l, strview_behind(line, (size_t)(at - line.at) +
						    sizeof(trace) - 1));
	return !err && memchr(line.at, '\0', line.len) ? -EBADMSG : err;
}

static bool xt_address(struct strview s, struct trace_text_packet *p, uint8_t *to)
{
	char text[INET6_ADDRSTRLEN];

	if (!s.len || s.len >= sizeof(text))
		return false;
	memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	p->v6 = memchr(s.at, ':', s.len) != NULL;
	p->has_family = true;
	return inet_pton(p->v6 ? AF_INET6 : AF_INET, text, to) == 1;
}

static bool xt_number(struct trace_text_packet *p, struct strview word)
{
	static const struct {
		const char *key;
		uint8_t field, base;
	} keys[] = {
		{ "LEN=", TT_LEN, 10 }, { "TOS=", TT_TOS, 16 },
		{ "TC=", TT_TOS, 10 }, { "TTL=", TT_TTL, 10 },
		{ "HOPLIMIT=", TT_TTL, 10 }, { "FLOWLBL=", TT_FLOWLBL, 10 },
		{ "ID=", TT_ID, 10 }, { "FRAG:", TT_FRAG, 10 },
		{ "SPORT=", TT_SPT, 10 }, { "DPORT=", TT_DPT, 10 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct strview value = word;

		if (!strview_take(&value, keys[i].key))
			continue;
		p->has |= 1u << keys[i].field;
		return strview_number(value, keys[i].base,
				      &p->number[keys[i].field]);
	}
	return true;
}

static bool read_xt_words(struct trace_text *t, struct trace_text_packet *p,
			  struct strview rest)
{
	struct strview word;

	while (strview_word(&rest, &word)) {
		struct strview value = word;
		bool good = true;

		if (strview_take(&value, "IN="))
			t->in = (struct trace_text_name){ value.at, value.len };
		else if (strview_take(&value, "OUT="))
			t->out = (struct trace_text_name){ value.at, value.len };
		else if (strview_take(&value, "SRC="))
			good = xt_address(value, p, p->src);
		else if (strview_take(&value, "DST="))
			good = xt_address(value, p, p->dst);
		else if (strview_is(word, "SYN"))
			p->tcp_flags = XT_TCP_SYN;
		else if (strview_is(word, "DF"))
			p->df = true;
		else
			good = xt_number(p, word);
		if (!good)
			return false;
	}
	return p->has_family;
}

uint64_t xt_packet_key(struct strview fields)
{
	struct trace_text_packet p = { .has = 0 };
	struct trace_text t;

	if (!read_xt_words(&t, &p, fields))
		return 0;
	return hash_mix(hash_mix(p.number[TT_ID], p.number[TT_FLOWLBL]),
			(uint64_t)p.number[TT_LEN] << 32 |
			p.number[TT_SPT] << 16 | p.number[TT_DPT]);
}

bool xt_packet_read(struct trace_text *t, struct strview fields, uint8_t proto)
{
	struct trace_text_packet p = { .has = 0 };
	struct event *e = &t->e;
	uint32_t want = 1u << TT_LEN | 1u << TT_TTL;
	size_t len;

	memset(t, 0, sizeof(*t));
	if (!read_xt_words(t, &p, fields) || (p.has & want) != want)
		return false;
	p.proto = p.tcp_flags ? IPPROTO_TCP : proto ? proto : PROTO_UNTOLD;
	p.fragment = p.number[TT_FRAG] != 0;
	/* xtables-monitor adds the header of IPv4 to the payload of IPv6 (iptables 1.8.9). */
	if (p.v6)
		p.number[TT_LEN] += XT_V6_HEADER - XT_V4_HEADER;
	p.number[TT_UDP_LEN] = p.number[TT_LEN] -
			       (p.v6 ? XT_V6_HEADER : XT_V4_HEADER);
	e->nfproto = p.v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	e->payload = t->packet;
	len = trace_text_build(t->packet, sizeof(t->packet), &p);
	/* Of TCP the ports alone are told. */
	if (p.proto == IPPROTO_TCP && p.has & 1u << TT_SPT)
		len -= XT_TCP_HEADER - 4;
	e->payload_len = (uint32_t)len;
	return true;
}

uint8_t xt_rule_proto(struct strview rule)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} words[] = {
		{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP }, { "ipv6-icmp", IPPROTO_ICMPV6 },
	};
	struct strview word, before = { "", 0 }, first = { "", 0 };

	while (strview_quoted(&rule, &word)) {
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (strview_is(before, "-p") && !strview_is(first, "!") &&
			    strview_is(word, words[i].word))
				return words[i].proto;
		first = before;
		before = word;
	}
	return 0;
}
