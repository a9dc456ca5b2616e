// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_transport: options that ask for ports, flags and types behind a packet's IP header. */
#include "misses/xt_transport.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "base/format.h"
#include "misses/condition.h"
#include "misses/xt_option.h"
#include "rules/base/units.h"

/* Of the transport header nothing is asked where it is not there. */
static bool has_transport(const struct packet *p)
{
	return p->layer == PACKET_TRANSPORT && !p->frag_offset;
}

/* "80", "80,443,8000:8080" */
bool xt_read_ports(union xt_value *v, struct strview value)
{
	uint32_t low, high;

	for (v->ports.count = 0; value.len; v->ports.count++) {
		if (v->ports.count == XT_PORTS ||
		    !xt_read_range(strview_cut(&value, ','), &low, &high) ||
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
		xt_want_byte(c, field, p->l4 + 13,
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
	xt_want_byte(c, field, q->a->p->l4, q->t->v.icmp.type);
	c->want.len = 2;
	c->want.bytes[1] = icmp_code(q);
}
