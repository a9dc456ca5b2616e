// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_packet: the fields that nft prints of a packet -> its headers; pure. */
#include "replay/nft_packet.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <netinet/in.h>
#include <string.h>

#include "replay/trace_build.h"
#include "replay/trace_packet.h"
#include "rules/base/units.h"

enum { NFT_V4_HEADER = 20, NFT_V6_HEADER = 40, NFT_TCP_HEADER = 20, TCP_SYN = 0x02,
       ICMP_ECHO = 8, ICMP6_ECHO = 128, MORE_FRAGMENTS = 0x2000,
       DONT_FRAGMENT = 0x4000 };

/* A value's name, as nft has names for it. */
struct name {
	const char *word;
	uint8_t value;
};

static const struct name protocols[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP }, { "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "icmpv6", IPPROTO_ICMPV6 }, { "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH }, { "sctp", IPPROTO_SCTP }, { "gre", IPPROTO_GRE },
	{ "udplite", IPPROTO_UDPLITE }, { NULL, 0 },
};

static const struct name icmp_types[] = {
	{ "echo-reply", 0 }, { "destination-unreachable", 3 },
	{ "source-quench", 4 }, { "redirect", 5 }, { "echo-request", 8 },
	{ "router-advertisement", 9 }, { "router-solicitation", 10 },
	{ "time-exceeded", 11 }, { "parameter-problem", 12 }, { NULL, 0 },
};

static const struct name icmp6_types[] = {
	{ "destination-unreachable", 1 }, { "packet-too-big", 2 },
	{ "time-exceeded", 3 }, { "parameter-problem", 4 },
	{ "echo-request", 128 }, { "echo-reply", 129 },
	{ "mld-listener-query", 130 }, { "mld-listener-report", 131 },
	{ "mld-listener-done", 132 }, { "nd-router-solicit", 133 },
	{ "nd-router-advert", 134 }, { "nd-neighbor-solicit", 135 },
	{ "nd-neighbor-advert", 136 }, { "nd-redirect", 137 },
	{ "mld2-listener-report", 143 }, { NULL, 0 },
};

static const struct name icmp_codes[] = {
	{ "net-unreachable", 0 }, { "host-unreachable", 1 },
	{ "prot-unreachable", 2 }, { "port-unreachable", 3 },
	{ "frag-needed", 4 }, { "net-prohibited", 9 },
	{ "host-prohibited", 10 }, { "admin-prohibited", 13 }, { NULL, 0 },
};

static const struct name icmp6_codes[] = {
	{ "no-route", 0 }, { "admin-prohibited", 1 }, { "addr-unreachable", 3 },
	{ "port-unreachable", 4 }, { "policy-fail", 5 },
	{ "reject-route", 6 }, { NULL, 0 },
};

/* What one field is: "PROTO FIELD VALUE". */
static const struct {
	const char *proto, *field;
	uint8_t number;			/* enum trace_text_field */
	const struct name *names;
} field_words[] = {
	{ "ip", "ttl", TT_TTL, NULL }, { "ip", "id", TT_ID, NULL },
	{ "ip", "length", TT_LEN, NULL },
	{ "ip6", "hoplimit", TT_TTL, NULL },
	{ "ip6", "flowlabel", TT_FLOWLBL, NULL },
	{ "ip6", "length", TT_LEN, NULL },
	{ "tcp", "sport", TT_SPT, NULL }, { "tcp", "dport", TT_DPT, NULL },
	{ "tcp", "sequence", TT_SEQ, NULL }, { "tcp", "ackseq", TT_ACK, NULL },
	{ "tcp", "window", TT_WINDOW, NULL },
	{ "udp", "sport", TT_SPT, NULL }, { "udp", "dport", TT_DPT, NULL },
	{ "udp", "length", TT_UDP_LEN, NULL },
	{ "icmp", "type", TT_TYPE, icmp_types },
	{ "icmp", "code", TT_CODE, icmp_codes },
	{ "icmp", "id", TT_ICMP_ID, NULL },
	{ "icmp", "sequence", TT_ICMP_SEQ, NULL },
	{ "icmpv6", "type", TT_TYPE, icmp6_types },
	{ "icmpv6", "code", TT_CODE, icmp6_codes },
	{ "icmpv6", "id", TT_ICMP_ID, NULL },
	{ "icmpv6", "sequence", TT_ICMP_SEQ, NULL },
};

