// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_packet: the words of a TRACE line that tell of a packet; pure. */
#include "replay/trace_packet.h"

#include <netinet/in.h>
#include <string.h>

#include "replay/trace_build.h"
#include "replay/trace_line.h"
#include "replay/trace_reading.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"

/* Pairs of hex digits, colons between them or not.  Return: bytes. */
unsigned int trace_packet_hex(struct strview s, uint8_t *to, size_t size)
{
	unsigned int n = 0;

	for (size_t i = 0; i + 1 < s.len && n < size; i += 2) {
		if (s.at[i] == ':')
			i++;
		if (i + 1 >= s.len || strview_digit(s.at[i]) < 0 ||
		    strview_digit(s.at[i + 1]) < 0)
			break;
		to[n++] = (uint8_t)(strview_digit(s.at[i]) << 4 |
				    strview_digit(s.at[i + 1]));
	}
	return n;
}

/*
 * Somebody has hidden it, "10.1.x.x" or "CLIENT"; a damaged address has nothing
 * in it but what addresses have.
 */
static bool is_masked(struct strview s)
{
	bool letter = false, colon = false;

	for (size_t i = 0; i < s.len; i++) {
		int digit = strview_digit(s.at[i]);

		if (s.at[i] == '=' || (i && s.at[i] == '['))
			return false;
		if (digit < 0 && s.at[i] != '.' && s.at[i] != ':')
			return true;
		letter |= digit > 9;
		colon |= s.at[i] == ':';
	}
	return letter && !colon;
}

/* 0 for the rest of it. */
bool trace_packet_masked(struct strview s, uint8_t *to)
{
	bool v6 = s.len && memchr(s.at, ':', s.len);
	unsigned int parts = v6 ? 8 : 4;
	char dot = v6 ? ':' : '.';

	if (!is_masked(s))
		return false;
	memset(to, 0, 16);
	for (unsigned int i = 0; i < parts && s.len; i++) {
		struct strview part = strview_cut(&s, dot);
		uint32_t n = 0;

		if (!strview_number(part, v6 ? 16 : 10, &n) ||
		    n > (v6 ? UINT16_MAX : UINT8_MAX))
			continue;
		if (v6) {
			to[2 * i] = (uint8_t)(n >> 8);
			to[2 * i + 1] = (uint8_t)n;
		} else {
			to[i] = (uint8_t)n;
		}
	}
	return true;
}

static bool dotted(struct strview s, uint8_t *to)
{
	return strview_address(s, AF_INET, to);
}

/* Two lines may have run into one: what is there twice tells of neither. */
bool trace_packet_first(struct trace_reading *rd, enum once word)
{
	uint32_t bit = 1u << word, *seen = &rd->seen[rd->depth];
	bool is_first = !(*seen & bit);

	*seen |= bit;
	return is_first;
}

/* Both of a packet are of one family; of IPv6 some make "x.x.x.x" as well. */
static bool address(struct trace_reading *rd, struct strview s, enum once which)
{
	struct trace_text_packet *p = &rd->packet[rd->depth];
	uint8_t *to = which == ONCE_SRC ? p->src : p->dst;
	bool v6 = s.len && memchr(s.at, ':', s.len);
	bool is_whole = strview_address(s, v6 ? AF_INET6 : AF_INET, to);
	bool told = v6 || is_whole;

	if ((told && p->has_family && v6 != p->v6) || !trace_packet_first(rd, which))
		return false;
	if (told) {
		p->v6 = v6;
		p->has_family = true;
	}
	if (is_whole)
		return true;
	if (!v6)
		p->of_either |= 1u << which;
	rd->t->masked = trace_packet_masked(s, to);
	return rd->t->masked;
}

void trace_packet_settle(struct trace_text_packet *p)
{
	if (!p->has_family)
		p->v6 = p->has & 1u << TT_FLOWLBL;
	if (p->v6 && p->of_either & 1u << ONCE_SRC)
		memset(p->src, 0, sizeof(p->src));
	if (p->v6 && p->of_either & 1u << ONCE_DST)
		memset(p->dst, 0, sizeof(p->dst));
}

static bool protocol(struct strview s, struct trace_text_packet *p)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} words[] = {
		{ "TCP", IPPROTO_TCP }, { "UDP", IPPROTO_UDP },
		{ "ICMP", IPPROTO_ICMP }, { "ICMPv6", IPPROTO_ICMPV6 },
		{ "UDPLITE", IPPROTO_UDPLITE }, { "AH", IPPROTO_AH },
		{ "ESP", IPPROTO_ESP },
	};
	uint32_t n;

	p->has_proto = true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strview_is(s, words[i].word))
			continue;
		p->proto = words[i].proto;
		return true;
	}
	if (!strview_number(s, 10, &n) || n > UINT8_MAX)
		return false;
	p->proto = (uint8_t)n;
	return true;
}

/*
 * Numbers by their keys; some mean another thing behind PROTO=.  The first
 * row that fits is taken.
 */
