// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_packet: options that ask for ports, flags and other fields of a packet's headers. */
#include "misses/xt_packet.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "base/format.h"
#include "misses/xt_option.h"
#include "rules/base/units.h"

/* Of the transport header nothing is asked where it is not there. */
static bool has_transport(const struct packet *p)
{
	return p->layer == PACKET_TRANSPORT && !p->frag_offset;
}

static void want_byte(struct condition *c, enum asked_field field, uint32_t at,
		      unsigned int value)
{
	c->want.field = (uint8_t)field;
	c->want.at = (uint16_t)at;
	c->want.len = 1;
	c->want.bytes[0] = (uint8_t)value;
}

/* As /etc/protocols has them, and libxtables before that. */
static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP }, { "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "icmpv6", IPPROTO_ICMPV6 }, { "sctp", IPPROTO_SCTP },
	{ "udplite", IPPROTO_UDPLITE }, { "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH }, { "gre", IPPROTO_GRE },
	{ "igmp", IPPROTO_IGMP }, { "dccp", IPPROTO_DCCP },
	{ "ipencap", IPPROTO_IPIP }, { "ipv6", IPPROTO_IPV6 },
	{ "ospf", 89 }, { "vrrp", 112 }, { "pim", IPPROTO_PIM },
	{ "ipcomp", IPPROTO_COMP }, { "l2tp", 115 },
};

static bool read_protocol(struct strview word, uint32_t *number)
{
	if (strview_number(word, 10, number))
		return *number < 256;
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (!strview_is(word, protocols[i].name))
			continue;
		*number = protocols[i].number;
		return true;
	}
	return false;
}

/* Behind extension headers it is ip6tables that decides which one counts. */
void xt_judge_protocol(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	struct condition *c;
	uint32_t number;

	if (p->layer < PACKET_NETWORK || packet_is_extended(p) ||
	    (p->nfproto == NFPROTO_IPV6 && packet_is_extension(p->proto)) ||
	    !read_protocol(q->value, &number)) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	c = xt_answer(q, field, p->proto == number ? XT_YES : XT_NO);
	if (c && !q->inverted)
		want_byte(c, field, p->nfproto == NFPROTO_IPV4 ? 9 : 6, number);
}

void xt_judge_fragment(const struct xt_seen *q, enum asked_field field)
{
	xt_answer(q, field, q->a->p->layer < PACKET_NETWORK ? XT_UNKNOWN :
		  q->a->p->frag_offset ? XT_YES : XT_NO);
}

/* "80", "80:90" */
static bool read_range(struct strview word, uint32_t *low, uint32_t *high)
{
	struct strview first = strview_cut(&word, ':');

	if (!strview_number(first, 10, low))
		return false;
	*high = *low;
	return !word.len || strview_number(word, 10, high);
}

/* The nearest number of a list of ranges that has been found so far. */
struct nearest {
	uint32_t number, distance;
};

/* Return: is it in the list?  -1: that is none. */
static int look_for(struct strview list, uint32_t n, struct nearest *to)
{
	uint32_t low, high;

	to->distance = UINT32_MAX;
	while (list.len) {
		if (!read_range(strview_cut(&list, ','), &low, &high))
			return -1;
		if (n >= low && n <= high)
			return true;
		if (n < low && low - n < to->distance)
			*to = (struct nearest){ low, low - n };
		if (n > high && n - high < to->distance)
			*to = (struct nearest){ high, n - high };
	}
	return false;
}

static void want_port(struct condition *c, const struct packet *p,
		      enum asked_field field, const struct nearest *to)
{
	c->distance = to->distance;
	c->want.field = (uint8_t)field;
	c->want.at = (uint16_t)(p->l4 + (field == ASKED_DPORT ? 2 : 0));
	c->want.len = 2;
	c->want.bytes[0] = (uint8_t)(to->number >> 8);
	c->want.bytes[1] = (uint8_t)to->number;
}

static bool has_ports(const struct packet *p)
{
	return p->flags & PACKET_PORTS && !p->frag_offset;
}

void xt_judge_ports(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	uint32_t port = field == ASKED_SPORT ? p->sport : p->dport;
	struct condition *c;
	struct nearest to;
	int in;

	if (!has_ports(p)) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	in = look_for(q->value, port, &to);
	if (in < 0) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, in ? XT_YES : XT_NO);
	if (c && !q->inverted)
		want_port(c, p, field, &to);
}

void xt_judge_port(const struct xt_seen *q, enum asked_field field)
{
	xt_judge_ports(q, field);
}

static void tell_both_ports(char buf[CONDITION_VALUE], const struct condition *c,
			    const struct asked *a)
{
	(void)c;
	format_text(buf, CONDITION_VALUE, "the packet's are %u and %u",
		    a->p->sport, a->p->dport);
}

/* "--ports": the one or the other */
void xt_judge_any_port(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	struct nearest src, dst;
	struct condition *c;
	int in;

	if (!has_ports(p)) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	in = look_for(q->value, p->sport, &src);
	if (in >= 0)
		in |= look_for(q->value, p->dport, &dst);
	if (in < 0) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, in ? XT_YES : XT_NO);
	if (!c)
		return;
	c->tell = tell_both_ports;
	if (!q->inverted)
		want_port(c, p, field, &dst);
}

