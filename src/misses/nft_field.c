// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_field: what a rule of nft's words asks a packet for: its names, and the packet's value. */
#include "misses/nft_field.h"

#include <netinet/in.h>
#include <string.h>

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include "misses/asked.h"
#include "rules/base/units.h"

uint8_t nft_field_state(unsigned int states)
{
	static const uint8_t bits[CONNTRACK_STATES] = {
		[CONNTRACK_NEW] = 8, [CONNTRACK_ESTABLISHED] = 2,
		[CONNTRACK_RELATED] = 4, [CONNTRACK_INVALID] = 1,
		[CONNTRACK_UNTRACKED] = 64,
	};
	uint8_t all = 0;

	for (unsigned int i = 0; i < CONNTRACK_STATES; i++)
		if (states & 1u << i)
			all |= bits[i];
	return all;
}

static bool get_mark(struct nft_number *n, const struct asked *a)
{
	n->low = a->mark;
	return a->mark_known;
}

static bool get_family(struct nft_number *n, const struct asked *a)
{
	n->low = a->nfproto;
	return true;
}

static bool get_ethertype(struct nft_number *n, const struct asked *a)
{
	n->low = a->nfproto == NFPROTO_IPV4 ? ETH_P_IP : ETH_P_IPV6;
	return true;
}

/* What IPv6 carries behind its extensions, if it has any. */
bool nft_field_protocol(struct nft_number *n, const struct asked *a)
{
	const struct packet *p = a->p;
	bool v4 = a->nfproto == NFPROTO_IPV4;

	n->high = 0;
	if (p->layer == PACKET_NOTHING)
		return false;
	n->low = p->data[v4 ? 9 : 6];
	if (v4 || !packet_is_extension((uint8_t)n->low))
		return true;
	n->low = p->proto;
	return p->layer == PACKET_TRANSPORT && !(p->flags & PACKET_FRAGMENT);
}

static bool get_length(struct nft_number *n, const struct asked *a)
{
	n->low = a->p->length;
	return a->p->layer != PACKET_NOTHING && !a->p->unsized;
}

/* In front of conntrack's hooks nothing tells what a rule sees. */
bool nft_field_is_behind_conntrack(const struct asked *a)
{
	return a->hook == NF_INET_LOCAL_IN || a->hook == NF_INET_FORWARD ||
	       a->hook == NF_INET_POST_ROUTING;
}

/* Of one that may have several: see nft_relation.c. */
static bool get_state(struct nft_number *n, const struct asked *a)
{
	n->low = a->states & (a->states - 1) ? 0 : nft_field_state(a->states);
	return n->low && nft_field_is_behind_conntrack(a);
}

/* Whether it is NAT's: no rule in front of nat's changes that. */
static bool get_status(struct nft_number *n, const struct asked *a)
{
	n->low = a->ct.status & (IPS_DST_NAT | IPS_SRC_NAT);
	return a->ct.known & CONNTRACK_STATUS && nft_field_is_behind_conntrack(a);
}

static bool get_direction(struct nft_number *n, const struct asked *a)
{
	n->low = a->ct.reply;
	return a->ct.known & CONNTRACK_DIRECTION && nft_field_is_behind_conntrack(a);
}

#define NETWORK(family, offset, bytes)				\
	.nfproto = NFPROTO_##family, .base = NFT_BASE_NETWORK,	\
	.at = offset, .len = bytes
#define TRANSPORT(proto, offset, bytes)				\
	.protocol = proto, .base = NFT_BASE_TRANSPORT,		\
	.at = offset, .len = bytes
#define GET(fn, bytes) .get = fn, .len = bytes

static const struct nft_field ip[] = {
	{ "saddr", NFT_TYPE_ADDR4, ASKED_SRC, NETWORK(IPV4, 12, 4) },
	{ "daddr", NFT_TYPE_ADDR4, ASKED_DST, NETWORK(IPV4, 16, 4) },
	{ "protocol", NFT_TYPE_PROTOCOL, ASKED_PROTO, NETWORK(IPV4, 9, 1) },
	{ "ttl", NFT_TYPE_NUMBER, ASKED_TTL, NETWORK(IPV4, 8, 1) },
	{ "length", NFT_TYPE_NUMBER, ASKED_LENGTH, NETWORK(IPV4, 2, 2) },
	{ "id", NFT_TYPE_NUMBER, ASKED_BYTES, NETWORK(IPV4, 4, 2) },
	{ "frag-off", NFT_TYPE_NUMBER, ASKED_BYTES, NETWORK(IPV4, 6, 2) },
	{ "dscp", NFT_TYPE_DSCP, ASKED_TOS, NETWORK(IPV4, 1, 1), .shift = 2, .bits = 6 },
	{ "ecn", NFT_TYPE_ECN, ASKED_TOS, NETWORK(IPV4, 1, 1), .bits = 2 },
	{ .word = NULL },
};

