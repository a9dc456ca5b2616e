// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_address: addresses in output for strangers, in bytes and in words. */
#include "mask/mask_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "mask/mask.h"
#include "packet/packet.h"
#include "rules/base/units.h"

enum { PERMUTE4 = 64 };		/* for mask_chance(): no enum mask_kind */

/* Networks of IPv4 whose addresses say nothing of who has them, and where they go. */
static const struct range {
	uint32_t net;
	uint8_t bits;
	uint32_t to;
} ranges[] = {
	{ 0x0a000000, 8, 0xf0000000 },	/* 10/8 -> 240/8 */
	{ 0xac100000, 12, 0xf1000000 },	/* 172.16/12 -> 241.0/12 */
	{ 0xc0a80000, 16, 0xf3a80000 },	/* 192.168/16 -> 243.168/16 */
	{ 0x64400000, 10, 0xf2000000 },	/* 100.64/10 -> 242.0/10 */
	{ 0xa9fe0000, 16, 0xf3fe0000 },	/* 169.254/16 -> 243.254/16 */
	{ 0xc6120000, 15, 0xf4000000 },	/* 198.18/15 -> 244.0/15 */
	{ 0xe0000000, 4, 0xe0000000 },	/* groups */
};

static uint32_t prefix_mask(unsigned int bits)
{
	return bits ? UINT32_MAX << (32 - bits) : 0;
}

static void store(uint8_t addr[4], uint32_t a)
{
	for (int i = 0; i < 4; i++)
		addr[i] = (uint8_t)(a >> (24 - 8 * i));
}

/* Bits @from to @to: each by chance, by those in front of it, so that prefixes stay. */
static uint32_t permute(const struct mask *m, uint32_t a, unsigned int from,
			unsigned int to)
{
	uint32_t flip = 0;

	for (unsigned int i = from; i < to; i++) {
		const uint32_t head[2] = { a & prefix_mask(i), i };

		flip |= (uint32_t)(mask_chance(m, PERMUTE4, head,
					       sizeof(head)) & 1) << (31 - i);
	}
	return a ^ flip;
}

static bool is_kept4(uint32_t a, unsigned int bits)
{
	return bits < 8 || a == 0 || a >> 24 == 127 || a == UINT32_MAX ||
	       a >> 8 == 0xe00000;
}

/* 198.19.N.0/24, and when these are used up what nobody has. */
static uint32_t numbered_net(struct mask *m, uint32_t a, unsigned int bits)
{
	enum mask_kind kind = MASK_NET4;
	const uint32_t key[2] = {
		a & prefix_mask(bits < 24 ? bits : 24), bits < 24 ? bits : 24,
	};
	uint32_t n = mask_number(m, &kind, key, sizeof(key));

	return n < 256 ? 0xc6130000 | n << 8 : 0xf6000000 | (n & 0xffff) << 8;
}

void mask_address4(struct mask *m, uint8_t addr[4], unsigned int bits)
{
	uint32_t a = packet_be32(addr), host;

	if (is_kept4(a, bits))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		const struct range *r = &ranges[i];

		if ((a & prefix_mask(r->bits)) != r->net || bits < r->bits)
			continue;
		host = permute(m, a, r->bits, bits) & ~prefix_mask(r->bits);
		store(addr, r->to | (host & prefix_mask(bits)));
		return;
	}
	host = bits > 24 ? permute(m, a, 24, bits) & 0xff & prefix_mask(bits)
			 : 0;
	store(addr, numbered_net(m, a, bits) | host);
}

static void store16(uint8_t *to, uint32_t n)
{
	to[0] = (uint8_t)(n >> 8);
	to[1] = (uint8_t)n;
}

static uint32_t number6(struct mask *m, enum mask_kind kind,
			const uint8_t addr[16], unsigned int bits)
{
	uint8_t key[17] = { 0 };

	memcpy(key, addr, bits / 8);
	if (bits % 8)
		key[bits / 8] = addr[bits / 8] & (uint8_t)(0xff00 >> bits % 8);
	key[16] = (uint8_t)bits;
	return mask_number(m, &kind, key, sizeof(key));
}

/* All hosts', all routers', and the like: small numbers, but not of solicited nodes. */
static bool is_kept6(const uint8_t addr[16], unsigned int bits)
{
	static const uint8_t zeros[16];

	if (memcmp(addr, zeros, 15) == 0 && addr[15] <= 1)
		return true;
	return bits < 8 ||
	       (addr[0] == 0xff && memcmp(addr + 2, zeros, 12) == 0);
}

static void mask_group(struct mask *m, uint8_t addr[16], unsigned int bits)
{
	uint32_t n = number6(m, MASK_GROUP6, addr, bits);

	if (bits < 128)
		return;
	memset(addr + 2, 0, 14);
	store16(addr + 12, 0xdb80 + (n >> 16));
	store16(addr + 14, n);
}

/* Of IPv4, behind a well-known prefix: mapped (RFC 4291), translated (RFC 6052). */
static bool mask_embedded(struct mask *m, uint8_t addr[16], unsigned int bits)
{
	static const uint8_t heads[][12] = {
		{ [10] = 0xff, [11] = 0xff }, { 0x00, 0x64, 0xff, 0x9b },
	};

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		if (bits < 96 || memcmp(addr, heads[i], 12) != 0)
			continue;
		mask_address4(m, addr + 12, bits - 96);
		return true;
	}
	return false;
}

/* The interface's part; of a prefix its number stands in front. */
static void put_host(struct mask *m, uint8_t to[16], const uint8_t addr[16],
		     unsigned int bits)
{
	uint64_t n = number6(m, MASK_HOST6, addr, bits);

	for (unsigned int i = bits; i < 128; i++)
		n <<= 1;
	for (int i = 15; i >= 8; i--, n >>= 8)
		to[i] = (uint8_t)n;
}

