// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_address: options that ask for an address or a device. */
#include "misses/xt_address.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "misses/xt_option.h"

enum { ADDRESS = 16 };

/* NULL: the packet does not show it. */
static const uint8_t *address_of(const struct asked *a, enum asked_field field)
{
	if (a->p->layer < PACKET_NETWORK)
		return NULL;
	return field == ASKED_SRC ? a->p->src : a->p->dst;
}

/* "10.0.0.0", as iptables-save prints it: most rules have one. */
static bool read_ipv4(uint8_t *to, struct strview word)
{
	const char *at = word.at, *end = at + word.len;

	for (unsigned int i = 0; i < 4; i++) {
		unsigned int n = 0, digits = 0;

		for (; at < end && *at >= '0' && *at <= '9' && digits < 3; at++) {
			n = n * 10 + (unsigned int)(*at - '0');
			digits++;
		}
		if (!digits || n > 255 || (i < 3 && (at == end || *at++ != '.')))
			return false;
		to[i] = (uint8_t)n;
	}
	return at == end;
}

/* Return: its length in bytes; 0: it is none. */
static uint8_t read_address(uint8_t *to, struct strview word)
{
	memset(to, 0, ADDRESS);
	if (read_ipv4(to, word))
		return 4;
	return strview_address(word, AF_INET6, to) ? ADDRESS : 0;
}

/* "24", "255.0.255.0", "ffff::ffff" */
static bool read_address_mask(uint8_t *mask, uint8_t len, struct strview word)
{
	uint32_t bits;

	if (!strview_number(word, 10, &bits))
		return read_address(mask, word) == len;
	memset(mask, 0, ADDRESS);
	if (bits > len * 8u)
		return false;
	memset(mask, 0xff, bits / 8);
	if (bits % 8)
		mask[bits / 8] = (uint8_t)(0xff00 >> bits % 8);
	return true;
}

bool xt_read_address(union xt_value *v, struct strview value)
{
	struct strview rest = value, word = strview_cut(&rest, '/');

	v->address.len = read_address(v->address.net, word);
	return v->address.len && read_address_mask(v->address.mask, v->address.len, rest);
}

/* "10.0.0.1-10.0.0.9" */
bool xt_read_addresses(union xt_value *v, struct strview value)
{
	struct strview rest = value, word = strview_cut(&rest, '-');

	v->addresses.len = read_address(v->addresses.low, word);
	return v->addresses.len &&
	       read_address(v->addresses.high, rest) == v->addresses.len;
}

static uint32_t common_bits(const uint8_t *a, const uint8_t *b, unsigned int len)
{
	unsigned int i = 0;

	while (i < len && a[i] == b[i])
		i++;
	return i == len ? len * 8 :
	       i * 8 + (uint32_t)__builtin_clz((unsigned int)(a[i] ^ b[i])) - 24;
}

/* The packet with this address would meet it. */
static void want_address(struct condition *c, const struct asked *a,
			 enum asked_field field, const uint8_t *addr)
{
	const uint8_t *at = address_of(a, field);
	unsigned int len = a->p->addr_len;

	c->distance = len * 8 - common_bits(at, addr, len);
	c->want.field = (uint8_t)field;
	c->want.len = (uint8_t)len;
	c->want.at = (uint16_t)(at - a->p->data);
	memcpy(c->want.bytes, addr, len);
}

void xt_judge_address(const struct xt_seen *q, enum asked_field field)
{
	const uint8_t *at = address_of(q->a, field), *net, *mask;
	unsigned int len = q->a->p->addr_len;
	uint8_t would[ADDRESS];
	struct condition *c;
	bool same = true;

	if (!at) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	if (!q->v || q->v->address.len != len) {
		xt_unread(q);
		return;
	}
	net = q->v->address.net;
	mask = q->v->address.mask;
	for (unsigned int i = 0; i < len && same; i++)
		same = !((at[i] ^ net[i]) & mask[i]);
	c = xt_answer(q, field, same ? XT_YES : XT_NO);
	if (!c)
		return;
	for (unsigned int i = 0; i < len; i++)
		would[i] = (uint8_t)((at[i] & ~mask[i]) | (net[i] & mask[i]));
	if (same)	/* inverted: the nearest that is outside */
		for (unsigned int i = len * 8; i-- > 0;)
			if (mask[i / 8] & 0x80 >> i % 8) {
				would[i / 8] ^= (uint8_t)(0x80 >> i % 8);
				break;
			}
	want_address(c, q->a, field, would);
}

void xt_judge_address_range(const struct xt_seen *q, enum asked_field field)
{
	const uint8_t *at = address_of(q->a, field);
	unsigned int len = q->a->p->addr_len;
	struct condition *c;
	bool below, above;

	if (!at) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	if (!q->v || q->v->addresses.len != len) {
		xt_unread(q);
		return;
	}
	below = memcmp(at, q->v->addresses.low, len) < 0;
	above = memcmp(at, q->v->addresses.high, len) > 0;
	c = xt_answer(q, field, below || above ? XT_NO : XT_YES);
	if (c && !q->inverted)
		want_address(c, q->a, field, below ? q->v->addresses.low :
						     q->v->addresses.high);
}

/* What kind it is that the bits of an address tell; NULL: routing decides, or IPv6. */
static const char *type_of(const struct packet *p, const uint8_t *addr)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	if (p->addr_len != 4)
		return NULL;
	if ((addr[0] & 0xf0) == 0xe0)
		return "MULTICAST";
	return memcmp(addr, all, sizeof(all)) == 0 ? "BROADCAST" : NULL;
}

static bool lists(struct strview list, const char *word)
{
	while (list.len)
		if (strview_is(strview_cut(&list, ','), word))
			return true;
	return false;
}

/* ip6tables asks in another way: by elimination only. */
void xt_judge_address_type(const struct xt_seen *q, enum asked_field field)
{
	const uint8_t *at = address_of(q->a, field);
	const char *type = at ? type_of(q->a->p, at) : NULL;

	xt_answer(q, field, !type ? XT_UNKNOWN :
		  lists(q->value, type) ? XT_YES : XT_NO);
}

static const struct asked_device *device_of(const struct asked *a,
					    enum asked_field field)
{
	switch (field) {
	case ASKED_IN:
		return &a->in;
	case ASKED_OUT:
		return &a->out;
	case ASKED_PHYS_IN:
		return &a->phys_in;
	default:
		return &a->phys_out;
	}
}

/* "eth0", "eth+" */
void xt_judge_device(const struct xt_seen *q, enum asked_field field)
{
	const struct asked_device *d = device_of(q->a, field);
	struct strview name = q->value, at;
	struct condition *c;
	bool any, same;

	if (!d->name) {
		xt_answer(q, field, XT_UNKNOWN);
		return;
	}
	at = (struct strview){ d->name, strlen(d->name) };
	any = name.len && name.at[name.len - 1] == '+';
	name.len -= any;
	same = at.len >= name.len && (any || at.len == name.len) &&
	       (!name.len || memcmp(at.at, name.at, name.len) == 0);
	c = xt_answer(q, field, same ? XT_YES : XT_NO);
	if (!c || q->inverted || name.len > sizeof(c->want.name))
		return;
	c->want.field = (uint8_t)field;
	memcpy(c->want.name, name.at, name.len);
}