static const struct nft_field ip6[] = {
	{ "saddr", NFT_TYPE_ADDR6, ASKED_SRC, NETWORK(IPV6, 8, 16) },
	{ "daddr", NFT_TYPE_ADDR6, ASKED_DST, NETWORK(IPV6, 24, 16) },
	{ "nexthdr", NFT_TYPE_PROTOCOL, ASKED_PROTO, NETWORK(IPV6, 6, 1) },
	{ "hoplimit", NFT_TYPE_NUMBER, ASKED_TTL, NETWORK(IPV6, 7, 1) },
	{ "length", NFT_TYPE_NUMBER, ASKED_LENGTH, NETWORK(IPV6, 4, 2) },
	{ "dscp", NFT_TYPE_DSCP, ASKED_TOS, NETWORK(IPV6, 0, 2), .shift = 6, .bits = 6 },
	{ "ecn", NFT_TYPE_ECN, ASKED_TOS, NETWORK(IPV6, 1, 1), .shift = 4, .bits = 2 },
	{ .word = NULL },
};

static const struct nft_field tcp[] = {
	{ "dport", NFT_TYPE_NUMBER, ASKED_DPORT, TRANSPORT(IPPROTO_TCP, 2, 2) },
	{ "sport", NFT_TYPE_NUMBER, ASKED_SPORT, TRANSPORT(IPPROTO_TCP, 0, 2) },
	{ "flags", NFT_TYPE_TCP_FLAGS, ASKED_TCP_FLAGS, TRANSPORT(IPPROTO_TCP, 13, 1) },
	{ "sequence", NFT_TYPE_NUMBER, ASKED_BYTES, TRANSPORT(IPPROTO_TCP, 4, 4) },
	{ "ackseq", NFT_TYPE_NUMBER, ASKED_BYTES, TRANSPORT(IPPROTO_TCP, 8, 4) },
	{ "window", NFT_TYPE_NUMBER, ASKED_BYTES, TRANSPORT(IPPROTO_TCP, 14, 2) },
	{ .word = NULL },
};

#define PORTS(name, proto)						\
	static const struct nft_field name[] = {			\
		{ "dport", NFT_TYPE_NUMBER, ASKED_DPORT,		\
		  TRANSPORT(proto, 2, 2) },				\
		{ "sport", NFT_TYPE_NUMBER, ASKED_SPORT,		\
		  TRANSPORT(proto, 0, 2) },				\
		{ .word = NULL },					\
	}

PORTS(udp, IPPROTO_UDP);
PORTS(udplite, IPPROTO_UDPLITE);
PORTS(sctp, IPPROTO_SCTP);
PORTS(dccp, IPPROTO_DCCP);
PORTS(th, 0);

static const struct nft_field icmp[] = {
	{ "type", NFT_TYPE_ICMP, ASKED_ICMP, TRANSPORT(IPPROTO_ICMP, 0, 1),
	  .nfproto = NFPROTO_IPV4 },
	{ "code", NFT_TYPE_ICMP_CODE, ASKED_ICMP, TRANSPORT(IPPROTO_ICMP, 1, 1),
	  .nfproto = NFPROTO_IPV4 },
	{ .word = NULL },
};

static const struct nft_field icmpv6[] = {
	{ "type", NFT_TYPE_ICMP6, ASKED_ICMP, TRANSPORT(IPPROTO_ICMPV6, 0, 1),
	  .nfproto = NFPROTO_IPV6 },
	{ "code", NFT_TYPE_ICMP6_CODE, ASKED_ICMP, TRANSPORT(IPPROTO_ICMPV6, 1, 1),
	  .nfproto = NFPROTO_IPV6 },
	{ .word = NULL },
};

static const struct nft_field meta[] = {
	{ "mark", NFT_TYPE_NUMBER, ASKED_MARK, GET(get_mark, 4) },
	{ "l4proto", NFT_TYPE_PROTOCOL, ASKED_PROTO, GET(nft_field_protocol, 1) },
	{ "nfproto", NFT_TYPE_FAMILY, ASKED_FAMILY, GET(get_family, 1) },
	{ "protocol", NFT_TYPE_ETHERTYPE, ASKED_FAMILY, GET(get_ethertype, 2) },
	{ "length", NFT_TYPE_NUMBER, ASKED_LENGTH, GET(get_length, 4) },
	{ "iifname", NFT_TYPE_DEVICE, ASKED_IN, .len = 16 },
	{ "oifname", NFT_TYPE_DEVICE, ASKED_OUT, .len = 16 },
	{ .word = NULL },
};

static const struct nft_field ct[] = {
	{ "state", NFT_TYPE_CT_STATE, ASKED_STATE, GET(get_state, 4) },
	{ "status", NFT_TYPE_CT_STATUS, ASKED_CT, GET(get_status, 4) },
	{ "direction", NFT_TYPE_DIRECTION, ASKED_CT, GET(get_direction, 1) },
	{ .word = NULL },
};

/* By name or, of one that is gone, by number: of which nothing is said. */
static const struct nft_field in_fields[] = {
	{ NULL, NFT_TYPE_DEVICE, ASKED_IN, .len = 16 },
};

static const struct nft_field out_fields[] = {
	{ NULL, NFT_TYPE_DEVICE, ASKED_OUT, .len = 16 },
};

