// SPDX-License-Identifier: GPL-2.0-or-later
/* key_fields: which fields of a packet a rule of nft makes the key of a map or set of. */
#include "rules/nft/key_fields.h"

#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "rules/base/units.h"

enum { SLOTS = NFT_KEY / 4 };

/* What the registers hold, by their fourth bytes. */
struct registers {
	struct nft_key_part slot[SLOTS];
	struct key_fields *k;
	const char *set;	/* that is looked for; "": the verdict map */
	unsigned int found;
};

/* NFT_REG_1 ... are of 16 bytes, NFT_REG32_00 ... of four; both name the same memory. */
static unsigned int slot_of(uint32_t reg)
{
	if (reg >= NFT_REG_1 && reg <= NFT_REG_4)
		return (reg - NFT_REG_1) * 4;
	return reg >= NFT_REG32_00 && reg <= NFT_REG32_15 ? reg - NFT_REG32_00
							  : SLOTS;
}

static void load_key(struct registers *rg, uint32_t reg, uint8_t field, uint32_t len,
		     uint8_t nfproto)
{
	unsigned int slot = slot_of(reg);

	if (slot >= SLOTS)
		return;
	rg->slot[slot] = (struct nft_key_part){
		.field = field, .len = (uint8_t)len, .nfproto = nfproto,
	};
}

static void read_key_payload(struct registers *rg, const struct nftnl_expr *x)
{
	static const struct {
		uint8_t base, offset, len, nfproto, field;
	} fields[] = {
		{ NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFPROTO_IPV4, NFT_KEY_SADDR },
		{ NFT_PAYLOAD_NETWORK_HEADER, 16, 4, NFPROTO_IPV4, NFT_KEY_DADDR },
		{ NFT_PAYLOAD_NETWORK_HEADER, 9, 1, NFPROTO_IPV4, NFT_KEY_PROTOCOL },
		{ NFT_PAYLOAD_NETWORK_HEADER, 8, 16, NFPROTO_IPV6, NFT_KEY_SADDR },
		{ NFT_PAYLOAD_NETWORK_HEADER, 24, 16, NFPROTO_IPV6, NFT_KEY_DADDR },
		{ NFT_PAYLOAD_NETWORK_HEADER, 6, 1, NFPROTO_IPV6, NFT_KEY_NEXTHDR },
		{ NFT_PAYLOAD_TRANSPORT_HEADER, 0, 2, NFPROTO_UNSPEC, NFT_KEY_SPORT },
		{ NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFPROTO_UNSPEC, NFT_KEY_DPORT },
	};
	uint32_t base = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_BASE);
	uint32_t offset = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_OFFSET);
	uint32_t len = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_LEN);
	uint32_t reg = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_DREG);

	/* An expression that writes into the packet: what was loaded before is as it was. */
	if (nftnl_expr_is_set(x, NFTNL_EXPR_PAYLOAD_SREG))
		return;
	load_key(rg, reg, NFT_KEY_UNKNOWN, len, NFPROTO_UNSPEC);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].base == base && fields[i].offset == offset &&
		    fields[i].len == len)
			load_key(rg, reg, fields[i].field, len, fields[i].nfproto);
}

static void read_key_meta(struct registers *rg, const struct nftnl_expr *x)
{
	static const struct {
		uint8_t field, len;
	} fields[] = {
		[NFT_META_MARK] = { NFT_KEY_MARK, 4 },
		[NFT_META_IIF] = { NFT_KEY_IIF, 4 },
		[NFT_META_OIF] = { NFT_KEY_OIF, 4 },
		[NFT_META_IIFNAME] = { NFT_KEY_IIFNAME, 16 },
		[NFT_META_OIFNAME] = { NFT_KEY_OIFNAME, 16 },
		[NFT_META_NFPROTO] = { NFT_KEY_NFPROTO, 1 },
		[NFT_META_L4PROTO] = { NFT_KEY_PROTOCOL, 1 },
	};
	uint32_t key = nftnl_expr_get_u32(x, NFTNL_EXPR_META_KEY);
	uint32_t reg = nftnl_expr_get_u32(x, NFTNL_EXPR_META_DREG);

	if (nftnl_expr_is_set(x, NFTNL_EXPR_META_SREG))
		return;
	if (key < ARRAY_SIZE(fields))
		load_key(rg, reg, fields[key].field, fields[key].len, NFPROTO_UNSPEC);
	else
		load_key(rg, reg, NFT_KEY_UNKNOWN, 0, NFPROTO_UNSPEC);
}