/* "FIN,SYN", "ALL", "NONE"; -1: others are named */
static int read_flags(struct strview list)
{
	static const struct {
		const char *name;
		int bits;
	} flags[] = {
		{ "FIN", 0x01 }, { "SYN", 0x02 }, { "RST", 0x04 },
		{ "PSH", 0x08 }, { "ACK", 0x10 }, { "URG", 0x20 },
		{ "ALL", 0x3f }, { "NONE", 0 },
	};
	int bits = 0;

	while (list.len) {
		struct strview word = strview_cut(&list, ',');
		size_t i = 0;

		while (i < ARRAY_SIZE(flags) && !strview_is(word, flags[i].name))
			i++;
		if (i == ARRAY_SIZE(flags))
			return -1;
		bits |= flags[i].bits;
	}
	return bits;
}

void xt_judge_tcp_flags(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	struct strview rest = q->value, word;
	struct condition *c;
	int mask, flags;

	if (!has_transport(p) || p->proto != IPPROTO_TCP) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	strview_word(&rest, &word);
	mask = read_flags(word);
	strview_word(&rest, &word);
	flags = read_flags(word);
	if (mask < 0 || flags < 0) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, (p->tcp_flags & mask) == flags ? XT_YES : XT_NO);
	if (c && !q->inverted)
		want_byte(c, field, p->l4 + 13,
			  (unsigned int)((p->tcp_flags & ~mask) | flags));
}

/* "8", "3/4", "any" */
void xt_judge_icmp(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	bool is6 = p->nfproto == NFPROTO_IPV6;
	struct strview rest = q->value, word = strview_cut(&rest, '/');
	struct condition *c;
	uint32_t type = 0, code = p->icmp_code;

	if (!has_transport(p) ||
	    p->proto != (is6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	if (strview_is(word, "any") && !is6) {
		xt_answer(q, field, XT_YES);
		return;
	}
	if (!strview_number(word, 10, &type) ||
	    (rest.len && !strview_number(rest, 10, &code))) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, p->icmp_type == type && p->icmp_code == code ?
		      XT_YES : XT_NO);
	if (!c || q->inverted)
		return;
	want_byte(c, field, p->l4, type);
	c->want.len = 2;
	c->want.bytes[1] = (uint8_t)code;
}

static void judge_number(const struct xt_seen *q, enum asked_field field,
			 uint32_t n, uint32_t low, uint32_t high)
{
	struct condition *c = xt_answer(q, field, n >= low && n <= high ?
					XT_YES : XT_NO);

	if (c)
		c->distance = n < low ? low - n : n > high ? n - high : 0;
	if (c && field == ASKED_TTL && !q->inverted)
		want_byte(c, field, q->a->p->nfproto == NFPROTO_IPV4 ? 8 : 7,
			  n < low ? low : high);
}

void xt_judge_length(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	uint32_t low, high;

	if (p->layer < PACKET_NETWORK || p->unsized)
		xt_answer(q, field, XT_UNKNOWN);
	else if (read_range(q->value, &low, &high))
		judge_number(q, field, p->length, low, high);
	else
		xt_unread(q);
}

static void judge_ttl(const struct xt_seen *q, int above, int below)
{
	uint32_t n;

	if (q->a->p->layer < PACKET_NETWORK)
		xt_answer(q, ASKED_TTL, XT_UNKNOWN);
	else if (!strview_number(q->value, 10, &n) || n > 255 ||
		 (above && n == 255) || (below && !n))
		xt_unread(q);
	else
		judge_number(q, ASKED_TTL, q->a->p->ttl,
			     above ? n + 1 : below ? 0 : n,
			     above ? 255 : below ? n - 1 : n);
}

void xt_judge_ttl(const struct xt_seen *q, enum asked_field field)
{
	(void)field;
	judge_ttl(q, false, false);
}

void xt_judge_ttl_above(const struct xt_seen *q, enum asked_field field)
{
	(void)field;
	judge_ttl(q, true, false);
}

void xt_judge_ttl_below(const struct xt_seen *q, enum asked_field field)
{
	(void)field;
	judge_ttl(q, false, true);
}

static void judge_tos(const struct xt_seen *q, enum asked_field field,
		      uint32_t value, uint32_t mask)
{
	const struct packet *p = q->a->p;
	struct condition *c;

	if (p->layer < PACKET_NETWORK) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	c = xt_answer(q, field, (p->tos & mask) == value ? XT_YES : XT_NO);
	if (c && !q->inverted && p->nfproto == NFPROTO_IPV4)
		want_byte(c, field, 1, (p->tos & ~mask) | value);
}

void xt_judge_dscp(const struct xt_seen *q, enum asked_field field)
{
	uint32_t n;

	if (strview_number(q->value, 16, &n) && n < 64)
		judge_tos(q, field, n << 2, 0xfc);
	else
		xt_unread(q);
}

/* "0x10/0x3f", "0x10" */
void xt_judge_tos(const struct xt_seen *q, enum asked_field field)
{
	struct strview rest = q->value, word = strview_cut(&rest, '/');
	uint32_t value, mask = 0xff;

	if (strview_number(word, 16, &value) &&
	    (!rest.len || strview_number(rest, 16, &mask)) && mask < 256)
		judge_tos(q, field, value, mask);
	else
		xt_unread(q);
}
