// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_packet: options that ask for ports, flags and other fields of a packet's headers. */
#include "misses/xt_packet.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "base/format.h"
#include "misses/condition.h"
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
enum xt_answer xt_is_protocol(const struct xt_seen *q, enum asked_field field,
			      struct xt_apart *apart)
{
	const struct packet *p = q->a->p;

	(void)field;
	(void)apart;
	if (p->layer < PACKET_NETWORK || !q->t->valued ||
	    (p->nfproto == NFPROTO_IPV6 &&
	     (packet_is_extended(p) || packet_is_extension(p->proto))))
		return XT_UNKNOWN;
	return xt_is_yes(p->proto == q->t->v.number);
}

void xt_want_protocol(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	if (!q->t->inverted)
		want_byte(c, field, q->a->p->nfproto == NFPROTO_IPV4 ? 9 : 6, q->t->v.number);
}

enum xt_answer xt_is_fragment(const struct xt_seen *q, enum asked_field field,
			      struct xt_apart *apart)
{
	(void)field;
	(void)apart;
	return q->a->p->layer < PACKET_NETWORK ? XT_UNKNOWN : xt_is_yes(q->a->p->frag_offset);
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
		      enum asked_field field, uint32_t number)
{
	c->want.field = (uint8_t)field;
	c->want.at = (uint16_t)(p->l4 + (field == ASKED_DPORT ? 2 : 0));
	c->want.len = 2;
	c->want.bytes[0] = (uint8_t)(number >> 8);
	c->want.bytes[1] = (uint8_t)number;
}

static bool has_ports(const struct packet *p)
{
	return p->flags & PACKET_PORTS && !p->frag_offset;
}

static bool look_for_port(const struct xt_seen *q, enum asked_field field, struct nearest *to)
{
	const struct packet *p = q->a->p;

	return look_for(&q->t->v, field == ASKED_SPORT ? p->sport : p->dport, to);
}

enum xt_answer xt_is_port(const struct xt_seen *q, enum asked_field field,
			  struct xt_apart *apart)
{
	struct nearest to;

	if (!has_ports(q->a->p))
		return XT_UNKNOWN;
	if (!q->t->valued)
		return XT_UNREAD;
	if (look_for_port(q, field, &to))
		return XT_YES;
	apart->distance = to.distance;
	return XT_NO;
}

void xt_want_port(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	struct nearest to;

	if (!q->t->inverted && !look_for_port(q, field, &to))
		want_port(c, q->a->p, field, to.number);
}

static void tell_both_ports(char buf[CONDITION_VALUE], const struct condition *c,
			    const struct asked *a)
{
	(void)c;
	format_text(buf, CONDITION_VALUE, "the packet's are %u and %u",
		    a->p->sport, a->p->dport);
}

/* "--ports": the one or the other */
enum xt_answer xt_is_any_port(const struct xt_seen *q, enum asked_field field,
			      struct xt_apart *apart)
{
	const struct packet *p = q->a->p;
	struct nearest to;

	(void)field;
	if (!has_ports(p))
		return XT_UNKNOWN;
	if (!q->t->valued)
		return XT_UNREAD;
	if (look_for(&q->t->v, p->sport, &to) || look_for(&q->t->v, p->dport, &to))
		return XT_YES;
	apart->distance = to.distance;
	return XT_NO;
}

void xt_want_any_port(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	c->tell = tell_both_ports;
	xt_want_port(c, q, field);
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

enum xt_answer xt_is_tcp_flags(const struct xt_seen *q, enum asked_field field,
			       struct xt_apart *apart)
{
	const struct packet *p = q->a->p;

	(void)field;
	(void)apart;
	if (!has_transport(p) || p->proto != IPPROTO_TCP)
		return XT_UNKNOWN;
	if (!q->t->valued)
		return XT_UNREAD;
	return xt_is_yes((p->tcp_flags & q->t->v.bits.mask) == q->t->v.bits.value);
}

void xt_want_tcp_flags(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;

	if (!q->t->inverted)
		want_byte(c, field, p->l4 + 13,
			  (p->tcp_flags & ~q->t->v.bits.mask) | q->t->v.bits.value);
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

/* The code that would do. */
static uint8_t icmp_code(const struct xt_seen *q)
{
	return q->t->v.icmp.any_code ? q->a->p->icmp_code : q->t->v.icmp.code;
}

enum xt_answer xt_is_icmp(const struct xt_seen *q, enum asked_field field,
			  struct xt_apart *apart)
{
	const struct packet *p = q->a->p;
	bool is6 = p->nfproto == NFPROTO_IPV6;

	(void)field;
	(void)apart;
	if (!has_transport(p) ||
	    p->proto != (is6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return XT_UNKNOWN;
	if (!q->t->valued || (q->t->v.icmp.any && is6))
		return XT_UNREAD;
	return xt_is_yes(q->t->v.icmp.any || (p->icmp_type == q->t->v.icmp.type &&
					    p->icmp_code == icmp_code(q)));
}

void xt_want_icmp(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	if (q->t->inverted)
		return;
	want_byte(c, field, q->a->p->l4, q->t->v.icmp.type);
	c->want.len = 2;
	c->want.bytes[1] = icmp_code(q);
}

static enum xt_answer is_number(const struct xt_seen *q, uint32_t n, struct xt_apart *apart)
{
	uint32_t low = q->t->v.numbers.low, high = q->t->v.numbers.high;

	apart->distance = n < low ? low - n : n > high ? n - high : 0;
	return xt_is_yes(n >= low && n <= high);
}

bool xt_read_length(union xt_value *v, struct strview value)
{
	return read_range(value, &v->numbers.low, &v->numbers.high);
}

enum xt_answer xt_is_length(const struct xt_seen *q, enum asked_field field,
			    struct xt_apart *apart)
{
	const struct packet *p = q->a->p;

	(void)field;
	if (p->layer < PACKET_NETWORK || p->unsized)
		return XT_UNKNOWN;
	return q->t->valued ? is_number(q, p->length, apart) : XT_UNREAD;
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

enum xt_answer xt_is_ttl(const struct xt_seen *q, enum asked_field field,
			 struct xt_apart *apart)
{
	(void)field;
	if (q->a->p->layer < PACKET_NETWORK)
		return XT_UNKNOWN;
	return q->t->valued ? is_number(q, q->a->p->ttl, apart) : XT_UNREAD;
}

void xt_want_ttl(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;

	if (!q->t->inverted)
		want_byte(c, field, p->nfproto == NFPROTO_IPV4 ? 8 : 7,
			  p->ttl < q->t->v.numbers.low ? q->t->v.numbers.low : q->t->v.numbers.high);
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

enum xt_answer xt_is_tos(const struct xt_seen *q, enum asked_field field,
			 struct xt_apart *apart)
{
	(void)field;
	(void)apart;
	if (!q->t->valued)
		return XT_UNREAD;
	if (q->a->p->layer < PACKET_NETWORK)
		return XT_UNKNOWN;
	return xt_is_yes((q->a->p->tos & q->t->v.bits.mask) == q->t->v.bits.value);
}

void xt_want_tos(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	const struct packet *p = q->a->p;

	if (!q->t->inverted && p->nfproto == NFPROTO_IPV4)
		want_byte(c, field, 1, (p->tos & ~q->t->v.bits.mask) | q->t->v.bits.value);
}
