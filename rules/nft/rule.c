// SPDX-License-Identifier: GPL-2.0-or-later
/* rule: an iptables entry's conditions as expressions of an nft rule. */
#include "rules/nft/rule.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/x_tables.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/ip_part.h"
#include "rules/base/units.h"

/* Two registers that hold 16 bytes each, and the 4-byte ones beside them. */
enum { REG = NFT_REG_1, REG_A = NFT_REG32_00, REG_B = NFT_REG32_01 };

/* Offsets in the network header. */
enum { V4_FRAGMENT = 6, V4_SOURCE = 12, V6_SOURCE = 8 };

static struct nftnl_expr *add_expression(struct nftnl_rule *r, const char *name)
{
	struct nftnl_expr *x = nftnl_expr_alloc(name);

	if (x)
		nftnl_rule_add_expr(r, x);
	return x;
}

static bool add_meta(struct nftnl_rule *r, uint32_t key)
{
	struct nftnl_expr *x = add_expression(r, "meta");

	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(x, NFTNL_EXPR_META_DREG, REG);
	return true;
}

static bool add_payload(struct nftnl_rule *r, uint32_t base, uint32_t offset,
			uint32_t len)
{
	struct nftnl_expr *x = add_expression(r, "payload");

	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_DREG, REG);
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(x, NFTNL_EXPR_PAYLOAD_LEN, len);
	return true;
}

static bool add_bitwise(struct nftnl_rule *r, uint32_t reg, const void *mask,
			const void *xor, uint32_t len)
{
	struct nftnl_expr *x = add_expression(r, "bitwise");

	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_BITWISE_SREG, reg);
	nftnl_expr_set_u32(x, NFTNL_EXPR_BITWISE_DREG, reg);
	nftnl_expr_set_u32(x, NFTNL_EXPR_BITWISE_LEN, len);
	nftnl_expr_set(x, NFTNL_EXPR_BITWISE_MASK, mask, len);
	nftnl_expr_set(x, NFTNL_EXPR_BITWISE_XOR, xor, len);
	return true;
}

static bool add_cmp(struct nftnl_rule *r, bool equal, const void *data,
		    uint32_t len)
{
	struct nftnl_expr *x = add_expression(r, "cmp");

	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_CMP_SREG, REG);
	nftnl_expr_set_u32(x, NFTNL_EXPR_CMP_OP,
			   equal ? NFT_CMP_EQ : NFT_CMP_NEQ);
	nftnl_expr_set(x, NFTNL_EXPR_CMP_DATA, data, len);
	return true;
}

/* The mask says how much of a name counts: all and its NUL, or what "+" ends. */
static bool add_interface(struct nftnl_rule *r, uint32_t key, const char *name,
			  const unsigned char *mask, bool invert)
{
	uint32_t len = 0;

	while (len < IFNAMSIZ && mask[len])
		len++;
	return len == 0 || (add_meta(r, key) &&
			    add_cmp(r, !invert, name, len));
}

static bool add_address(struct nftnl_rule *r, uint32_t offset, uint32_t len,
			const void *address, const void *mask, bool invert)
{
	static const unsigned char zeros[16];
	unsigned char ones[16];

	memset(ones, 0xff, sizeof(ones));
	if (memcmp(mask, zeros, len) == 0 && !invert)
		return true;
	return add_payload(r, NFT_PAYLOAD_NETWORK_HEADER, offset, len) &&
	       (memcmp(mask, ones, len) == 0 ||
		add_bitwise(r, REG, mask, zeros, len)) &&
	       add_cmp(r, !invert, address, len);
}

