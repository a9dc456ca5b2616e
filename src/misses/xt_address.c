// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_address: options that ask for an address or a device. */
#include "misses/xt_address.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "misses/condition.h"
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
static void set_address(struct condition *c, const struct asked *a,
			enum asked_field field, const uint8_t *addr)
{
	const uint8_t *at = address_of(a, field);
	unsigned int len = a->p->addr_len;

	c->want.field = (uint8_t)field;
	c->want.len = (uint8_t)len;
	c->want.at = (uint16_t)(at - a->p->data);
	memcpy(c->want.bytes, addr, len);
}

/* Bits from the last one of the mask on. */
static uint32_t last_bit(const uint8_t *mask, unsigned int len)
{
	unsigned int i = len;

	while (i && !mask[i - 1])
		i--;
	return i ? (len - i) * 8 + (uint32_t)__builtin_ctz(mask[i - 1]) + 1 : 0;
}

enum xt_answer xt_is_address(const struct xt_seen *q, enum asked_field field,
			     struct xt_apart *apart)
{
	const uint8_t *at = address_of(q->a, field), *net, *mask;
	unsigned int len = q->a->p->addr_len;

	if (!at)
		return XT_UNKNOWN;
	if (!q->t->valued || q->t->v.address.len != len)
		return XT_UNREAD;
	net = q->t->v.address.net;
	mask = q->t->v.address.mask;
	for (unsigned int i = 0; i < len; i += 4) {
		uint32_t differs = (packet_be32(at + i) ^ packet_be32(net + i)) &
				   packet_be32(mask + i);

		if (!differs)
			continue;
		apart->distance = (len - i) * 8 - (uint32_t)__builtin_clz(differs);
		return XT_NO;
	}
	if (q->t->inverted)
		apart->distance = last_bit(mask, len);
	return XT_YES;
}

void xt_want_address(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	const uint8_t *at = address_of(q->a, field), *net = q->t->v.address.net;
	const uint8_t *mask = q->t->v.address.mask;
	unsigned int len = q->a->p->addr_len;
	uint8_t would[ADDRESS];

	for (unsigned int i = 0; i < len; i++)
		would[i] = (uint8_t)((at[i] & ~mask[i]) | (net[i] & mask[i]));
	/* The nearest that is outside. */
	if (q->t->inverted && c->distance)
		would[len - 1 - (c->distance - 1) / 8] ^= (uint8_t)(1 << (c->distance - 1) % 8);
	set_address(c, q->a, field, would);
}

enum xt_answer xt_is_in_range(const struct xt_seen *q, enum asked_field field,
			      struct xt_apart *apart)
{
	const uint8_t *at = address_of(q->a, field);
	unsigned int len = q->a->p->addr_len;
	bool below, above;

	if (!at)
		return XT_UNKNOWN;
	if (!q->t->valued || q->t->v.addresses.len != len)
		return XT_UNREAD;
	below = memcmp(at, q->t->v.addresses.low, len) < 0;
	above = memcmp(at, q->t->v.addresses.high, len) > 0;
	if (below || above)
		apart->distance = len * 8 - common_bits(at, below ? q->t->v.addresses.low :
							q->t->v.addresses.high, len);
	return xt_is_yes(!below && !above);
}

void xt_want_in_range(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	const uint8_t *low = q->t->v.addresses.low;

	if (!q->t->inverted)
		set_address(c, q->a, field,
			    memcmp(address_of(q->a, field), low, q->a->p->addr_len) < 0 ?
			    low : q->t->v.addresses.high);
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
enum xt_answer xt_is_address_type(const struct xt_seen *q, enum asked_field field,
				  struct xt_apart *apart)
{
	const uint8_t *at = address_of(q->a, field);
	const char *type = at ? type_of(q->a->p, at) : NULL;

	(void)apart;
	return type ? xt_is_yes(lists(xt_seen_value(q), type)) : XT_UNKNOWN;
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

/* "eth0", "eth+": Return: what the device's name begins with, or is, if not @any */
static struct strview device_name(const struct xt_seen *q, bool *any)
{
	struct strview name = xt_seen_value(q);

	*any = name.len && name.at[name.len - 1] == '+';
	name.len -= *any;
	return name;
}

enum xt_answer xt_is_device(const struct xt_seen *q, enum asked_field field,
			    struct xt_apart *apart)
{
	const struct asked_device *d = device_of(q->a, field);
	struct strview name;
	size_t i = 0;
	bool any;

	(void)apart;
	if (!d->name)
		return XT_UNKNOWN;
	name = device_name(q, &any);
	while (i < name.len && d->name[i] == name.at[i] && d->name[i])
		i++;
	return xt_is_yes(i == name.len && (any || !d->name[i]));
}

void xt_want_device(struct condition *c, const struct xt_seen *q, enum asked_field field)
{
	bool any;
	struct strview name = device_name(q, &any);

	if (q->t->inverted || name.len > sizeof(c->want.name))
		return;
	c->want.field = (uint8_t)field;
	memcpy(c->want.name, name.at, name.len);
}
