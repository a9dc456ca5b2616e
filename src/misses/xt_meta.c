// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_meta: options that ask for what is with a packet and not in it. */
#include "misses/xt_meta.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <string.h>

#include "capture/event.h"
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

void xt_judge_mark(const struct xt_seen *q, enum asked_field field)
{
	uint32_t value, mask;
	struct condition *c;

	if (!q->v) {
		xt_unread(q);
		return;
	}
	value = q->v->bits.value;
	mask = q->v->bits.mask;
	c = xt_answer(q, field, !q->a->mark_known ? XT_UNKNOWN :
		      (q->a->mark & mask) == value ? XT_YES : XT_NO);
	if (!c || value & ~mask)
		return;
	c->want.field = (uint8_t)field;
	c->want.number = (q->a->mark & ~mask) | value;
	if (q->inverted)
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

void xt_judge_state(const struct xt_seen *q, enum asked_field field)
{
	uint8_t named = (uint8_t)q->v->number, states = q->a->states;
	unsigned int n = q->out->n;
	struct condition *c;

	c = xt_answer(q, field, !(states & ~named) ? XT_YES :
		      states & named || named & 1 ? XT_UNKNOWN : XT_NO);
	if (n < q->out->n && !(named & 1))
		q->out->c[n].number = q->inverted ?
			ASKED_ALL_STATES & ~named : named;
	if (!c || !c->number)
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
void xt_judge_id(const struct xt_seen *q, enum asked_field field)
{
	uint32_t id = field == ASKED_UID ? q->a->uid : q->a->gid;
	struct condition *c;

	if (!q->v) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, id == UINT32_MAX ? XT_UNKNOWN :
		      id >= q->v->numbers.low && id <= q->v->numbers.high ?
		      XT_YES : XT_NO);
	if (!c || q->inverted)
		return;
	c->want.field = (uint8_t)field;
	c->want.number = id < q->v->numbers.low ? q->v->numbers.low :
						  q->v->numbers.high;
}

static void tell_xt_direction(char buf[CONDITION_VALUE], const struct condition *c,
			      const struct asked *a)
{
	(void)c;
	asked_direction(buf, CONDITION_VALUE, a);
}

/* Of a packet of no connection there is none. */
void xt_judge_direction(const struct xt_seen *q, enum asked_field field)
{
	bool reply = strview_is(q->value, "REPLY");
	struct condition *c;

	if (!reply && !strview_is(q->value, "ORIGINAL")) {
		xt_unread(q);
		return;
	}
	c = xt_answer(q, field, !(q->a->ct.known & CONNTRACK_DIRECTION) ||
				!nft_field_is_behind_conntrack(q->a) ? XT_UNKNOWN :
				q->a->ct.reply == reply ? XT_YES : XT_NO);
	if (c)
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

/* By whom the link's header is for. */
void xt_judge_pkttype(const struct xt_seen *q, enum asked_field field)
{
	static const char *const words[] = { "unicast", "multicast", "broadcast" };
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };
	unsigned int type;
	struct condition *c;

	if (!is_received(q->a)) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	type = memcmp(q->a->hw, all, sizeof(all)) == 0 ? 2 : q->a->hw[0] & 1;
	c = xt_answer(q, field, strview_is(q->value, words[type]) ?
		      XT_YES : XT_NO);
	if (!c)
		return;
	c->number = type;
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

void xt_judge_mac(const struct xt_seen *q, enum asked_field field)
{
	if (!is_received(q->a))
		xt_answer(q, field, XT_UNKNOWN);
	else if (!q->v)
		xt_unread(q);
	else
		xt_answer(q, field, memcmp(q->a->hw + 6, q->v->mac, sizeof(q->v->mac)) == 0 ?
			  XT_YES : XT_NO);
}

void xt_judge_nothing(const struct xt_seen *q, enum asked_field field)
{
	xt_answer(q, field, XT_UNKNOWN);
}
