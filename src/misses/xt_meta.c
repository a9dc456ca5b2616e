// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_meta: options that ask for what is with a packet and not in it. */
#include "misses/xt_meta.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <string.h>

#include "capture/event.h"
#include "misses/condition.h"
#include "misses/nft_field.h"
#include "misses/xt_option.h"

enum { ETHERNET = 14 };

/* "0x5", "0x5/0xff" */
bool xt_read_mark(union xt_value *v, struct strview value)
{
	struct strview rest = value, word = strview_cut(&rest, '/');

	v->bits.mask = UINT32_MAX;
	return strview_number(word, 16, &v->bits.value) &&
	       (!rest.len || strview_number(rest, 16, &v->bits.mask));
}

enum xt_answer xt_is_mark(const struct xt_seen *q, enum asked_field field,
			  struct xt_apart *apart)
{
	(void)field;
	(void)apart;
	if (!q->t->valued)
		return XT_UNREAD;
	if (!q->a->mark_known)
		return XT_UNKNOWN;
	return xt_is_yes((q->a->mark & q->t->v.bits.mask) == q->t->v.bits.value);
}

void xt_want_mark(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	uint32_t value = q->t->v.bits.value, mask = q->t->v.bits.mask;

	if (value & ~mask)
		return;
	c->want.field = (uint8_t)field;
	c->want.number = (q->a->mark & ~mask) | value;
	if (q->t->inverted)
		c->want.number ^= mask & -mask;
}

/* 1 << enum conntrack_state; bit 0: others are named, SNAT and DNAT */
bool xt_read_states(union xt_value *v, struct strview value)
{
	v->number = 0;
	while (value.len) {
		struct strview word = strview_cut(&value, ',');

		v->number |= 1u << conntrack_state_find(word.at, word.len);
	}
	return true;
}

enum xt_answer xt_is_state(const struct xt_seen *q, enum asked_field field,
			   struct xt_apart *apart)
{
	uint8_t named = (uint8_t)q->t->v.number, states = q->a->states;

	(void)field;
	if (!(named & 1))
		apart->states = q->t->inverted ? ASKED_ALL_STATES & ~named : named;
	if (!(states & ~named))
		return XT_YES;
	return states & named || named & 1 ? XT_UNKNOWN : XT_NO;
}

void xt_want_state(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	(void)q;
	if (!c->number)
		return;
	c->want.field = (uint8_t)field;
	c->want.number = (uint32_t)__builtin_ctz(c->number);
}

/* "1000", "0-999" */
bool xt_read_ids(union xt_value *v, struct strview value)
{
	struct strview rest = value, word = strview_cut(&rest, '-');

	if (!strview_number(word, 10, &v->numbers.low))
		return false;
	v->numbers.high = v->numbers.low;
	return !rest.len || strview_number(rest, 10, &v->numbers.high);
}

/* A packet of no socket here has no owner. */
static uint32_t id_of(const struct asked *a, enum asked_field field)
{
	return field == ASKED_UID ? a->uid : a->gid;
}

enum xt_answer xt_is_id(const struct xt_seen *q, enum asked_field field,
			struct xt_apart *apart)
{
	uint32_t id = id_of(q->a, field);

	(void)apart;
	if (!q->t->valued)
		return XT_UNREAD;
	if (id == UINT32_MAX)
		return XT_UNKNOWN;
	return xt_is_yes(id >= q->t->v.numbers.low && id <= q->t->v.numbers.high);
}

void xt_want_id(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	uint32_t id = id_of(q->a, field);

	if (q->t->inverted)
		return;
	c->want.field = (uint8_t)field;
	c->want.number = id < q->t->v.numbers.low ? q->t->v.numbers.low :
						  q->t->v.numbers.high;
}

static void tell_xt_direction(char buf[CONDITION_VALUE], const struct condition *c,
			      const struct asked *a)
{
	(void)c;
	asked_direction(buf, CONDITION_VALUE, a);
}

/* Of a packet of no connection there is none. */
enum xt_answer xt_is_direction(const struct xt_seen *q, enum asked_field field,
			       struct xt_apart *apart)
{
	bool reply = strview_is(xt_seen_value(q), "REPLY");

	(void)field;
	(void)apart;
	if (!reply && !strview_is(xt_seen_value(q), "ORIGINAL"))
		return XT_UNREAD;
	if (!(q->a->ct.known & CONNTRACK_DIRECTION) || !nft_field_is_behind_conntrack(q->a))
		return XT_UNKNOWN;
	return xt_is_yes(q->a->ct.reply == reply);
}

void xt_want_direction(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	(void)q;
	(void)field;
	c->tell = tell_xt_direction;
}

static bool is_received(const struct asked *a)
{
	return a->hw_len == ETHERNET && a->in.index != LOOPBACK_IFINDEX &&
	       (a->hook == NF_INET_PRE_ROUTING || a->hook == NF_INET_LOCAL_IN ||
		a->hook == NF_INET_FORWARD);
}

static void tell_pkttype(char buf[CONDITION_VALUE], const struct condition *c,
			 const struct asked *a)
{
	(void)a;
	strcpy(buf, c->number == 2 ? "the packet is broadcast" :
	       c->number == 1 ? "the packet is multicast" :
	       "the packet is unicast");
}

/* By whom the link's header is for: an index of the words below. */
static unsigned int pkttype_of(const struct asked *a)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };

	return memcmp(a->hw, all, sizeof(all)) == 0 ? 2 : a->hw[0] & 1;
}

enum xt_answer xt_is_pkttype(const struct xt_seen *q, enum asked_field field,
			     struct xt_apart *apart)
{
	static const char *const words[] = { "unicast", "multicast", "broadcast" };

	(void)field;
	(void)apart;
	return is_received(q->a) ? xt_is_yes(strview_is(xt_seen_value(q), words[pkttype_of(q->a)])) :
				   XT_UNKNOWN;
}

void xt_want_pkttype(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	(void)field;
	c->number = pkttype_of(q->a);
	c->tell = tell_pkttype;
}

bool xt_read_mac(union xt_value *v, struct strview value)
{
	for (unsigned int i = 0; i < sizeof(v->mac); i++) {
		uint32_t byte;

		if (!strview_number(strview_cut(&value, ':'), 16, &byte) ||
		    byte > 255)
			return false;
		v->mac[i] = (uint8_t)byte;
	}
	return true;
}

enum xt_answer xt_is_mac(const struct xt_seen *q, enum asked_field field,
			 struct xt_apart *apart)
{
	(void)field;
	(void)apart;
	if (!is_received(q->a))
		return XT_UNKNOWN;
	if (!q->t->valued)
		return XT_UNREAD;
	return xt_is_yes(memcmp(q->a->hw + 6, q->t->v.mac, sizeof(q->t->v.mac)) == 0);
}
