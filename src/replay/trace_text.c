// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_text: a log's TRACE line, as nf_log_syslog writes it -> event; pure. */
#include "replay/trace_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <netinet/in.h>
#include <string.h>

#include "place/prefix.h"
#include "replay/trace_build.h"
#include "replay/trace_time.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"

enum { DEPTH = 2 };	/* a packet, and the one that it quotes */

/* Words that the kernel writes once a line, or once a packet of it. */
enum once { ONCE_IN, ONCE_OUT, ONCE_PHYSIN, ONCE_PHYSOUT, ONCE_MAC, ONCE_MARK,
	    ONCE_UID, ONCE_GID, ONCE_SRC, ONCE_DST, ONCE_PROTO, ONCE_GATEWAY };

struct reading {
	struct trace_text *t;
	struct trace_text_packet packet[DEPTH];
	uint32_t seen[DEPTH];	/* 1 << enum once, a packet */
	unsigned int depth;	/* the packet that is being read */
	uint8_t mac[14];
	unsigned int mac_len;	/* 14: an ethernet header */
};

/* Pairs of hex digits, colons between them or not.  Return: bytes. */
static unsigned int hex_bytes(struct strview s, uint8_t *to, size_t size)
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

/* What is left of it, 0 for the rest; false: it is damaged. */
static bool masked_address(struct strview s, uint8_t *to)
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
static bool first(struct reading *rd, enum once word)
{
	uint32_t bit = 1u << word, *seen = &rd->seen[rd->depth];
	bool is_first = !(*seen & bit);

	*seen |= bit;
	return is_first;
}

/* Both of a packet are of one family; a masked one may be of either. */
static bool address(struct reading *rd, struct strview s, enum once which)
{
	struct trace_text_packet *p = &rd->packet[rd->depth];
	uint8_t *to = which == ONCE_SRC ? p->src : p->dst;
	bool v6 = s.len && memchr(s.at, ':', s.len);
	bool told = v6 || (s.len && memchr(s.at, '.', s.len));

	if ((told && p->has_family && v6 != p->v6) || !first(rd, which))
		return false;
	if (told) {
		p->v6 = v6;
		p->has_family = true;
	}
	if (strview_address(s, v6 ? AF_INET6 : AF_INET, to))
		return true;
	rd->t->masked = masked_address(s, to);
	return rd->t->masked;
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
static int take_number(struct trace_text_packet *p, struct strview word)
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
		p->options = (uint8_t)(hex_bytes(hex, p->option, 40) & ~3u);
	else if (!p->v6)
		p->ip_options = (uint8_t)(hex_bytes(hex, p->ip_option, 40) &
					  ~3u);
}

/* Return: false when the value makes no sense: the line is damaged. */
static bool take_packet_word(struct reading *rd, struct strview word)
{
	struct trace_text_packet *p = &rd->packet[rd->depth];
	struct strview value = word;
	int known;

	if (strview_take(&value, "SRC="))
		return address(rd, value, ONCE_SRC);
	if (strview_take(&value, "DST="))
		return address(rd, value, ONCE_DST);
	if (strview_take(&value, "PROTO="))
		return first(rd, ONCE_PROTO) && protocol(value, p);
	if (strview_take(&value, "SEQ="))
		return take_sequence(p, value);
	if (strview_take(&value, "GATEWAY="))
		return first(rd, ONCE_GATEWAY) && dotted(value, p->gateway);
	known = take_number(p, word);
	if (known)
		return known > 0;
	if (word.len > 1 && *word.at == '(')
		take_options(p, word);
	else
		take_flag(p, word);
	return true;
}

static bool take_id(struct reading *rd, struct strview value, uint32_t *id)
{
	if (!strview_number(value, 10, id))
		return false;
	rd->t->e.flags |= EVENT_HAS_UID;
	return true;
}

/* What belongs to the event and not to a packet.  Return: as take_number(). */
static int take_event_word(struct reading *rd, struct strview word)
{
	static const struct {
		const char *key;
		size_t name;
	} names[] = {
		[ONCE_IN] = { "IN=", offsetof(struct trace_text, in) },
		[ONCE_OUT] = { "OUT=", offsetof(struct trace_text, out) },
		[ONCE_PHYSIN] = { "PHYSIN=", offsetof(struct trace_text, phys_in) },
		[ONCE_PHYSOUT] = { "PHYSOUT=", offsetof(struct trace_text, phys_out) },
	};
	struct trace_text *t = rd->t;
	struct strview value = word;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		struct trace_text_name *name =
			(void *)((char *)t + names[i].name);

		if (*names[i].key != *word.at ||
		    !strview_take(&value, names[i].key))
			continue;
		if (!first(rd, i))
			return -1;
		name->at = value.at;
		name->len = value.len;
		return 1;
	}
	if (strview_take(&value, "MAC=")) {
		if (!first(rd, ONCE_MAC))
			return -1;
		rd->mac_len = hex_bytes(value, rd->mac, sizeof(rd->mac)) / 14 *
			      14;
		return 1;
	}
	if (strview_take(&value, "MARK="))
		return first(rd, ONCE_MARK) &&
		       strview_number(value, 16, &t->e.mark) ? 1 : -1;
	if (strview_take(&value, "UID="))
		return first(rd, ONCE_UID) &&
		       take_id(rd, value, &t->e.uid) ? 1 : -1;
	if (strview_take(&value, "GID="))
		return first(rd, ONCE_GID) &&
		       strview_number(value, 10, &t->e.gid) ? 1 : -1;
	return 0;
}