/* While a line is read. */
struct nft_reading {
	struct trace_text *t;
	struct trace_text_packet p;
	bool raw;		/* there are bytes that nft has no names for */
	bool src, dst;		/* they have been told */
	bool bad;		/* a value that nft does not print so */
};

static bool by_name(const struct name *n, struct strview word, uint32_t *value)
{
	for (; n && n->word; n++) {
		if (!strview_is(word, n->word))
			continue;
		*value = n->value;
		return true;
	}
	return false;
}

static bool number(struct strview word, const struct name *names, uint32_t *n)
{
	return by_name(names, word, n) ||
	       strview_number(word, strview_starts(word, "0x") ? 16 : 10, n);
}

static void take_proto(struct trace_text_packet *p, uint32_t proto)
{
	p->proto = (uint8_t)proto;
	p->has_proto = true;
}

/* "syn", "syn,ack", "syn | ack", "0x12" */
static void take_flags(struct trace_text_packet *p, struct strview word)
{
	static const char *const flags[] = { "fin", "syn", "rst", "psh", "ack",
					     "urg", "ecn", "cwr" };
	uint32_t n;

	if (strview_starts(word, "0x") && strview_number(word, 16, &n))
		p->tcp_flags = (uint8_t)n;
	while (word.len) {
		struct strview one = strview_cut(&word, ',');

		for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++)
			if (strview_is(one, flags[i]))
				p->tcp_flags |= (uint8_t)(1u << i);
	}
}

static void take_frag_off(struct trace_text_packet *p, struct strview word)
{
	uint32_t n;

	if (!number(word, NULL, &n))
		return;
	p->df |= (n & DONT_FRAGMENT) != 0;
	p->mf |= (n & MORE_FRAGMENTS) != 0;
	p->number[TT_FRAG] = n & 0x1fff;
	p->fragment = p->number[TT_FRAG] != 0;
}

/* @seen: a packet has one of it */
static void take_address(struct nft_reading *rd, struct strview value, bool v6,
			 uint8_t *to, bool *seen)
{
	rd->bad |= *seen;
	*seen = true;
	if (strview_address(value, v6 ? AF_INET6 : AF_INET, to))
		return;
	if (trace_packet_masked(value, to))
		rd->t->masked = true;
	else
		rd->bad = true;
}

static void take_ip(struct nft_reading *rd, bool v6, struct strview field,
		    struct strview value)
{
	struct trace_text_packet *p = &rd->p;
	uint32_t n;

	p->v6 = v6;
	p->has_family = true;
	if (strview_is(field, "saddr"))
		take_address(rd, value, v6, p->src, &rd->src);
	else if (strview_is(field, "daddr"))
		take_address(rd, value, v6, p->dst, &rd->dst);
	else if (strview_is(field, v6 ? "nexthdr" : "protocol") &&
		 number(value, protocols, &n))
		take_proto(p, n);
	else if (strview_is(field, "frag-off"))
		take_frag_off(p, value);
}

static void take_number(struct trace_text_packet *p, struct strview proto,
			struct strview field, struct strview value)
{
	for (size_t i = 0; i < ARRAY_SIZE(field_words); i++) {
		uint8_t to = field_words[i].number;

		if (!strview_is(proto, field_words[i].proto) ||
		    !strview_is(field, field_words[i].field) ||
		    !number(value, field_words[i].names, &p->number[to]))
			continue;
		p->has |= 1u << to;
		return;
	}
}

static void take_field(struct nft_reading *rd, struct strview proto,
		       struct strview field, struct strview value)
{
	struct trace_text_packet *p = &rd->p;
	uint32_t n;

	if (strview_is(proto, "ip") || strview_is(proto, "ip6"))
		take_ip(rd, strview_is(proto, "ip6"), field, value);
	/* In a table of family ip the protocol is not printed. */
	else if (!p->has_proto && by_name(protocols, proto, &n))
		take_proto(p, n);
	take_number(p, proto, field, value);
}

