// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_constant: a constant as nft prints it -> the first and the last number that it means. */
#include "misses/nft_constant.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "rules/base/units.h"

struct name {
	const char *name;
	uint16_t number;
};

static const struct name protocols[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "icmp", IPPROTO_ICMP },
	{ "ipv6-icmp", IPPROTO_ICMPV6 }, { "icmpv6", IPPROTO_ICMPV6 },
	{ "esp", IPPROTO_ESP }, { "ah", IPPROTO_AH }, { "comp", IPPROTO_COMP },
	{ "sctp", IPPROTO_SCTP }, { "dccp", IPPROTO_DCCP },
	{ "udplite", IPPROTO_UDPLITE }, { "gre", IPPROTO_GRE },
	{ "igmp", IPPROTO_IGMP }, { "ospf", 89 }, { "vrrp", 112 },
	{ "ipv6", IPPROTO_IPV6 },
	{ NULL, 0 },
};

static const struct name family_words[] = {
	{ "ipv4", NFPROTO_IPV4 }, { "ipv6", NFPROTO_IPV6 }, { NULL, 0 },
};

static const struct name ethertypes[] = {
	{ "ip", 0x0800 }, { "ip6", 0x86dd }, { "arp", 0x0806 },
	{ "vlan", 0x8100 }, { NULL, 0 },
};

static const struct name tcp_flags[] = {
	{ "fin", 1 }, { "syn", 2 }, { "rst", 4 }, { "psh", 8 }, { "ack", 16 },
	{ "urg", 32 }, { "ecn", 64 }, { "cwr", 128 }, { NULL, 0 },
};

static const struct name ct_states[] = {
	{ "invalid", 1 }, { "established", 2 }, { "related", 4 }, { "new", 8 },
	{ "untracked", 64 }, { NULL, 0 },
};

/* Of others a packet's status tells nothing that is certain here. */
static const struct name ct_statuses[] = {
	{ "snat", 16 }, { "dnat", 32 }, { NULL, 0 },
};

static const struct name directions[] = {
	{ "original", 0 }, { "reply", 1 }, { NULL, 0 },
};

static const struct name icmp_types[] = {
	{ "echo-reply", 0 }, { "destination-unreachable", 3 },
	{ "source-quench", 4 }, { "redirect", 5 }, { "echo-request", 8 },
	{ "router-advertisement", 9 }, { "router-solicitation", 10 },
	{ "time-exceeded", 11 }, { "parameter-problem", 12 },
	{ "timestamp-request", 13 }, { "timestamp-reply", 14 },
	{ "info-request", 15 }, { "info-reply", 16 },
	{ "address-mask-request", 17 }, { "address-mask-reply", 18 },
	{ NULL, 0 },
};

static const struct name icmp_codes[] = {
	{ "net-unreachable", 0 }, { "host-unreachable", 1 },
	{ "prot-unreachable", 2 }, { "port-unreachable", 3 },
	{ "frag-needed", 4 }, { "net-prohibited", 9 },
	{ "host-prohibited", 10 }, { "admin-prohibited", 13 }, { NULL, 0 },
};

static const struct name icmp6_types[] = {
	{ "destination-unreachable", 1 }, { "packet-too-big", 2 },
	{ "time-exceeded", 3 }, { "parameter-problem", 4 },
	{ "echo-request", 128 }, { "echo-reply", 129 },
	{ "mld-listener-query", 130 }, { "mld-listener-report", 131 },
	{ "mld-listener-done", 132 }, { "mld-listener-reduction", 132 },
	{ "nd-router-solicit", 133 }, { "nd-router-advert", 134 },
	{ "nd-neighbor-solicit", 135 }, { "nd-neighbor-advert", 136 },
	{ "nd-redirect", 137 }, { "router-renumbering", 138 },
	{ "ind-neighbor-solicit", 141 }, { "ind-neighbor-advert", 142 },
	{ "mld2-listener-report", 143 }, { NULL, 0 },
};