static void read_ct(struct registers *rg, const struct nftnl_expr *x)
{
	bool state = nftnl_expr_get_u32(x, NFTNL_EXPR_CT_KEY) == NFT_CT_STATE;

	if (!nftnl_expr_is_set(x, NFTNL_EXPR_CT_SREG))
		load_key(rg, nftnl_expr_get_u32(x, NFTNL_EXPR_CT_DREG),
			 state ? NFT_KEY_CT_STATE : NFT_KEY_UNKNOWN, 4, NFPROTO_UNSPEC);
}

/* Maps of ranges have their numbers in network order, so that they can be compared. */
static void read_byteorder(struct registers *rg, const struct nftnl_expr *x)
{
	unsigned int from = slot_of(nftnl_expr_get_u32(x, NFTNL_EXPR_BYTEORDER_SREG));
	unsigned int to = slot_of(nftnl_expr_get_u32(x, NFTNL_EXPR_BYTEORDER_DREG));

	if (from >= SLOTS || to >= SLOTS)
		return;
	rg->slot[to] = rg->slot[from];
	if (nftnl_expr_get_u32(x, NFTNL_EXPR_BYTEORDER_SIZE) == 4 &&
	    nftnl_expr_get_u32(x, NFTNL_EXPR_BYTEORDER_LEN) == 4)
		rg->slot[to].swapped ^= true;
	else
		rg->slot[to].field = NFT_KEY_UNKNOWN;
}

static void take_key(struct registers *rg, const struct nftnl_expr *x)
{
	unsigned int from = slot_of(nftnl_expr_get_u32(x, NFTNL_EXPR_LOOKUP_SREG));

	rg->found++;
	rg->k->set = nftnl_expr_get_str(x, NFTNL_EXPR_LOOKUP_SET);
	memset(rg->k->from, 0, sizeof(rg->k->from));
	for (unsigned int i = from; i < SLOTS; i++)
		rg->k->from[i - from] = rg->slot[i];
}

static void read_key_lookup(struct registers *rg, const struct nftnl_expr *x)
{
	if (*rg->set) {
		if (!rg->found && strcmp(nftnl_expr_get_str(x, NFTNL_EXPR_LOOKUP_SET),
					 rg->set) == 0)
			take_key(rg, x);
	} else if (nftnl_expr_is_set(x, NFTNL_EXPR_LOOKUP_DREG) &&
		   nftnl_expr_get_u32(x, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT) {
		take_key(rg, x);
	}
	/* Of a length that the rule does not tell. */
	if (nftnl_expr_is_set(x, NFTNL_EXPR_LOOKUP_DREG) &&
	    nftnl_expr_get_u32(x, NFTNL_EXPR_LOOKUP_DREG) != NFT_REG_VERDICT)
		memset(rg->slot, 0, sizeof(rg->slot));
}

static void read_nothing(struct registers *rg, const struct nftnl_expr *x)
{
	(void)rg;
	(void)x;
}

/* What is not here may put anything into registers. */
static int read_key_part(struct nftnl_expr *x, void *arg)
{
	static const struct {
		const char *name;
		void (*fn)(struct registers *rg, const struct nftnl_expr *x);
	} readers[] = {
		{ "byteorder", read_byteorder }, { "ct", read_ct },
		{ "lookup", read_key_lookup }, { "meta", read_key_meta },
		{ "payload", read_key_payload }, { "cmp", read_nothing },
		{ "connlimit", read_nothing }, { "counter", read_nothing },
		{ "last", read_nothing }, { "limit", read_nothing },
		{ "log", read_nothing }, { "match", read_nothing },
		{ "notrack", read_nothing }, { "quota", read_nothing },
		{ "range", read_nothing },
	};
	const char *name = nftnl_expr_get_str(x, NFTNL_EXPR_NAME);
	struct registers *rg = arg;

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (strcmp(readers[i].name, name) == 0) {
			readers[i].fn(rg, x);
			return 0;
		}
	memset(rg->slot, 0, sizeof(rg->slot));
	return 0;
}

bool key_fields_read(struct key_fields *k, const struct nftnl_rule *r, const char *set)
{
	struct registers rg = { .k = k, .set = set };

	memset(k, 0, sizeof(*k));
	nftnl_expr_foreach((struct nftnl_rule *)r, read_key_part, &rg);
	return rg.found == 1;
}
