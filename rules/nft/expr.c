// SPDX-License-Identifier: GPL-2.0-or-later
/* expr: what an nft rule's expressions do. */
#include "rules/nft/expr.h"

#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_NFLOG.h>

#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

enum { REGISTERS = 32 };

struct reader {
	struct nft_effect *e;
	uint32_t family;		/* of the table, or as compared */
	uint32_t nfproto_reg;		/* meta nfproto was loaded into it */
	bool known[REGISTERS];		/* an immediate was loaded into it */
	uint32_t value[REGISTERS];
};

/* Expressions whose mere presence says it. */
static const struct {
	const char *name;
	uint32_t does;
} plain_names[] = {
	{ "dup", DOES_CLONED },
	{ "fwd", DOES_STEAL },
	{ "masq", MANGLE_SRC | DOES_NAT },
	{ "queue", DOES_QUEUED },
	{ "redir", MANGLE_DST | DOES_NAT },
	{ "reject", DOES_REJECT },
	{ "synproxy", DOES_STEAL },
};

static uint32_t does_plainly(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_names); i++)
		if (strcmp(plain_names[i].name, name) == 0)
			return plain_names[i].does;
	return 0;
}

static void read_immediate(struct reader *rd, const struct nftnl_expr *x)
{
	static const struct {
		int verdict;
		uint8_t is;
	} verdicts[] = {
		{ NF_ACCEPT, NFT_SNAP_ACCEPT }, { NF_DROP, NFT_SNAP_DROP },
		{ NFT_RETURN, NFT_SNAP_RETURN }, { NFT_JUMP, NFT_SNAP_JUMP },
		{ NFT_GOTO, NFT_SNAP_GOTO },
	};
	uint32_t dreg = nftnl_expr_get_u32(x, NFTNL_EXPR_IMM_DREG), len = 0;
	int verdict;
	const void *data;

	if (nftnl_expr_is_set(x, NFTNL_EXPR_IMM_VERDICT)) {
		verdict = (int)nftnl_expr_get_u32(x, NFTNL_EXPR_IMM_VERDICT);
		for (size_t i = 0; i < ARRAY_SIZE(verdicts);
		     i++)
			if (verdicts[i].verdict == verdict)
				rd->e->verdict = verdicts[i].is;
		rd->e->to = nftnl_expr_get_str(x, NFTNL_EXPR_IMM_CHAIN);
		return;
	}
	data = nftnl_expr_get(x, NFTNL_EXPR_IMM_DATA, &len);
	if (dreg < REGISTERS && data) {
		rd->value[dreg] = 0;
		memcpy(&rd->value[dreg], data, len < 4 ? len : 4);
		rd->known[dreg] = true;
	}
}

static void read_meta(struct reader *rd, const struct nftnl_expr *x)
{
	uint32_t key = nftnl_expr_get_u32(x, NFTNL_EXPR_META_KEY), sreg;
	uint8_t on;

	if (!nftnl_expr_is_set(x, NFTNL_EXPR_META_SREG)) {
		rd->nfproto_reg = key == NFT_META_NFPROTO ?
			nftnl_expr_get_u32(x, NFTNL_EXPR_META_DREG) : 0;
		return;
	}
	if (key == NFT_META_MARK)
		rd->e->does |= MANGLE_MARK;
	if (key != NFT_META_NFTRACE)
		return;
	sreg = nftnl_expr_get_u32(x, NFTNL_EXPR_META_SREG);
	if (sreg >= REGISTERS || !rd->known[sreg]) {
		rd->e->does |= DOES_TRACE_ON | DOES_TRACE_OFF;
		return;
	}
	/* The kernel looks at the register's first byte (nft_meta_set_eval). */
	memcpy(&on, &rd->value[sreg], 1);
	rd->e->does |= on ? DOES_TRACE_ON : DOES_TRACE_OFF;
}

/* In an inet table: for which family is the rest? */
static void read_cmp(struct reader *rd, const struct nftnl_expr *x)
{
	uint32_t len;
	const uint8_t *data = nftnl_expr_get(x, NFTNL_EXPR_CMP_DATA, &len);

	if (rd->nfproto_reg && data && len == 1 &&
	    nftnl_expr_get_u32(x, NFTNL_EXPR_CMP_SREG) == rd->nfproto_reg &&
	    nftnl_expr_get_u32(x, NFTNL_EXPR_CMP_OP) == NFT_CMP_EQ)
		rd->family = data[0];
	rd->nfproto_reg = 0;
}