static bool add_protocol(struct nftnl_rule *r, const struct ip_part *p)
{
	bool invert = p->inv & IP_PART_INV_PROTO;
	uint8_t proto = (uint8_t)p->proto;

	if (!proto)
		return true;
	/* Extensions ask it of nft_compat: "only with -p tcp". */
	nftnl_rule_set_u32(r, NFTNL_RULE_COMPAT_PROTO, proto);
	nftnl_rule_set_u32(r, NFTNL_RULE_COMPAT_FLAGS,
			   invert ? NFT_RULE_COMPAT_F_INV : 0);
	return add_meta(r, NFT_META_L4PROTO) && add_cmp(r, !invert, &proto, 1);
}

static bool add_fragment(struct nftnl_rule *r, const struct ip_part *p)
{
	static const uint16_t zero;
	uint16_t offset_bits = htons(0x1fff);

	if (!p->fragment)
		return true;
	return add_payload(r, NFT_PAYLOAD_NETWORK_HEADER, V4_FRAGMENT, 2) &&
	       add_bitwise(r, REG, &offset_bits, &zero, 2) &&
	       add_cmp(r, p->inv & IP_PART_INV_FRAG, &zero, 2);
}

static bool add_ip_part(struct nftnl_rule *r, const struct family *f,
			const void *entry)
{
	uint32_t len = (uint32_t)f->addr_len;
	uint32_t source = len == 4 ? V4_SOURCE : V6_SOURCE;
	struct ip_part p;

	ip_part_read(f, entry, &p);
	return add_interface(r, NFT_META_IIFNAME, p.in, p.in_mask,
			     p.inv & IP_PART_INV_IN) &&
	       add_interface(r, NFT_META_OIFNAME, p.out, p.out_mask,
			     p.inv & IP_PART_INV_OUT) &&
	       add_address(r, source, len, p.src, p.src_mask,
			   p.inv & IP_PART_INV_SRC) &&
	       add_address(r, source + len, len, p.dst, p.dst_mask,
			   p.inv & IP_PART_INV_DST) &&
	       add_protocol(r, &p) && add_fragment(r, &p);
}

/*
 * Bytes of the transport header without which a match drops the packet ("hotdrop",
 * net/netfilter/xt_tcpudp.c and the like): a trace that matches nothing is all
 * that may become of it.
 */
static const struct {
	const char *name;
	uint8_t bytes;
} needs[] = {
	{ "tcp", 20 }, { "udp", 8 }, { "udplite", 8 }, { "multiport", 4 },
	{ "icmp", 8 }, { "icmp6", 8 }, { "sctp", 12 }, { "dccp", 12 },
	{ "tcpmss", 20 }, { "esp", 8 }, { "ah", 12 }, { "ipcomp", 4 },
};

/* The last of these bytes is read before: where it is missing the rule ends. */
static bool add_guard(struct nftnl_rule *r, const struct xt_entry_match *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if (strcmp(needs[i].name, m->u.user.name) == 0)
			return add_payload(r, NFT_PAYLOAD_TRANSPORT_HEADER,
					   needs[i].bytes - 1u, 1);
	return true;
}

static bool add_match(struct nftnl_rule *r, const struct xt_entry_match *m)
{
	uint32_t len = (uint32_t)(m->u.match_size - sizeof(*m));
	struct nftnl_expr *x = add_expression(r, "match");
	void *info = malloc(len ? len : 1);

	if (!x || !info) {
		free(info);
		return false;
	}
	memcpy(info, m->data, len);
	nftnl_expr_set_str(x, NFTNL_EXPR_MT_NAME, m->u.user.name);
	nftnl_expr_set_u32(x, NFTNL_EXPR_MT_REV, m->u.user.revision);
	/* Takes the memory over. */
	nftnl_expr_set(x, NFTNL_EXPR_MT_INFO, info, len);
	return true;
}

bool nft_rule_add_entry(struct nftnl_rule *r, const struct family *f,
			const void *entry)
{
	const struct xt_entry_match *m = NULL;
	bool ok = add_ip_part(r, f, entry);

	while (ok && (m = entry_next_match(f, entry, m)))
		ok = add_guard(r, m) && add_match(r, m);
	return ok;
}

