// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_packet: options that ask for fields of a packet's IP header. */
#include "misses/xt_packet.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "misses/condition.h"
#include "misses/xt_option.h"
#include "rules/base/units.h"

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
		xt_want_byte(c, field, q->a->p->nfproto == NFPROTO_IPV4 ? 9 : 6, q->t->v.number);
}

enum xt_answer xt_is_fragment(const struct xt_seen *q, enum asked_field field,
			      struct xt_apart *apart)
{
	(void)field;
	(void)apart;
	return q->a->p->layer < PACKET_NETWORK ? XT_UNKNOWN : xt_is_yes(q->a->p->frag_offset);
}

static enum xt_answer is_number(const struct xt_seen *q, uint32_t n, struct xt_apart *apart)
{
	uint32_t low = q->t->v.numbers.low, high = q->t->v.numbers.high;

	apart->distance = n < low ? low - n : n > high ? n - high : 0;
	return xt_is_yes(n >= low && n <= high);
}

bool xt_read_length(union xt_value *v, struct strview value)
{
	return xt_read_range(value, &v->numbers.low, &v->numbers.high);
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
		xt_want_byte(c, field, p->nfproto == NFPROTO_IPV4 ? 8 : 7,
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
		xt_want_byte(c, field, 1, (p->tos & ~q->t->v.bits.mask) | q->t->v.bits.value);
}
