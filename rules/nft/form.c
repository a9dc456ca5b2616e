// SPDX-License-Identifier: GPL-2.0-or-later
/* form: tells rules in the forms that iptables-nft writes from all others. */
#include "rules/nft/form.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "rules/base/units.h"

/* What of a packet was loaded into the register, to be compared next. */
enum field {
	NOTHING, IN, OUT, PROTO, SOURCE, DEST, FRAGMENT, MARK, PORTS, FLAGS,
};

/* One rule, gone through from its first expression to its last. */
struct form {
	uint32_t family;
	uint32_t seen;		/* 1 << enum field; each may come once */
	uint8_t field;		/* enum field, or NOTHING */
	uint8_t bits_done;	/* of PORTS: 1 sport, 2 dport */
	uint32_t reg, len;
	bool masked;		/* a bitwise stands between load and compare */
	uint8_t proto;		/* compared for equality, or 0 */
	unsigned int counters;
	bool trace_value;	/* 1 was loaded for meta nftrace set */
	bool ended;		/* a verdict or target: nothing may follow */
};

static bool begin(struct form *f, uint8_t field, uint32_t reg, uint32_t len)
{
	bool again = f->seen & (1u << field);

	if (f->field != NOTHING || again || f->counters)
		return false;
	f->field = field;
	f->reg = reg;
	f->len = len;
	f->masked = false;
	/* Source and destination port are two fields of one kind. */
	if (field != PORTS)
		f->seen |= 1u << field;
	return true;
}

static bool check_network(struct form *f, uint32_t reg, uint32_t offset,
			  uint32_t len)
{
	bool v4 = f->family == NFPROTO_IPV4;
	uint32_t size = v4 ? 4 : 16, source = v4 ? 12 : 8;

	if (v4 && offset == 9 && len == 1)
		return begin(f, PROTO, reg, 1);
	if (v4 && offset == 6 && len == 2)
		return begin(f, FRAGMENT, reg, 2);
	if (len > size)
		return false;
	if (offset == source)
		return begin(f, SOURCE, reg, len);
	return offset == source + size && begin(f, DEST, reg, len);
}

static bool check_transport(struct form *f, uint32_t reg, uint32_t offset,
			    uint32_t len)
{
	uint8_t bits = len == 4 ? 3 : offset == 0 ? 1 : 2;

	if (f->proto == IPPROTO_TCP && offset == 13 && len == 1)
		return begin(f, FLAGS, reg, 1);
	if (f->proto != IPPROTO_TCP && f->proto != IPPROTO_UDP)
		return false;
	if (offset + len > 4 || offset % 2 || len % 2 || f->bits_done & bits)
		return false;
	f->bits_done |= bits;
	return begin(f, PORTS, reg, len);
}

static bool check_payload(struct form *f, const struct nftnl_expr *x)
{
	uint32_t reg = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_DREG);
	uint32_t offset = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_OFFSET);
	uint32_t len = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_LEN);

	if (!nftnl_expr_is_set(x, NFTNL_EXPR_PAYLOAD_DREG))
		return false;
	switch (nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_BASE)) {
	case NFT_PAYLOAD_NETWORK_HEADER:
		return check_network(f, reg, offset, len);
	case NFT_PAYLOAD_TRANSPORT_HEADER:
		return check_transport(f, reg, offset, len);
	default:
		return false;
	}
}

static bool check_meta(struct form *f, const struct nftnl_expr *x)
{
	uint32_t key = nftnl_expr_get_u32(x, NFTNL_EXPR_META_KEY), reg;

	if (nftnl_expr_is_set(x, NFTNL_EXPR_META_SREG)) {
		/* -j TRACE */
		f->ended = true;
		return key == NFT_META_NFTRACE && f->trace_value;
	}
	reg = nftnl_expr_get_u32(x, NFTNL_EXPR_META_DREG);
	switch (key) {
	case NFT_META_IIFNAME:
		return begin(f, IN, reg, IFNAMSIZ);
	case NFT_META_OIFNAME:
		return begin(f, OUT, reg, IFNAMSIZ);
	case NFT_META_L4PROTO:
		return begin(f, PROTO, reg, 1);
	case NFT_META_MARK:
		return begin(f, MARK, reg, 4);
	default:
		return false;
	}
}

static bool all_zero(const unsigned char *p, uint32_t len)
{
	while (len)
		if (p[--len])
			return false;
	return true;
}