void mask_address6(struct mask *m, uint8_t addr[16], unsigned int bits)
{
	uint8_t to[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	uint32_t n;

	if (is_kept6(addr, bits) || mask_embedded(m, addr, bits))
		return;
	if (addr[0] == 0xff) {
		mask_group(m, addr, bits);
		return;
	}
	if (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80) {
		if (bits <= 64)
			return;
		memset(to, 0, sizeof(to));
		memcpy(to, addr, 2);
		to[5] = 0xdb;
		to[6] = 0x80;
		put_host(m, to, addr, bits);
		memcpy(addr, to, 16);
		return;
	}
	n = number6(m, MASK_NET6, addr, bits < 48 ? bits : 48);
	store16(to + 4, n);
	if (n > UINT16_MAX) {
		to[0] = 0x3f;
		to[1] = 0xff;
		store16(to + 2, n >> 16);
	}
	if (bits > 48)
		store16(to + 6, number6(m, MASK_LINK6, addr,
					bits < 64 ? bits : 64));
	if (bits > 64)
		put_host(m, to, addr, bits);
	memcpy(addr, to, 16);
}

void mask_mac(struct mask *m, uint8_t addr[6])
{
	static const uint8_t none[6], all[6] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	enum mask_kind kind = MASK_MAC;
	uint32_t n;

	if (memcmp(addr, none, 6) == 0 || memcmp(addr, all, 6) == 0)
		return;
	n = mask_number(m, &kind, addr, 6);
	addr[0] = 2 | (addr[0] & 1);
	addr[1] = addr[2] = 0;
	addr[3] = (uint8_t)(n >> 16);
	store16(addr + 4, n);
}

/* Bytes that an address of such a family can be written with. */
static struct strview run_of(struct strview text, const char *bytes)
{
	size_t n = 0;

	while (n < text.len && text.at[n] && strchr(bytes, text.at[n]))
		n++;
	return (struct strview){ text.at, n };
}

/* "/24" behind an address; @bits stays where there is none, or a mask in dots. */
static void take_bits(struct strview *text, unsigned int *bits,
		      struct strview *written)
{
	struct strview rest = *text, digits;
	uint32_t n;

	*written = (struct strview){ text->at, 0 };
	if (!strview_take(&rest, "/"))
		return;
	digits = run_of(rest, "0123456789.");
	if (memchr(digits.at, '.', digits.len)) {
		written->len = digits.len + 1;
		*text = strview_behind(rest, digits.len);
		return;
	}
	if (!strview_number(digits, 10, &n) || n > *bits)
		return;
	*bits = n;
	written->len = digits.len + 1;
	*text = strview_behind(rest, digits.len);
}

static bool take4(struct mask *m, struct strbuf *to, struct strview *text)
{
	struct strview word = run_of(*text, "0123456789."), rest, bits_text;
	unsigned int bits = 32, dots = 0;
	char shown[INET_ADDRSTRLEN];
	uint8_t addr[4];
	size_t n = 0;

	/* "10.0.0.1.80" has a port in the fifth place. */
	while (n < word.len && (word.at[n] != '.' || ++dots < 4))
		n++;
	word.len = n;
	while (word.len && word.at[word.len - 1] == '.')
		word.len--;
	if (!strview_address(word, AF_INET, addr))
		return false;
	rest = strview_behind(*text, word.len);
	take_bits(&rest, &bits, &bits_text);
	mask_address4(m, addr, bits);
	inet_ntop(AF_INET, addr, shown, sizeof(shown));
	strbuf_add(to, "%s%.*s", shown, (int)bits_text.len, bits_text.at);
	*text = rest;
	return true;
}

static bool take_mac(struct mask *m, struct strbuf *to, struct strview *text)
{
	struct strview word = run_of(*text, "0123456789abcdefABCDEF:");
	uint8_t addr[6];

	if (word.len != 17)
		return false;
	for (size_t i = 0; i < 6; i++)
		if (strview_bytes((struct strview){ word.at + 3 * i, 2 },
				  &addr[i], 1) != 1 ||
		    (i < 5 && word.at[3 * i + 2] != ':'))
			return false;
	mask_mac(m, addr);
	strbuf_add(to, "%02x:%02x:%02x:%02x:%02x:%02x", addr[0], addr[1],
		   addr[2], addr[3], addr[4], addr[5]);
	*text = strview_behind(*text, 17);
	return true;
}

/* "fd00::1", "fd00::1.80" as packets are printed, "::ffff:10.0.0.1"; not "80:443". */
static bool take6(struct mask *m, struct strbuf *to, struct strview *text)
{
	struct strview word = run_of(*text, "0123456789abcdefABCDEF:."), rest;
	struct strview bits_text;
	unsigned int bits = 128;
	char shown[INET6_ADDRSTRLEN];
	uint8_t addr[16];

	/* What stands behind it, a port or a full stop, may be of these bytes. */
	while (word.len && !strview_address(word, AF_INET6, addr))
		word.len--;
	if (word.len < 2 || !memchr(word.at, ':', word.len))
		return false;
	rest = strview_behind(*text, word.len);
	take_bits(&rest, &bits, &bits_text);
	mask_address6(m, addr, bits);
	inet_ntop(AF_INET6, addr, shown, sizeof(shown));
	strbuf_add(to, "%s%.*s", shown, (int)bits_text.len, bits_text.at);
	*text = rest;
	return true;
}

bool mask_take_address(struct mask *m, struct strbuf *to, struct strview *text)
{
	return take_mac(m, to, text) || take6(m, to, text) ||
	       take4(m, to, text);
}
