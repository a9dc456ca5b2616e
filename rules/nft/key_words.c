// SPDX-License-Identifier: GPL-2.0-or-later
/* key_words: the key of an element in nft's words. */
#include "rules/nft/key_words.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>

#include "rules/base/units.h"
#include "rules/nft/elements.h"

/* nft's numbers of its data types, in rules that it has made: datatype.h there. */
enum type {
	TYPE_NFPROTO = 2, TYPE_INTEGER = 4, TYPE_IPADDR = 7, TYPE_IP6ADDR = 8,
	TYPE_ETHERADDR = 9, TYPE_PROTOCOL = 12, TYPE_SERVICE = 13,
	TYPE_MARK = 19, TYPE_IFINDEX = 20, TYPE_UID = 24, TYPE_GID = 25,
	TYPE_CT_STATE = 26, TYPE_FIB_ADDR = 38, TYPE_IFNAME = 41,
	TYPES
};

static const uint8_t lengths[TYPES] = {
	[TYPE_NFPROTO] = 1, [TYPE_INTEGER] = 4, [TYPE_IPADDR] = 4, [TYPE_IP6ADDR] = 16,
	[TYPE_ETHERADDR] = 6, [TYPE_PROTOCOL] = 1, [TYPE_SERVICE] = 2,
	[TYPE_MARK] = 4, [TYPE_IFINDEX] = 4, [TYPE_UID] = 4, [TYPE_GID] = 4,
	[TYPE_CT_STATE] = 4,
	[TYPE_FIB_ADDR] = 4, [TYPE_IFNAME] = 16,
};

uint8_t key_type_length(uint8_t type)
{
	return type < TYPES && type != TYPE_INTEGER ? lengths[type] : 0;
}

struct words {
	char *at;
	size_t left;
};

static void put_key_text(struct words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What does not fit is cut off. */
static void put_key_text(struct words *w, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(w->at, w->left, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= w->left)
		n = (int)w->left - 1;
	w->at += n;
	w->left -= (size_t)n;
}

static void put_hex(struct words *w, const uint8_t *v, size_t len)
{
	put_key_text(w, "0x");
	for (size_t i = 0; i < len; i++)
		put_key_text(w, "%02x", v[i]);
}

/* Of a type that is not known here, or of an order of bytes that nobody tells. */
static void put_bits(struct words *w, const struct nft_key_part *p,
		     const uint8_t *v)
{
	uint32_t n;

	if (p->len != sizeof(n) || !p->host || p->swapped) {
		put_hex(w, v, p->len);
		return;
	}
	memcpy(&n, v, sizeof(n));
	put_key_text(w, "0x%08x", n);
}

static void put_addr(struct words *w, const uint8_t *v, size_t len)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(len == 16 ? AF_INET6 : AF_INET, v, text, sizeof(text));
	put_key_text(w, "%s", text);
}

static void put_ether(struct words *w, const uint8_t *v)
{
	for (int i = 0; i < 6; i++)
		put_key_text(w, "%s%02x", i ? ":" : "", v[i]);
}

struct name {
	uint32_t number;
	const char *name;
};

/* Its name, or else the number, in @base 10 or 16. */
static void put_named(struct words *w, const struct name *names, size_t count,
		      int base, uint32_t n)
{
	for (size_t i = 0; i < count; i++) {
		if (names[i].number != n)
			continue;
		put_key_text(w, "%s", names[i].name);
		return;
	}
	if (base == 16)
		put_key_text(w, "0x%x", n);
	else
		put_key_text(w, "%u", n);
}

static void put_protocol(struct words *w, uint8_t protocol)
{
	static const struct name names[] = {
		{ IPPROTO_AH, "ah" }, { IPPROTO_COMP, "comp" },
		{ IPPROTO_DCCP, "dccp" }, { IPPROTO_ESP, "esp" },
		{ IPPROTO_ICMP, "icmp" }, { IPPROTO_ICMPV6, "ipv6-icmp" },
		{ IPPROTO_SCTP, "sctp" }, { IPPROTO_TCP, "tcp" },
		{ IPPROTO_UDP, "udp" }, { IPPROTO_UDPLITE, "udplite" },
	};

	put_named(w, names, ARRAY_SIZE(names), 10, protocol);
}

static void put_state(struct words *w, uint32_t state)
{
	static const struct name names[] = {
		{ 1, "invalid" }, { 2, "established" }, { 4, "related" },
		{ 8, "new" }, { 64, "untracked" },
	};

	put_named(w, names, ARRAY_SIZE(names), 16, state);
}