static const struct name icmp6_codes[] = {
	{ "no-route", 0 }, { "admin-prohibited", 1 }, { "addr-unreachable", 3 },
	{ "port-unreachable", 4 }, { "policy-fail", 5 }, { "reject-route", 6 },
	{ NULL, 0 },
};

static const struct name dscps[] = {
	{ "cs0", 0 }, { "cs1", 8 }, { "cs2", 16 }, { "cs3", 24 },
	{ "cs4", 32 }, { "cs5", 40 }, { "cs6", 48 }, { "cs7", 56 },
	{ "df", 0 }, { "be", 0 }, { "lephb", 1 },
	{ "af11", 10 }, { "af12", 12 }, { "af13", 14 },
	{ "af21", 18 }, { "af22", 20 }, { "af23", 22 },
	{ "af31", 26 }, { "af32", 28 }, { "af33", 30 },
	{ "af41", 34 }, { "af42", 36 }, { "af43", 38 },
	{ "va", 44 }, { "ef", 46 }, { NULL, 0 },
};

static const struct name ecns[] = {
	{ "not-ect", 0 }, { "ect1", 1 }, { "ect0", 2 }, { "ce", 3 }, { NULL, 0 },
};

static const struct {
	const struct name *names;
	bool bits;		/* several may be ored */
} types[NFT_TYPES] = {
	[NFT_TYPE_PROTOCOL] = { protocols, false },
	[NFT_TYPE_FAMILY] = { family_words, false },
	[NFT_TYPE_ETHERTYPE] = { ethertypes, false },
	[NFT_TYPE_TCP_FLAGS] = { tcp_flags, true },
	[NFT_TYPE_CT_STATE] = { ct_states, true },
	[NFT_TYPE_CT_STATUS] = { ct_statuses, true },
	[NFT_TYPE_DIRECTION] = { directions, false },
	[NFT_TYPE_ICMP] = { icmp_types, false },
	[NFT_TYPE_ICMP_CODE] = { icmp_codes, false },
	[NFT_TYPE_ICMP6] = { icmp6_types, false },
	[NFT_TYPE_ICMP6_CODE] = { icmp6_codes, false },
	[NFT_TYPE_DSCP] = { dscps, false },
	[NFT_TYPE_ECN] = { ecns, false },
};

static bool read_digits(struct strview s, uint64_t *n)
{
	uint32_t v;

	if (!strview_number(s, s.len > 2 && s.at[0] == '0' && s.at[1] == 'x' ?
			    16 : 10, &v))
		return false;
	*n = v;
	return true;
}

/* Four numbers with three dots, nothing else. */
static bool read_addr4(struct strview s, uint64_t *n)
{
	uint64_t all = 0;
	unsigned int part = 0, dots = 0, digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '.') {
			if (!digits || dots == 3)
				return false;
			all = all << 8 | part;
			part = digits = 0;
			dots++;
			continue;
		}
		if (s.at[i] < '0' || s.at[i] > '9' || digits == 3)
			return false;
		part = part * 10 + (unsigned int)(s.at[i] - '0');
		digits++;
		if (part > 255)
			return false;
	}
	*n = all << 8 | part;
	return dots == 3 && digits;
}

static bool read_addr6(struct strview s, struct nft_number *n)
{
	uint8_t b[16];

	if (!strview_address(s, AF_INET6, b))
		return false;
	for (unsigned int i = 0; i < 8; i++) {
		n->high = n->high << 8 | b[i];
		n->low = n->low << 8 | b[8 + i];
	}
	return true;
}

static bool read_name(const struct name *names, struct strview s, uint64_t *n)
{
	for (; names && names->name; names++) {
		if (!strview_is(s, names->name))
			continue;
		*n = names->number;
		return true;
	}
	return false;
}

