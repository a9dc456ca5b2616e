// SPDX-License-Identifier: GPL-2.0-or-later
/* event_again: messages that are laid out as the last one of their hook. */
#include "capture/event_again.h"

#include <arpa/inet.h>
#include <string.h>

#include <linux/netlink.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

/*
 * As the kernel writes a message (net/netfilter/nfnetlink_log.c): struct nfgenmsg,
 * NFULA_PACKET_HDR, NFULA_PREFIX, what it knows of the packet, and its bytes.
 */
enum {
	HEAD_AT = NLMSG_HDRLEN,
	HEAD_LEN = sizeof(((struct event_layout *)0)->head),
	HOOK_AT = HEAD_AT + NLMSG_ALIGN(sizeof(struct nfgenmsg)) + NLA_HDRLEN +
		  offsetof(struct nfulnl_msg_packet_hdr, hook),
	PREFIX_AT = HEAD_AT + HEAD_LEN,
	LEAST = PREFIX_AT + NLA_HDRLEN + 1,
};

_Static_assert(HEAD_LEN == NLMSG_ALIGN(sizeof(struct nfgenmsg)) + NLA_HDRLEN +
			   sizeof(struct nfulnl_msg_packet_hdr), "head");

enum { STAMP, NUMBER, ENTRY };

/* Where the prefix ends, if it is where the kernel writes it, and more follows; else 0. */
static inline uint32_t behind_prefix(const uint8_t *bytes, uint32_t end, uint16_t *len)
{
	struct nlattr head;
	uint32_t at;

	memcpy(&head, bytes + PREFIX_AT, sizeof(head));
	if (head.nla_type != NFULA_PREFIX || head.nla_len <= NLA_HDRLEN)
		return 0;
	*len = (uint16_t)(head.nla_len - NLA_HDRLEN);
	at = PREFIX_AT + NLA_ALIGN((uint32_t)head.nla_len);
	return at < end ? at : 0;
}

static inline bool is_head(const struct event_layout *l, const uint8_t *bytes)
{
	uint64_t a, b;
	uint32_t c, d;

	memcpy(&a, bytes + HEAD_AT, sizeof(a));
	memcpy(&b, l->head, sizeof(b));
	memcpy(&c, bytes + HEAD_AT + 8, sizeof(c));
	memcpy(&d, l->head + 8, sizeof(d));
	return a == b && c == d;
}

static inline bool is_other_stamp(const uint8_t *a, const uint8_t *b)
{
	uint64_t x[2], y[2];

	_Static_assert(sizeof(x) == EVENT_STAMP_BYTES, "stamp");
	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return x[0] != y[0] || x[1] != y[1];
}

static uint32_t offset(const void *at, const uint8_t *rest)
{
	return at ? (uint32_t)((const uint8_t *)at - rest) : 0;
}

/* The holes one behind the other, and none of them outside of what is told. */
static bool put_holes(struct event_layout *l, const struct event_parts *p,
		      const uint8_t *rest, uint32_t told)
{
	const struct { const uint8_t *at; uint32_t len; } part[EVENT_AGAIN_HOLES] = {
		[STAMP] = { p->stamp, EVENT_STAMP_BYTES },
		[NUMBER] = { p->seq, sizeof(uint32_t) },
		[ENTRY] = { p->ct, p->ct_len },
	};
	uint32_t at = told;

	for (int i = EVENT_AGAIN_HOLES - 1; i >= 0; i--) {
		struct event_hole *h = &l->hole[i];

		*h = (struct event_hole){ .at = at };
		if (!part[i].at)
			continue;
		if (part[i].at < rest || part[i].at + part[i].len > rest + at)
			return false;
		*h = (struct event_hole){ offset(part[i].at, rest), part[i].len };
		at = h->at;
	}
	return true;
}

/* The bytes of one that is not known to be told again stay in the message. */
static inline void keep_payload(struct event_again *again, struct event_layout *l,
				const uint8_t *rest)
{
	uint32_t bytes = l->len - l->told;
	bool kept = bytes <= EVENT_AGAIN_PAYLOAD;

	if (kept)
		memcpy(l->rest + l->told, rest + l->told, bytes);
	if (l->e.payload)
		l->e.payload = (kept ? l->rest : rest) + l->told;
	l->e.told = kept ? ++again->told : 0;
}