/* "MACSRC=", "MACDST=", "MACPROTO=": the same, decoded by the kernel. */
static bool take_mac_part(struct reading *rd, struct strview word)
{
	static const struct {
		const char *key;
		uint8_t at, len;
	} parts[] = {
		{ "MACDST=", 0, 6 }, { "MACSRC=", 6, 6 }, { "MACPROTO=", 12, 2 },
	};

	for (size_t i = 0; i < 3; i++) {
		struct strview value = word;

		if (!strview_take(&value, parts[i].key))
			continue;
		if (hex_bytes(value, rd->mac + parts[i].at, parts[i].len) ==
		    parts[i].len)
			rd->mac_len = 14;
		return true;
	}
	return false;
}

static bool opens_quote(struct strview *word)
{
	return strview_take(word, "[") && word->len > 4 &&
	       memcmp(word->at, "SRC=", 4) == 0;
}

/* All words behind the prefix. */
static bool read_words(struct reading *rd, struct strview rest)
{
	struct strview word;

	while (strview_word(&rest, &word)) {
		struct strview quote = word;
		int taken = rd->depth ? 0 : take_event_word(rd, word);

		if (taken < 0)
			return false;
		if (taken || (!rd->depth && take_mac_part(rd, word)))
			continue;
		if (rd->depth + 1 < DEPTH && opens_quote(&quote)) {
			rd->packet[rd->depth].quoted =
				&rd->packet[rd->depth + 1];
			rd->depth++;
			word = quote;
		}
		if (rd->depth && strview_is(word, "]")) {
			rd->depth--;
			continue;
		}
		/* The next entry, joined to this one, or a damaged value. */
		if (strview_is(word, "TRACE:") || !take_packet_word(rd, word))
			return false;
	}
	/* A quote that is not closed: the line was cut. */
	return rd->depth == 0;
}

/* The line ends where the kernel would not have ended it. */
static bool is_whole(const struct reading *rd)
{
	const struct trace_text_packet *p = &rd->packet[0];
	static const uint32_t ends = 1u << ONCE_SRC | 1u << ONCE_DST;
	static const uint32_t tcp = 1u << TT_SPT | 1u << TT_DPT | 1u << TT_WINDOW |
				    1u << TT_URGP;
	static const uint32_t udp = 1u << TT_SPT | 1u << TT_DPT | 1u << TT_UDP_LEN;
	static const uint32_t icmp = 1u << TT_TYPE | 1u << TT_CODE;
	uint32_t want = 0;

	/* Lines that somebody has shortened have no LEN, or no PROTO. */
	if ((rd->seen[0] & ends) != ends || !(p->has & 1u << TT_LEN) ||
	    !(p->has_proto || p->no_more))
		return false;
	if (p->fragment || p->no_more)
		return true;
	switch (p->proto) {
	case IPPROTO_TCP:
		want = tcp;
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		want = udp;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		want = icmp;
		break;
	}
	return (p->has & want) == want;
}

static void settle_packets(struct reading *rd)
{
	for (unsigned int i = 0; i < DEPTH; i++)
		rd->packet[i].fragment = rd->packet[i].number[TT_FRAG] != 0;
	/* With both addresses masked the words of IPv6 tell. */
	if (!rd->packet[0].has_family)
		rd->packet[0].v6 = rd->packet[0].has & 1u << TT_FLOWLBL;
}

static void fill_event(struct reading *rd, struct strview prefix)
{
	struct trace_text *t = rd->t;
	struct event *e = &t->e;

	e->backend = EVENT_LEGACY;
	e->nfproto = rd->packet[0].v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	e->hook = 0xff;
	e->prefix = prefix.at;
	e->prefix_len = (uint32_t)prefix.len;
	e->payload = t->packet;
	e->payload_len = (uint32_t)trace_text_build(t->packet,
						    sizeof(t->packet),
						    &rd->packet[0]);
	if (rd->mac_len) {
		memcpy(t->hw_header, rd->mac, sizeof(t->hw_header));
		e->hw_header = t->hw_header;
		e->hw_header_len = sizeof(t->hw_header);
	}
}

int trace_text_parse(struct trace_text *t, const char *line, size_t len,
		     int64_t now)
{
	static const char mark[] = "TRACE: ", in[] = " IN=";
	const char *begin = memmem(line, len, mark, sizeof(mark) - 1), *end;
	struct reading rd = { .t = t };
	struct strview rest, prefix;

	if (!begin)
		return -ENOMSG;
	memset(t, 0, sizeof(*t));
	rest = (struct strview){ begin, len - (size_t)(begin - line) };
	end = memmem(rest.at, rest.len, in, sizeof(in) - 1);
	if (!end) {
		/* Another program's word, or the beginning of a line of ours. */
		strview_word(&rest, &prefix);
		return strview_word(&rest, &prefix) &&
				       memchr(prefix.at, ':', prefix.len)
			       ? -EBADMSG
			       : -ENOMSG;
	}
	prefix = (struct strview){ begin, (size_t)(end - begin) };
	if (!place_looks_like_trace(prefix.at, prefix.len))
		return -ENOMSG;
	/* No name has a NUL, and to some who print it a text ends there. */
	if (memchr(line, '\0', len))
		return -EBADMSG;
	rest = (struct strview){ end, rest.len - prefix.len };
	if (!read_words(&rd, rest))
		return -EBADMSG;
	settle_packets(&rd);
	if (!is_whole(&rd))
		return -EBADMSG;
	fill_event(&rd, prefix);
	trace_text_time(t, line, (size_t)(begin - line), now);
	return 0;
}