/* "syn | ack", "established,related" */
static bool read_bits(const struct name *names, struct strview s, uint64_t *n)
{
	uint64_t bits = 0, bit;
	size_t i = 0;

	while (i < s.len) {
		struct strview one = strview_behind(s, i);

		for (one.len = 0; i < s.len && s.at[i] != ',' && s.at[i] != '|' &&
		     s.at[i] != ' '; i++)
			one.len++;
		if (one.len && !read_name(names, one, &bit) &&
		    !read_digits(one, &bit))
			return false;
		bits |= one.len ? bit : 0;
		i += i < s.len;
	}
	*n = bits;
	return s.len > 0;
}

static bool read_value(struct nft_number *n, enum nft_type type, struct strview s)
{
	n->high = n->low = 0;
	if (type == NFT_TYPE_ADDR4)
		return read_addr4(s, &n->low);
	if (type == NFT_TYPE_ADDR6)
		return read_addr6(s, n);
	if (types[type].bits)
		return read_bits(types[type].names, s, &n->low);
	return (s.len && s.at[0] >= '0' && s.at[0] <= '9' &&
		read_digits(s, &n->low)) ||
	       read_name(types[type].names, s, &n->low);
}

/* All addresses that begin with the first @bits of r->from. */
static bool widen(struct nft_range *r, struct strview bits, unsigned int most)
{
	uint64_t high = 0, low = 0;
	uint32_t n;

	if (!strview_number(bits, 10, &n) || n > most)
		return false;
	n = most - n;
	if (n)
		low = n >= 64 ? UINT64_MAX : (1ull << n) - 1;
	if (n > 64)
		high = n == 128 ? UINT64_MAX : (1ull << (n - 64)) - 1;
	r->from.high &= ~high;
	r->from.low &= ~low;
	r->to.high = r->from.high | high;
	r->to.low = r->from.low | low;
	return true;
}

bool nft_constant_read(struct nft_range *r, enum nft_type type, struct strview text)
{
	bool v6 = type == NFT_TYPE_ADDR6;
	struct strview first, rest = text;

	if (type >= NFT_TYPES || type == NFT_TYPE_DEVICE || !text.len)
		return false;
	if ((v6 || type == NFT_TYPE_ADDR4) && memchr(text.at, '/', text.len)) {
		first = strview_cut(&rest, '/');
		return read_value(&r->from, type, first) &&
		       widen(r, rest, v6 ? 128 : 32);
	}
	if (read_value(&r->from, type, text)) {
		r->to = r->from;
		return true;
	}
	/* Names hold dashes, too, and are no ends of a range. */
	first = strview_cut(&rest, '-');
	return !types[type].bits && rest.len && read_value(&r->from, type, first) &&
	       read_value(&r->to, type, rest) &&
	       nft_number_order(&r->from, &r->to) <= 0;
}

/* "eth0", "eth*", in their quotes */
static bool take_device(struct nft_constant *c, struct strview text, const char *begin)
{
	struct strview plain;

	if (text.len < 3 || text.at[0] != '"' || text.at[text.len - 1] != '"' ||
	    memchr(text.at, '\\', text.len))
		return false;
	plain = (struct strview){ text.at + 1, text.len - 2 };
	c->wild = plain.at[plain.len - 1] == '*';
	plain.len -= c->wild;
	c->device = rule_span_at(plain, begin);
	return plain.len && !memchr(plain.at, '"', plain.len);
}

void nft_constant_take(struct nft_constant *c, enum nft_type type, struct strview text,
		       const char *begin)
{
	memset(c, 0, sizeof(*c));
	c->known = type == NFT_TYPE_DEVICE ? take_device(c, text, begin) :
					     nft_constant_read(&c->range, type, text);
}

bool nft_constant_device(const struct nft_constant *c, const char *text, const char *name)
{
	size_t len = strlen(name);

	return len >= c->device.len && (c->wild || len == c->device.len) &&
	       memcmp(name, text + c->device.at, c->device.len) == 0;
}