/* What was written behind the prefix alone, in the kernel's order. */
static __attribute__((noinline)) void
remember(struct event_again *again, struct event_layout *l, const uint8_t *bytes,
	 uint32_t end, const struct event_parts *p)
{
	const struct event *e = &l->e;
	uint16_t len;
	uint32_t at = end < LEAST ? 0 : behind_prefix(bytes, end, &len);
	const uint8_t *rest = bytes + at;
	uint32_t told = e->payload ? offset(e->payload, rest) : end - at;

	if (!at || e->prefix != (const char *)bytes + PREFIX_AT + NLA_HDRLEN ||
	    (e->payload && (e->payload < rest ||
			    told + NLA_ALIGN(e->payload_len) != end - at)) ||
	    (e->hw_header && e->hw_header < rest) ||
	    told > EVENT_AGAIN_BYTES || told % NLA_ALIGNTO ||
	    p->ct_len % NLA_ALIGNTO ||
	    !put_holes(l, p, rest, told))
		return;
	memcpy(l->head, bytes + HEAD_AT, HEAD_LEN);
	memcpy(l->rest, rest, told);
	l->told = told;
	l->len = end - at;
	if (e->hw_header)
		l->e.hw_header = l->rest + offset(e->hw_header, rest);
	keep_payload(again, l, rest);
}

/* Another packet's stamp or entry, from now on that of those that come. */
static __attribute__((noinline)) void
take_mangled(struct event_layout *l, const uint8_t *rest, int hole)
{
	struct event_hole h = l->hole[hole];

	memcpy(l->rest + h.at, rest + h.at, h.len);
	if (hole == STAMP)
		event_take_stamp(&l->e, rest + h.at);
	else
		event_take_entry(&l->e.ct, rest + h.at, h.len);
}

static inline void take_changes(struct event_layout *l, const uint8_t *rest)
{
	const struct event_hole *s = &l->hole[STAMP], *c = &l->hole[ENTRY];

	if (s->len && is_other_stamp(rest + s->at, l->rest + s->at))
		take_mangled(l, rest, STAMP);
	if (c->len && memcmp(rest + c->at, l->rest + c->at, c->len) != 0)
		take_mangled(l, rest, ENTRY);
}

static __attribute__((noinline)) const struct event *
parse_anew(struct event_again *again, struct event_layout *l,
	   const struct nlmsghdr *nlh, size_t len)
{
	struct event_parts parts = { NULL };

	l->len = 0;
	if (!event_parse_parts(&l->e, nlh, len, &parts))
		return NULL;
	remember(again, l, (const void *)nlh, nlh->nlmsg_len, &parts);
	return &l->e;
}

static inline void take_number(struct event_layout *l, const uint8_t *rest)
{
	uint32_t number;

	if (!l->hole[NUMBER].len)
		return;
	memcpy(&number, rest + l->hole[NUMBER].at, sizeof(number));
	memcpy(l->rest + l->hole[NUMBER].at, &number, sizeof(number));
	l->e.seq = ntohl(number);
}

/* Of another rule, and all else as in the last one. */
static inline bool is_told_again(const struct event_layout *l,
				 const uint8_t *rest)
{
	return l->e.told && memcmp(rest, l->rest, l->len) == 0;
}

/*
 * Another packet's, laid out as the last one was: with what is in its holes nothing that
 * is told differs.  False: it is not, and of the layout nothing holds any more.
 */
static __attribute__((noinline)) bool
take_packet(struct event_again *again, struct event_layout *l,
	    const uint8_t *rest)
{
	take_changes(l, rest);
	if (memcmp(rest, l->rest, l->told) != 0)
		return false;
	keep_payload(again, l, rest);
	return true;
}

/* Only the prefix is told anew: what follows is in .rest as in this message. */
static inline void take_prefix(struct event_layout *l, const uint8_t *prefix,
			       uint32_t prefix_len)
{
	l->e.prefix = (const char *)prefix;
	l->e.prefix_len = event_text_len(l->e.prefix, prefix_len);
}

/* Where it lies is worked out here: the compiler would do that anew for each field. */
static inline struct event_layout *layout_of(struct event_again *again,
					     uint8_t hook)
{
	struct event_layout *l = &again->of[hook % EVENT_AGAIN_HOOKS];

	__asm__("" : "+r"(l));
	return l;
}

const struct event *event_parse_again(struct event_again *again,
				      const struct nlmsghdr *nlh, size_t len)
{
	const uint8_t *bytes = (const void *)nlh, *rest;
	struct event_layout *l;
	uint16_t prefix_len;
	uint32_t at;

	if (len < LEAST || nlh->nlmsg_len < LEAST || nlh->nlmsg_len > len)
		return parse_anew(again, &again->of[0], nlh, len);
	l = layout_of(again, bytes[HOOK_AT]);
	at = behind_prefix(bytes, nlh->nlmsg_len, &prefix_len);
	if (!at || nlh->nlmsg_len - at != l->len || !is_head(l, bytes))
		return parse_anew(again, l, nlh, len);
	rest = bytes + at;
	take_number(l, rest);
	if (!is_told_again(l, rest) && !take_packet(again, l, rest))
		return parse_anew(again, l, nlh, nlh->nlmsg_len);
	take_prefix(l, bytes + PREFIX_AT + NLA_HDRLEN, prefix_len);
	return &l->e;
}