/* By their first words; those that stand alone have one field. */
static const struct {
	const char *word;
	bool alone;
	const struct nft_field *fields;
} groups[] = {
	{ "tcp", false, tcp }, { "ip", false, ip }, { "meta", false, meta },
	{ "iifname", true, in_fields }, { "oifname", true, out_fields }, { "ct", false, ct },
	{ "udp", false, udp }, { "ip6", false, ip6 }, { "iif", true, in_fields },
	{ "oif", true, out_fields }, { "th", false, th }, { "icmp", false, icmp },
	{ "icmpv6", false, icmpv6 }, { "sctp", false, sctp },
	{ "udplite", false, udplite }, { "dccp", false, dccp },
};

const struct nft_field *nft_field_find(struct strview *rest, struct strview *name)
{
	struct strview left = *rest, word;
	size_t i = 0;

	if (!strview_word(&left, name))
		return NULL;
	while (i < ARRAY_SIZE(groups) && (*name->at != *groups[i].word ||
					  !strview_is(*name, groups[i].word)))
		i++;
	if (i == ARRAY_SIZE(groups))
		return NULL;
	if (groups[i].alone) {
		*rest = left;
		return groups[i].fields;
	}
	strview_word(&left, &word);
	for (const struct nft_field *f = groups[i].fields; f->word; f++) {
		if (!strview_is(word, f->word))
			continue;
		*rest = left;
		return f;
	}
	return NULL;
}

/* Of a fragment what is behind IP's header is somewhere else. */
static const uint8_t *find_bytes(const struct nft_field *f, const struct packet *p)
{
	uint32_t at = f->at;

	if (p->layer == PACKET_NOTHING)
		return NULL;
	if (f->base == NFT_BASE_TRANSPORT) {
		if (p->layer != PACKET_TRANSPORT || p->frag_offset)
			return NULL;
		at += p->l4;
	}
	return at + f->len <= p->caplen ? p->data + at : NULL;
}

static void read_bytes(struct nft_number *n, const uint8_t *from, unsigned int len)
{
	switch (len) {
	case 1:
		n->low = *from;
		return;
	case 2:
		n->low = packet_be16(from);
		return;
	case 4:
		n->low = packet_be32(from);
		return;
	}
	for (unsigned int i = 0; i < len; i++) {
		if (len > 8)
			n->high = n->high << 8 | n->low >> 56;
		n->low = n->low << 8 | from[i];
	}
}

bool nft_field_value(struct nft_number *n, const struct nft_field *f,
		     const struct asked *a)
{
	const uint8_t *from;

	n->high = n->low = 0;
	if (f->get)
		return f->get(n, a);
	if (f->nfproto != NFPROTO_UNSPEC && f->nfproto != a->nfproto)
		return false;
	from = a->printed && f->asked == ASKED_BYTES ? NULL : find_bytes(f, a->p);
	if (!from)
		return false;
	read_bytes(n, from, f->len);
	n->low >>= f->shift;
	if (f->bits)
		n->low &= (1u << f->bits) - 1;
	return true;
}

const char *nft_field_device(const struct nft_field *f, const struct asked *a)
{
	return f->asked == ASKED_IN ? a->in.name : a->out.name;
}

static void want_bytes(struct asked_change *c, const struct nft_field *f,
		       const struct nft_number *n, const struct asked *a)
{
	const uint8_t *from = find_bytes(f, a->p);
	struct nft_number all = { 0, 0 };

	if (!from || f->len > sizeof(c->bytes))
		return;
	c->field = f->asked;
	c->len = f->len;
	c->at = (uint16_t)(from - a->p->data);
	read_bytes(&all, from, f->len);
	if (f->bits)
		all.low = (all.low & ~(((1ull << f->bits) - 1) << f->shift)) |
			  n->low << f->shift;
	else
		all = *n;
	for (unsigned int i = f->len; i-- > 0;) {
		c->bytes[i] = (uint8_t)all.low;
		all.low = all.low >> 8 | all.high << 56;
		all.high >>= 8;
	}
}

static uint8_t state_of(uint64_t bits)
{
	return bits & 8 ? CONNTRACK_NEW : bits & 2 ? CONNTRACK_ESTABLISHED :
	       bits & 4 ? CONNTRACK_RELATED : bits & 1 ? CONNTRACK_INVALID :
	       CONNTRACK_UNTRACKED;
}

void nft_field_want(struct asked_change *c, const struct nft_field *f,
		    const struct nft_number *n, const struct asked *a)
{
	memset(c, 0, sizeof(*c));
	if (f->base != NFT_BASE_NONE) {
		/* Another protocol's header is another one altogether. */
		if (f->asked != ASKED_PROTO && f->asked != ASKED_LENGTH)
			want_bytes(c, f, n, a);
	} else if (f->asked == ASKED_MARK) {
		c->field = ASKED_MARK;
		c->number = (uint32_t)n->low;
	} else if (f->asked == ASKED_STATE) {
		c->field = ASKED_STATE;
		c->number = state_of(n->low);
	}
}
