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
} protocol_tests[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "icmp", IPPROTO_ICMP },
	{ "ipv6-icmp", IPPROTO_ICMPV6 }, { "icmpv6", IPPROTO_ICMPV6 }, { "sctp", IPPROTO_SCTP },
	{ "udplite", IPPROTO_UDPLITE }, { "esp", IPPROTO_ESP }, { "ah", IPPROTO_AH },
	{ "gre", IPPROTO_GRE }, { "igmp", IPPROTO_IGMP }, { "dccp", IPPROTO_DCCP },
	{ "ipencap", IPPROTO_IPIP }, { "ipv6", IPPROTO_IPV6 }, { "ospf", 89 }, { "vrrp", 112 },
	{ "pim", IPPROTO_PIM }, { "ipcomp", IPPROTO_COMP }, { "l2tp", 115 },
};

bool xt_read_protocol(union xt_value *v, struct strview value)
{
	if (strview_number(value, 10, &v->number))
		return v->number < 256;
	for (size_t i = 0; i < ARRAY_SIZE(protocol_tests); i++) {
		if (!strview_is(value, protocol_tests[i].name))
			continue;
		v->number = protocol_tests[i].number;
		return true;
	}
	return false;
}

/* Behind extension headers it is ip6tables that decides which one counts. */
void xt_judge_protocol(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	struct condition *c;

	if (p->layer < PACKET_NETWORK || packet_is_extended(p) ||
	    (p->nfproto == NFPROTO_IPV6 && packet_is_extension(p->proto)) ||
	    !q->v) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	c = xt_answer(q, field, p->proto == q->v->number ? XT_YES : XT_NO);
	if (c && !q->inverted)
		want_byte(c, field, p->nfproto == NFPROTO_IPV4 ? 9 : 6, q->v->number);
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

/* "80", "80,443,8000:8080" */
bool xt_read_ports(union xt_value *v, struct strview value)
{
	uint32_t low, high;

	for (v->ports.count = 0; value.len; v->ports.count++) {
		if (v->ports.count == XT_PORTS ||
		    !read_range(strview_cut(&value, ','), &low, &high) ||
		    low > UINT16_MAX || high > UINT16_MAX)
			return false;
		v->ports.range[v->ports.count].low = (uint16_t)low;
		v->ports.range[v->ports.count].high = (uint16_t)high;
	}
	return true;
}

/* The nearest number of a list of ranges that has been found so far. */
struct nearest {
	uint32_t number, distance;
};

static bool look_for(const union xt_value *v, uint32_t n, struct nearest *to)
{
	to->distance = UINT32_MAX;
	for (unsigned int i = 0; i < v->ports.count; i++) {
		uint32_t low = v->ports.range[i].low, high = v->ports.range[i].high;

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
	struct condition *c;
	struct nearest to;

	if (!has_ports(p)) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	if (!q->v) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, look_for(q->v, field == ASKED_SPORT ? p->sport : p->dport, &to) ?
		      XT_YES : XT_NO);
	if (c && !q->inverted)
		want_port(c, p, field, &to);
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

	if (!has_ports(p)) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	if (!q->v) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, look_for(q->v, p->sport, &src) ||
				look_for(q->v, p->dport, &dst) ? XT_YES : XT_NO);
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

/* "FIN,SYN,RST,ACK SYN" */
bool xt_read_tcp_flags(union xt_value *v, struct strview value)
{
	struct strview word;
	int mask, flags;

	strview_word(&value, &word);
	mask = read_flags(word);
	strview_word(&value, &word);
	flags = read_flags(word);
	v->bits.mask = (uint32_t)mask;
	v->bits.value = (uint32_t)flags;
	return mask >= 0 && flags >= 0;
}

void xt_judge_tcp_flags(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	struct condition *c;

	if (!has_transport(p) || p->proto != IPPROTO_TCP) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	if (!q->v) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, (p->tcp_flags & q->v->bits.mask) == q->v->bits.value ?
		      XT_YES : XT_NO);
	if (c && !q->inverted)
		want_byte(c, field, p->l4 + 13,
			  (p->tcp_flags & ~q->v->bits.mask) | q->v->bits.value);
}