/* Which bytes of the network header are what; a write may cover several. */
static const struct payload_field {
	uint16_t nfproto;
	uint16_t from, to;
	uint32_t does;
} network_fields[] = {
	{ NFPROTO_IPV4, 1, 2, MANGLE_TOS },
	{ NFPROTO_IPV4, 8, 9, MANGLE_TTL },
	{ NFPROTO_IPV4, 12, 16, MANGLE_SRC },
	{ NFPROTO_IPV4, 16, 20, MANGLE_DST },
	{ NFPROTO_IPV6, 0, 2, MANGLE_TOS },
	{ NFPROTO_IPV6, 7, 8, MANGLE_TTL },
	{ NFPROTO_IPV6, 8, 24, MANGLE_SRC },
	{ NFPROTO_IPV6, 24, 40, MANGLE_DST },
};

/* Ports lie where they do in every protocol that has them. */
static const struct payload_field port_fields[] = {
	{ NFPROTO_UNSPEC, 0, 2, MANGLE_SRC },
	{ NFPROTO_UNSPEC, 2, 4, MANGLE_DST },
};

static uint32_t written(const struct payload_field *f, size_t count, uint32_t family,
			uint32_t from, uint32_t to)
{
	uint32_t does = 0;

	for (size_t i = 0; i < count; i++)
		/* In an inet table either family's header may be meant. */
		if ((f[i].nfproto == family || family == NFPROTO_INET ||
		     f[i].nfproto == NFPROTO_UNSPEC) &&
		    from < f[i].to && to > f[i].from)
			does |= f[i].does;
	return does;
}

static void read_payload(struct reader *rd, const struct nftnl_expr *x)
{
	uint32_t base = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_BASE);
	uint32_t from = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_OFFSET);
	uint32_t to = from + nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_LEN);
	uint32_t does = 0;

	if (!nftnl_expr_is_set(x, NFTNL_EXPR_PAYLOAD_SREG))
		return;
	if (base == NFT_PAYLOAD_NETWORK_HEADER)
		does = written(network_fields, ARRAY_SIZE(network_fields),
			       rd->family, from, to);
	else if (base == NFT_PAYLOAD_TRANSPORT_HEADER)
		does = written(port_fields, 2, NFPROTO_UNSPEC, from, to);
	rd->e->does |= does ? does : MANGLE_OTHER;
}

static void read_nat(struct reader *rd, const struct nftnl_expr *x)
{
	rd->e->does |= DOES_NAT |
		(nftnl_expr_get_u32(x, NFTNL_EXPR_NAT_TYPE) == NFT_NAT_SNAT ?
		 MANGLE_SRC : MANGLE_DST);
}

static void read_lookup(struct reader *rd, const struct nftnl_expr *x)
{
	if (nftnl_expr_is_set(x, NFTNL_EXPR_LOOKUP_DREG) &&
	    nftnl_expr_get_u32(x, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT)
		rd->e->does |= DOES_VERDICT_MAP;
}

static void read_log(struct reader *rd, const struct nftnl_expr *x)
{
	if (nftnl_expr_is_set(x, NFTNL_EXPR_LOG_GROUP) &&
	    nftnl_expr_get_u16(x, NFTNL_EXPR_LOG_GROUP) == 0)
		rd->e->does |= DOES_NFLOG0;
}

static void read_exthdr(struct reader *rd, const struct nftnl_expr *x)
{
	if (nftnl_expr_is_set(x, NFTNL_EXPR_EXTHDR_SREG))
		rd->e->does |= MANGLE_OTHER;
}

static void read_target(struct reader *rd, const struct nftnl_expr *x)
{
	const char *name = nftnl_expr_get_str(x, NFTNL_EXPR_TG_NAME);
	const struct target *t = target_find(name);
	uint32_t len;
	const struct xt_nflog_info *info =
		nftnl_expr_get(x, NFTNL_EXPR_TG_INFO, &len);

	rd->e->target = name;
	rd->e->does |= t ? t->does : 0;
	if (strcmp(name, "NFLOG") == 0 && info && len >= sizeof(*info) &&
	    info->group == 0)
		rd->e->does |= DOES_NFLOG0;
}

static int read_one(struct nftnl_expr *x, void *arg)
{
	static const struct {
		const char *name;
		void (*fn)(struct reader *rd, const struct nftnl_expr *x);
	} readers[] = {
		{ "cmp", read_cmp }, { "exthdr", read_exthdr },
		{ "immediate", read_immediate },
		{ "log", read_log }, { "lookup", read_lookup },
		{ "meta", read_meta }, { "nat", read_nat },
		{ "payload", read_payload }, { "target", read_target },
	};
	const char *name = nftnl_expr_get_str(x, NFTNL_EXPR_NAME);
	struct reader *rd = arg;

	rd->e->does |= does_plainly(name);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (strcmp(readers[i].name, name) == 0)
			readers[i].fn(rd, x);
	return 0;
}

void nft_expr_read(const struct nftnl_rule *r, struct nft_effect *e)
{
	struct reader rd = {
		.e = e,
		.family = nftnl_rule_get_u32(r, NFTNL_RULE_FAMILY),
	};

	memset(e, 0, sizeof(*e));
	nftnl_expr_foreach((struct nftnl_rule *)r, read_one, &rd);
}