static bool check_bitwise(struct form *f, const struct nftnl_expr *x)
{
	uint32_t len, xor_len;
	const unsigned char *mask =
		nftnl_expr_get(x, NFTNL_EXPR_BITWISE_MASK, &len);
	const unsigned char *xor =
		nftnl_expr_get(x, NFTNL_EXPR_BITWISE_XOR, &xor_len);
	uint16_t offset_bits = htons(0x1fff);

	if (f->masked || !mask || !xor || len != f->len ||
	    !all_zero(xor, xor_len) ||
	    nftnl_expr_get_u32(x, NFTNL_EXPR_BITWISE_SREG) != f->reg)
		return false;
	f->reg = nftnl_expr_get_u32(x, NFTNL_EXPR_BITWISE_DREG);
	f->masked = true;
	switch (f->field) {
	case SOURCE:
	case DEST:
	case MARK:
	case FLAGS:
		return true;
	case FRAGMENT:
		return memcmp(mask, &offset_bits, 2) == 0;
	default:
		return false;
	}
}

static bool check_cmp(struct form *f, const struct nftnl_expr *x)
{
	uint32_t op = nftnl_expr_get_u32(x, NFTNL_EXPR_CMP_OP), len;
	const unsigned char *data =
		nftnl_expr_get(x, NFTNL_EXPR_CMP_DATA, &len);
	uint8_t field = f->field;
	bool name = field == IN || field == OUT;

	if (field == NOTHING || !data || (op != NFT_CMP_EQ && op != NFT_CMP_NEQ) ||
	    nftnl_expr_get_u32(x, NFTNL_EXPR_CMP_SREG) != f->reg)
		return false;
	if (name ? len > f->len : len != f->len)
		return false;
	f->field = NOTHING;
	if (field == PROTO && op == NFT_CMP_EQ)
		f->proto = data[0];
	if (field == FRAGMENT || field == FLAGS)
		return f->masked && (field == FLAGS || all_zero(data, len));
	return true;
}

static bool check_range(struct form *f, const struct nftnl_expr *x)
{
	bool ok = f->field == PORTS && f->len == 2 &&
		nftnl_expr_get_u32(x, NFTNL_EXPR_RANGE_SREG) == f->reg;

	f->field = NOTHING;
	return ok;
}

static bool check_immediate(struct form *f, const struct nftnl_expr *x)
{
	uint32_t len;
	const unsigned char *data;

	if (nftnl_expr_is_set(x, NFTNL_EXPR_IMM_VERDICT)) {
		f->ended = true;
		return true;
	}
	data = nftnl_expr_get(x, NFTNL_EXPR_IMM_DATA, &len);
	f->trace_value = data && len && data[0] == 1;
	return f->trace_value;
}

static bool check_match(struct form *f, const struct nftnl_expr *x)
{
	(void)x;
	return f->field == NOTHING && !f->counters;
}

static bool check_target(struct form *f, const struct nftnl_expr *x)
{
	(void)x;
	f->ended = true;
	return f->field == NOTHING;
}

static bool check_limit(struct form *f, const struct nftnl_expr *x)
{
	uint64_t unit = nftnl_expr_get_u64(x, NFTNL_EXPR_LIMIT_UNIT);

	return check_match(f, x) &&
	       nftnl_expr_get_u32(x, NFTNL_EXPR_LIMIT_TYPE) ==
	       NFT_LIMIT_PKTS &&
	       nftnl_expr_get_u32(x, NFTNL_EXPR_LIMIT_FLAGS) == 0 &&
	       (unit == 1 || unit == 60 || unit == 3600 || unit == 86400);
}

/* -j NFLOG */
static bool check_log(struct form *f, const struct nftnl_expr *x)
{
	f->ended = true;
	return f->field == NOTHING &&
	       nftnl_expr_is_set(x, NFTNL_EXPR_LOG_GROUP) &&
	       !nftnl_expr_is_set(x, NFTNL_EXPR_LOG_LEVEL);
}

static bool check_counter(struct form *f, const struct nftnl_expr *x)
{
	(void)x;
	return f->field == NOTHING && f->counters++ == 0;
}

struct check {
	struct form form;
	bool ok;
};

static int check_one(struct nftnl_expr *x, void *arg)
{
	static const struct {
		const char *name;
		bool (*fn)(struct form *f, const struct nftnl_expr *x);
	} checks[] = {
		{ "bitwise", check_bitwise }, { "cmp", check_cmp },
		{ "counter", check_counter }, { "immediate", check_immediate },
		{ "limit", check_limit }, { "log", check_log },
		{ "match", check_match }, { "meta", check_meta },
		{ "payload", check_payload }, { "range", check_range },
		{ "target", check_target },
	};
	const char *name = nftnl_expr_get_str(x, NFTNL_EXPR_NAME);
	struct check *c = arg;
	bool ok = false;

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (!c->form.ended && strcmp(checks[i].name, name) == 0)
			ok = checks[i].fn(&c->form, x);
	c->ok = c->ok && ok;
	return 0;
}

bool nft_expr_is_iptables(const struct nftnl_rule *r)
{
	struct check c = {
		.form.family = nftnl_rule_get_u32(r, NFTNL_RULE_FAMILY),
		.ok = true,
	};

	nftnl_expr_foreach((struct nftnl_rule *)r, check_one, &c);
	return c.ok && c.form.field == NOTHING && c.form.counters == 1;
}