/* "8", "3/4", "any" */
bool xt_read_icmp(union xt_value *v, struct strview value)
{
	struct strview rest = value, word = strview_cut(&rest, '/');
	uint32_t type = 0, code = 0;

	v->icmp.any = strview_is(word, "any");
	v->icmp.any_code = !rest.len;
	if (!v->icmp.any && (!strview_number(word, 10, &type) || type > 255 ||
			     (rest.len && (!strview_number(rest, 10, &code) || code > 255))))
		return false;
	v->icmp.type = (uint8_t)type;
	v->icmp.code = (uint8_t)code;
	return true;
}

void xt_judge_icmp(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	bool is6 = p->nfproto == NFPROTO_IPV6;
	struct condition *c;
	uint8_t code;

	if (!has_transport(p) ||
	    p->proto != (is6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	if (!q->v || (q->v->icmp.any && is6)) {
		xt_unread(q);
		return;
	}
	code = q->v->icmp.any_code ? p->icmp_code : q->v->icmp.code;
	c = xt_answer(q, field, q->v->icmp.any || (p->icmp_type == q->v->icmp.type &&
						  p->icmp_code == code) ?
		      XT_YES : XT_NO);
	if (!c || q->inverted)
		return;
	want_byte(c, field, p->l4, q->v->icmp.type);
	c->want.len = 2;
	c->want.bytes[1] = code;
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

bool xt_read_length(union xt_value *v, struct strview value)
{
	return read_range(value, &v->numbers.low, &v->numbers.high);
}

void xt_judge_length(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;

	if (p->layer < PACKET_NETWORK || p->unsized)
		xt_answer(q, field, XT_UNKNOWN);
	else if (q->v)
		judge_number(q, field, p->length, q->v->numbers.low, q->v->numbers.high);
	else
		xt_unread(q);
}

bool xt_read_ttl(union xt_value *v, struct strview value)
{
	bool is = strview_number(value, 10, &v->numbers.low);

	v->numbers.high = v->numbers.low;
	return is && v->numbers.low < 256;
}

bool xt_read_ttl_above(union xt_value *v, struct strview value)
{
	if (!xt_read_ttl(v, value) || v->numbers.low++ == 255)
		return false;
	v->numbers.high = 255;
	return true;
}

bool xt_read_ttl_below(union xt_value *v, struct strview value)
{
	if (!xt_read_ttl(v, value) || !v->numbers.high--)
		return false;
	v->numbers.low = 0;
	return true;
}

void xt_judge_ttl(const struct xt_seen *q, enum asked_field field)
{
	if (q->a->p->layer < PACKET_NETWORK)
		xt_answer(q, field, XT_UNKNOWN);
	else if (q->v)
		judge_number(q, field, q->a->p->ttl, q->v->numbers.low, q->v->numbers.high);
	else
		xt_unread(q);
}

bool xt_read_dscp(union xt_value *v, struct strview value)
{
	uint32_t n;

	if (!strview_number(value, 16, &n) || n > 63)
		return false;
	v->bits.value = n << 2;
	v->bits.mask = 0xfc;
	return true;
}

/* "0x10/0x3f", "0x10" */
bool xt_read_tos(union xt_value *v, struct strview value)
{
	struct strview rest = value, word = strview_cut(&rest, '/');

	v->bits.mask = 0xff;
	return strview_number(word, 16, &v->bits.value) &&
	       (!rest.len || strview_number(rest, 16, &v->bits.mask)) &&
	       v->bits.mask < 256;
}

void xt_judge_tos(const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;
	struct condition *c;

	if (!q->v) {
		xt_unread(q);
		return;
	}
	if (p->layer < PACKET_NETWORK) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	c = xt_answer(q, field, (p->tos & q->v->bits.mask) == q->v->bits.value ?
		      XT_YES : XT_NO);
	if (c && !q->inverted && p->nfproto == NFPROTO_IPV4)
		want_byte(c, field, 1, (p->tos & ~q->v->bits.mask) | q->v->bits.value);
}