bool nft_rule_add_limit(struct nftnl_rule *r, const struct nft_limit *l)
{
	struct nftnl_expr *x;

	if (l->number == 0)
		return true;
	x = add_expression(r, "limit");
	if (!x)
		return false;
	nftnl_expr_set_u64(x, NFTNL_EXPR_LIMIT_RATE, l->number);
	nftnl_expr_set_u64(x, NFTNL_EXPR_LIMIT_UNIT, l->seconds);
	nftnl_expr_set_u32(x, NFTNL_EXPR_LIMIT_BURST, l->burst);
	nftnl_expr_set_u32(x, NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKTS);
	return true;
}

bool nft_rule_add_counter(struct nftnl_rule *r)
{
	return add_expression(r, "counter") != NULL;
}

bool nft_rule_add_trace(struct nftnl_rule *r)
{
	static const uint8_t on = 1;
	struct nftnl_expr *x = add_expression(r, "immediate");

	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_IMM_DREG, REG);
	nftnl_expr_set(x, NFTNL_EXPR_IMM_DATA, &on, sizeof(on));
	x = add_expression(r, "meta");
	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_META_KEY, NFT_META_NFTRACE);
	nftnl_expr_set_u32(x, NFTNL_EXPR_META_SREG, REG);
	return true;
}

bool nft_rule_add_accept(struct nftnl_rule *r)
{
	struct nftnl_expr *x = add_expression(r, "immediate");

	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(x, NFTNL_EXPR_IMM_VERDICT, NF_ACCEPT);
	return true;
}

static bool add_ct(struct nftnl_rule *r, uint32_t key, uint32_t reg)
{
	struct nftnl_expr *x = add_expression(r, "ct");

	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_CT_KEY, key);
	nftnl_expr_set_u32(x, NFTNL_EXPR_CT_DREG, reg);
	return true;
}

/* Connection id and direction, side by side in two registers. */
static bool add_flow(struct nftnl_rule *r, bool reverse)
{
	static const uint8_t mask[4] = { 0xff }, xor[4] = { 1 };

	return add_ct(r, NFT_CT_ID, REG_A) &&
	       add_ct(r, NFT_CT_DIRECTION, REG_B) &&
	       (!reverse || add_bitwise(r, REG_B, mask, xor, 4));
}

bool nft_rule_add_remember(struct nftnl_rule *r, const char *set,
			   uint32_t set_id)
{
	struct nftnl_expr *x;

	if (!add_flow(r, false))
		return false;
	x = add_expression(r, "dynset");
	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	nftnl_expr_set_u32(x, NFTNL_EXPR_DYNSET_SREG_KEY, REG_A);
	nftnl_expr_set_str(x, NFTNL_EXPR_DYNSET_SET_NAME, set);
	nftnl_expr_set_u32(x, NFTNL_EXPR_DYNSET_SET_ID, set_id);
	return true;
}

static bool add_lookup(struct nftnl_rule *r, uint32_t reg, const char *set,
		       uint32_t set_id)
{
	struct nftnl_expr *x = add_expression(r, "lookup");

	if (!x)
		return false;
	nftnl_expr_set_u32(x, NFTNL_EXPR_LOOKUP_SREG, reg);
	nftnl_expr_set_str(x, NFTNL_EXPR_LOOKUP_SET, set);
	nftnl_expr_set_u32(x, NFTNL_EXPR_LOOKUP_SET_ID, set_id);
	return true;
}

bool nft_rule_add_recall(struct nftnl_rule *r, const char *set,
			 uint32_t set_id)
{
	return add_flow(r, true) && add_lookup(r, REG_A, set, set_id);
}

bool nft_rule_add_deadline(struct nftnl_rule *r, const char *set,
			   uint32_t set_id)
{
	return add_meta(r, NFT_META_NFPROTO) &&
	       add_lookup(r, REG, set, set_id);
}