static void put_addr_type(struct words *w, uint32_t type)
{
	static const char *const names[] = {
		"unspec", "unicast", "local", "broadcast", "anycast",
		"multicast", "blackhole", "unreachable", "prohibit",
	};

	if (type < ARRAY_SIZE(names))
		put_key_text(w, "%s", names[type]);
	else
		put_key_text(w, "%u", type);
}

/* In this process's network namespace, which is that of the rules. */
static void put_interface(struct words *w, uint32_t index)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(index, name))
		put_key_text(w, "\"%s\"", name);
	else
		put_key_text(w, "%u", index);
}

/* @wild: what begins so */
static void put_name(struct words *w, const uint8_t *v, size_t len, bool wild)
{
	put_key_text(w, "\"%.*s%s\"", (int)len, (const char *)v, wild ? "*" : "");
}

static void put_value(struct words *w, const struct nft_key_part *p,
		      const uint8_t *v)
{
	uint32_t n = 0;

	if (p->type >= TYPES || lengths[p->type] != p->len ||
	    (p->type == TYPE_INTEGER && !p->host)) {
		put_bits(w, p, v);
		return;
	}
	if (p->len == sizeof(n)) {
		memcpy(&n, v, sizeof(n));
		n = p->swapped ? ntohl(n) : n;
	}
	switch (p->type) {
	case TYPE_IPADDR:
	case TYPE_IP6ADDR:
		put_addr(w, v, p->len);
		break;
	case TYPE_ETHERADDR:
		put_ether(w, v);
		break;
	case TYPE_NFPROTO:
		put_key_text(w, "ipv%c", v[0] == NFPROTO_IPV4 ? '4' : '6');
		break;
	case TYPE_PROTOCOL:
		put_protocol(w, v[0]);
		break;
	case TYPE_SERVICE:
		put_key_text(w, "%u", (uint32_t)v[0] << 8 | v[1]);
		break;
	case TYPE_MARK:
		put_key_text(w, "0x%08x", n);
		break;
	case TYPE_INTEGER:
	case TYPE_UID:
	case TYPE_GID:
		put_key_text(w, "%u", n);
		break;
	case TYPE_IFINDEX:
		put_interface(w, n);
		break;
	case TYPE_CT_STATE:
		put_state(w, n);
		break;
	case TYPE_FIB_ADDR:
		put_addr_type(w, n);
		break;
	case TYPE_IFNAME:
		put_name(w, v, p->len, false);
		break;
	}
}

/* Bits that the first and the last of a range have in common; -1: it is no prefix. */
static int prefix_length(const uint8_t *first, const uint8_t *last, size_t len)
{
	int bits = 0;

	while (bits < (int)len * 8 &&
	       !((first[bits / 8] ^ last[bits / 8]) & 0x80 >> bits % 8))
		bits++;
	for (int i = bits; i < (int)len * 8; i++)
		if (first[i / 8] & 0x80 >> i % 8 || !(last[i / 8] & 0x80 >> i % 8))
			return -1;
	return bits;
}

/* A mark's prefix is older nft's: later ones print the range, which all of them take. */
static bool has_prefixes(const struct nft_key_part *p)
{
	return p->type == TYPE_IPADDR || p->type == TYPE_IP6ADDR;
}

static void put_part(struct words *w, const struct nft_key_part *p,
		     const uint8_t *first, const uint8_t *last)
{
	int bits;

	if (memcmp(first, last, p->len) == 0) {
		put_value(w, p, first);
		return;
	}
	bits = prefix_length(first, last, p->len);
	if (p->type == TYPE_IFNAME && bits >= 0 && bits % 8 == 0) {
		put_name(w, first, (size_t)bits / 8, true);
		return;
	}
	put_value(w, p, first);
	if (has_prefixes(p) && bits >= 0) {
		put_key_text(w, "/%d", bits);
		return;
	}
	put_key_text(w, "-");
	put_value(w, p, last);
}

size_t key_words(char buf[KEY_WORDS], const struct nft_elements *e,
		 const uint8_t *first, const uint8_t *last)
{
	struct words w = { buf, KEY_WORDS };

	buf[0] = '\0';
	for (unsigned int i = 0; i < e->parts; i++) {
		const struct nft_key_part *p = &e->part[i];

		if (i)
			put_key_text(&w, " . ");
		put_part(&w, p, first + p->at, last + p->at);
	}
	return (size_t)(w.at - buf);
}