static const struct {
	const char *key;
	uint8_t field, base;
	int8_t behind;		/* PROTO=: 1 only behind it, 0 only before, -1 */
	uint32_t most;
} rows[] = {
	/* IPv6 tells the payload's length in 16 bits, the kernel adds its header. */
	{ "LEN=", TT_LEN, 10, 0, UINT16_MAX + 40 },
	{ "LEN=", TT_UDP_LEN, 10, 1, UINT16_MAX },
	{ "TOS=", TT_TOS, 16, 0, UINT8_MAX },
	{ "PREC=", TT_PREC, 16, 0, UINT8_MAX },
	{ "TC=", TT_TOS, 10, 0, UINT8_MAX },
	{ "TTL=", TT_TTL, 10, 0, UINT8_MAX },
	{ "HOPLIMIT=", TT_TTL, 10, 0, UINT8_MAX },
	{ "FLOWLBL=", TT_FLOWLBL, 10, 0, 0xfffff },
	{ "ID=", TT_ID, 10, 0, UINT16_MAX },
	{ "ID=", TT_ICMP_ID, 10, 1, UINT16_MAX },
	{ "ID:", TT_ID, 16, 0, UINT32_MAX },
	{ "FRAG:", TT_FRAG, 10, 0, UINT16_MAX },
	{ "SPT=", TT_SPT, 10, 1, UINT16_MAX },
	{ "DPT=", TT_DPT, 10, 1, UINT16_MAX },
	{ "ACK=", TT_ACK, 10, 1, UINT32_MAX },
	{ "WINDOW=", TT_WINDOW, 10, 1, UINT16_MAX },
	{ "URGP=", TT_URGP, 10, 1, UINT16_MAX },
	{ "TYPE=", TT_TYPE, 10, 1, UINT8_MAX },
	{ "CODE=", TT_CODE, 10, 1, UINT8_MAX },
	{ "MTU=", TT_MTU, 10, 1, UINT32_MAX },
	{ "PARAMETER=", TT_POINTER, 10, 1, UINT8_MAX },
	{ "POINTER=", TT_POINTER, 16, 1, UINT32_MAX },
	{ "SPI=", TT_SPI, 16, -1, UINT32_MAX },
};

/* AH and ESP have one each. */
static bool comes_once(uint8_t field)
{
	return field != TT_SPI;
}

/* Return: 1 taken, 0 another word, -1 no number that can be, or not here. */
static int take_packet_number(struct trace_text_packet *p, struct strview word)
{
	bool misplaced = false;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strview value = word;

		/* Dozens of keys are asked for a word: most differ here. */
		if (*rows[i].key != *word.at ||
		    !strview_take(&value, rows[i].key))
			continue;
		if (rows[i].behind >= 0 && rows[i].behind != p->has_proto) {
			misplaced = true;
			continue;
		}
		if ((p->has & 1u << rows[i].field &&
		     comes_once(rows[i].field)) ||
		    !strview_number(value, rows[i].base,
				    &p->number[rows[i].field]) ||
		    p->number[rows[i].field] > rows[i].most)
			return -1;
		p->has |= 1u << rows[i].field;
		return 1;
	}
	return misplaced ? -1 : 0;
}

/* TCP and ICMP both have one. */
static bool take_sequence(struct trace_text_packet *p, struct strview value)
{
	bool tcp = p->proto == IPPROTO_TCP;
	uint8_t field = tcp ? TT_SEQ : TT_ICMP_SEQ;

	if (p->has & 1u << field)
		return false;
	p->has |= 1u << field;
	return strview_number(value, 10, &p->number[field]) &&
	       p->number[field] <= (tcp ? UINT32_MAX : UINT16_MAX);
}

static void take_flag(struct trace_text_packet *p, struct strview word)
{
	static const char *const tcp[] = { "FIN", "SYN", "RST", "PSH", "ACK",
					   "URG", "ECE", "CWR" };

	if (strview_is(word, "DF"))
		p->df = true;
	/* "INCOMPLETE" is of fragments; "INCOMPLETE [8 bytes]" is all there is. */
	if (strview_is(word, "MF") ||
	    (strview_is(word, "INCOMPLETE") && p->v6 && !p->has_proto))
		p->mf = true;
	if (*word.at == '[' || strview_is(word, "TRUNCATED"))
		p->no_more = true;
	/* In IPv6 it is told as an option, and nothing comes behind it. */
	if (strview_is(word, "ESP") && p->v6 && !p->has_proto) {
		p->proto = IPPROTO_ESP;
		p->has_proto = true;
	}
	for (unsigned int i = 0; i < 8; i++)
		if (p->has_proto && strview_is(word, tcp[i]))
			p->tcp_flags |= (uint8_t)(1u << i);
}

/* "OPT (0204...)": of IP in front of PROTO=, of TCP behind it. */
static void take_options(struct trace_text_packet *p, struct strview word)
{
	struct strview hex = { word.at + 1, word.len - 1 };

	if (p->has_proto)
		p->options = (uint8_t)(trace_packet_hex(hex, p->option, 40) & ~3u);
	else if (!p->v6)
		p->ip_options = (uint8_t)(trace_packet_hex(hex, p->ip_option, 40) &
					  ~3u);
}

/* Return: false when the value makes no sense: the line is damaged. */
bool trace_packet_word(struct trace_reading *rd, struct strview word)
{
	struct trace_text_packet *p = &rd->packet[rd->depth];
	struct strview value = word;
	int known;

	if (strview_take(&value, "SRC="))
		return address(rd, value, ONCE_SRC);
	if (strview_take(&value, "DST="))
		return address(rd, value, ONCE_DST);
	if (strview_take(&value, "PROTO="))
		return trace_packet_first(rd, ONCE_PROTO) && protocol(value, p);
	if (strview_take(&value, "SEQ="))
		return take_sequence(p, value);
	if (strview_take(&value, "GATEWAY="))
		return trace_packet_first(rd, ONCE_GATEWAY) && dotted(value, p->gateway);
	known = take_packet_number(p, word);
	if (known)
		return known > 0;
	if (word.len > 1 && *word.at == '(')
		take_options(p, word);
	else
		take_flag(p, word);
	return true;
}