/* In quotes, or a number where nft knows no name: what a page made of quotes is neither. */
static struct trace_text_name device(struct nft_reading *rd, struct strview word)
{
	uint32_t n;

	if (word.len >= 2 && *word.at == '"' && word.at[word.len - 1] == '"') {
		word = strview_behind(word, 1);
		word.len--;
	} else if (!strview_number(word, 10, &n)) {
		rd->bad = true;
	}
	return (struct trace_text_name){ word.at, word.len };
}

static bool is_echo(const struct trace_text_packet *p)
{
	uint32_t type = p->number[TT_TYPE];

	return p->proto == IPPROTO_ICMP ? type == ICMP_ECHO || type == 0
					: type == ICMP6_ECHO ||
					  type == ICMP6_ECHO + 1;
}

/* The line ends where nft would not have ended it. */
static bool is_whole(const struct nft_reading *rd)
{
	const struct trace_text_packet *p = &rd->p;
	static const uint32_t ports = 1u << TT_SPT | 1u << TT_DPT;
	uint32_t want = 1u << TT_LEN | 1u << TT_TTL;

	if (rd->bad || !rd->src || !rd->dst || !(p->has_proto || rd->raw))
		return false;
	switch (p->fragment ? 0 : p->proto) {
	case IPPROTO_TCP:
		want |= ports | 1u << TT_WINDOW;
		break;
	case IPPROTO_UDP:
		want |= ports | 1u << TT_UDP_LEN;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		want |= 1u << TT_TYPE | 1u << TT_CODE;
		if (is_echo(p))
			want |= 1u << TT_ICMP_ID | 1u << TT_ICMP_SEQ;
		break;
	}
	return (p->has & want) == want;
}

static void read_packet_fields(struct nft_reading *rd, struct strview rest)
{
	struct strview proto, field, value;

	while (strview_word(&rest, &proto)) {
		if (*proto.at == '@') {
			/* "@th,64,16 0x780a" */
			rd->raw |= strview_starts(proto, "@th,");
			strview_word(&rest, &value);
			continue;
		}
		if (!strview_word(&rest, &field))
			return;
		if (strview_is(proto, "iif") || strview_is(proto, "iifname")) {
			rd->t->in = device(rd, field);
			continue;
		}
		if (strview_is(proto, "oif") || strview_is(proto, "oifname")) {
			rd->t->out = device(rd, field);
			continue;
		}
		if (!strview_word(&rest, &value))
			return;
		if (strview_is(proto, "tcp") && strview_is(field, "flags")) {
			if (strview_is(value, "==") &&
			    !strview_word(&rest, &value))
				return;
			take_flags(&rd->p, value);
		} else {
			take_field(rd, proto, field, value);
		}
	}
}

/*
 * Of TCP nft prints no options, and not how long they are: a SYN is taken to have
 * nothing else, and its headers end where what is told ends.
 */
static uint32_t untold_options(struct trace_text_packet *p)
{
	uint32_t head = (p->v6 ? NFT_V6_HEADER : NFT_V4_HEADER) + NFT_TCP_HEADER;
	uint32_t len = p->number[TT_LEN];

	if (p->proto != IPPROTO_TCP || !(p->tcp_flags & TCP_SYN) ||
	    !(p->has & 1u << TT_SPT) || p->fragment || len <= head ||
	    len - head > sizeof(p->option))
		return 0;
	p->options = (uint8_t)((len - head) & ~3u);
	return p->options;
}

bool nft_packet_read(struct trace_text *t, struct strview fields_text)
{
	struct nft_reading rd = { .t = t };
	struct trace_text_packet *p = &rd.p;
	struct event *e = &t->e;
	uint32_t untold;

	memset(t, 0, sizeof(*t));
	read_packet_fields(&rd, fields_text);
	if (!is_whole(&rd))
		return false;
	if (p->v6)
		p->number[TT_LEN] += NFT_V6_HEADER;
	e->nfproto = p->v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	untold = untold_options(p);
	e->payload = t->packet;
	e->payload_len = (uint32_t)trace_text_build(t->packet,
						    sizeof(t->packet), p) -
			 untold;
	return true;
}
