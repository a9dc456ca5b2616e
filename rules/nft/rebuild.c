// SPDX-License-Identifier: GPL-2.0-or-later
/* rebuild: a rule of nft's -> the entry of xtables that says the same, to be rendered. */
#include "rules/nft/rebuild.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_limit.h>

#include "rules/base/family.h"
#include "rules/base/ip_part.h"
#include "rules/base/units.h"
#include "rules/nft/rebuilt.h"

/* What was loaded into the register, to be compared next. */
enum loaded {
	LOADED_NOTHING, LOADED_IN, LOADED_OUT, LOADED_PROTO, LOADED_SOURCE, LOADED_DEST,
	LOADED_FRAGMENT, LOADED_MARK, LOADED_SPORT, LOADED_DPORT, LOADED_BOTH_PORTS,
	LOADED_FLAGS,
};

struct rebuilder {
	const struct family *f;
	struct rebuilt *e;
	uint8_t field;		/* enum loaded */
	uint32_t len;		/* bytes of it */
	const unsigned char *mask;	/* NULL: all of it */
};

/* With its NUL it is the name, else the beginning of names. */
static void set_interface(struct rebuilder *b, char *name, unsigned char *mask,
			  const unsigned char *data, uint32_t len)
{
	static const char never[] = "INVAL/D";	/* what "! -i +" becomes */

	if (len > IFNAMSIZ || !len || memcmp(data, never, len < sizeof(never) ?
					     len : sizeof(never)) == 0) {
		b->e->full = true;
		return;
	}
	memcpy(name, data, len);
	memset(mask, 0xff, len);
}

static void set_address(struct rebuilder *b, unsigned char *addr,
			unsigned char *mask, const unsigned char *data)
{
	memcpy(addr, data, b->len);
	if (b->mask)
		memcpy(mask, b->mask, b->len);
	else
		memset(mask, 0xff, b->len);
}

static uint16_t port(const unsigned char *data)
{
	return (uint16_t)(data[0] << 8 | data[1]);
}

static const uint8_t inversion[] = {
	[LOADED_IN] = IP_PART_INV_IN, [LOADED_OUT] = IP_PART_INV_OUT,
	[LOADED_PROTO] = IP_PART_INV_PROTO, [LOADED_SOURCE] = IP_PART_INV_SRC,
	[LOADED_DEST] = IP_PART_INV_DST, [LOADED_FRAGMENT] = IP_PART_INV_FRAG,
};

static void compare_ip(struct rebuilder *b, const unsigned char *data,
		       uint32_t len, bool inverted)
{
	struct ip_part ip;

	ip_part_read(b->f, b->e->bytes, &ip);
	switch (b->field) {
	case LOADED_IN:
		set_interface(b, ip.in, ip.in_mask, data, len);
		break;
	case LOADED_OUT:
		set_interface(b, ip.out, ip.out_mask, data, len);
		break;
	case LOADED_PROTO:
		ip.proto = data[0];
		b->e->proto = inverted ? 0 : data[0];
		break;
	case LOADED_SOURCE:
		set_address(b, ip.src, ip.src_mask, data);
		break;
	case LOADED_DEST:
		set_address(b, ip.dst, ip.dst_mask, data);
		break;
	case LOADED_FRAGMENT:
		/* An offset that is 0 is no later fragment. */
		ip.fragment = true;
		inverted = !inverted;
		break;
	}
	if (inverted)
		ip.inv |= inversion[b->field];
	ip_part_write(b->f, b->e->bytes, &ip, ip.proto != 0);
}

static void compare(struct rebuilder *b, const unsigned char *data,
		    uint32_t len, bool inverted)
{
	switch (b->field) {
	case LOADED_MARK:
		rebuilt_mark(b->e, data, b->mask, inverted);
		break;
	case LOADED_SPORT:
	case LOADED_DPORT:
		rebuilt_ports(b->e, b->field == LOADED_SPORT, port(data), port(data), inverted);
		break;
	case LOADED_BOTH_PORTS:
		rebuilt_ports(b->e, true, port(data), port(data), inverted);
		rebuilt_ports(b->e, false, port(data + 2), port(data + 2), inverted);
		break;
	case LOADED_FLAGS:
		rebuilt_flags(b->e, b->mask ? *b->mask : UINT8_MAX, data[0],
			      inverted);
		break;
	default:
		compare_ip(b, data, len, inverted);
	}
	b->field = LOADED_NOTHING;
}

static void load_register(struct rebuilder *b, uint8_t field, uint32_t len)
{
	b->field = field;
	b->len = len;
	b->mask = NULL;
}

static void on_meta(struct rebuilder *b, const struct nftnl_expr *x)
{
	/* -j TRACE */
	if (nftnl_expr_is_set(x, NFTNL_EXPR_META_SREG)) {
		b->e->jump = "TRACE";
		return;
	}
	switch (nftnl_expr_get_u32(x, NFTNL_EXPR_META_KEY)) {
	case NFT_META_IIFNAME:
		load_register(b, LOADED_IN, IFNAMSIZ);
		break;
	case NFT_META_OIFNAME:
		load_register(b, LOADED_OUT, IFNAMSIZ);
		break;
	case NFT_META_L4PROTO:
		load_register(b, LOADED_PROTO, 1);
		break;
	case NFT_META_MARK:
		load_register(b, LOADED_MARK, 4);
		break;
	}
}

static void on_payload(struct rebuilder *b, const struct nftnl_expr *x)
{
	uint32_t base = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_BASE);
	uint32_t at = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_OFFSET);
	uint32_t len = nftnl_expr_get_u32(x, NFTNL_EXPR_PAYLOAD_LEN);
	bool v4 = b->f->nfproto == NFPROTO_IPV4;

	if (base == NFT_PAYLOAD_TRANSPORT_HEADER)
		load_register(b, at == 13 ? LOADED_FLAGS : len == 4 ? LOADED_BOTH_PORTS :
			      at ? LOADED_DPORT : LOADED_SPORT, len);
	else if (v4 && at == 9)
		load_register(b, LOADED_PROTO, len);
	else if (v4 && at == 6)
		load_register(b, LOADED_FRAGMENT, len);
	else
		load_register(b, at == (v4 ? 12 : 8) ? LOADED_SOURCE : LOADED_DEST, len);
}

static void on_bitwise(struct rebuilder *b, const struct nftnl_expr *x)
{
	uint32_t len;

	b->mask = nftnl_expr_get(x, NFTNL_EXPR_BITWISE_MASK, &len);
}

static void on_cmp(struct rebuilder *b, const struct nftnl_expr *x)
{
	uint32_t len;
	const unsigned char *data = nftnl_expr_get(x, NFTNL_EXPR_CMP_DATA, &len);

	compare(b, data, len, nftnl_expr_get_u32(x, NFTNL_EXPR_CMP_OP) ==
			      NFT_CMP_NEQ);
}

static void on_range(struct rebuilder *b, const struct nftnl_expr *x)
{
	uint32_t len;
	const unsigned char *from = nftnl_expr_get(
		x, NFTNL_EXPR_RANGE_FROM_DATA, &len);
	const unsigned char *to = nftnl_expr_get(
		x, NFTNL_EXPR_RANGE_TO_DATA, &len);

	if (!from || !to)
		b->e->full = true;
	else
		rebuilt_ports(b->e, b->field == LOADED_SPORT, port(from), port(to),
			  nftnl_expr_get_u32(x, NFTNL_EXPR_RANGE_OP) ==
			  NFT_RANGE_NEQ);
	b->field = LOADED_NOTHING;
}

static void on_immediate(struct rebuilder *b, const struct nftnl_expr *x)
{
	static const struct {
		int verdict;
		const char *word;
	} words[] = {
		{ NF_ACCEPT, "ACCEPT" }, { NF_DROP, "DROP" },
		{ NFT_RETURN, "RETURN" },
	};
	int verdict = (int)nftnl_expr_get_u32(x, NFTNL_EXPR_IMM_VERDICT);

	/* Else it is the 1 of -j TRACE. */
	if (!nftnl_expr_is_set(x, NFTNL_EXPR_IMM_VERDICT))
		return;
	b->e->jump = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].verdict == verdict)
			b->e->jump = words[i].word;
	if (verdict == NFT_JUMP || verdict == NFT_GOTO)
		b->e->jump = nftnl_expr_get_str(x, NFTNL_EXPR_IMM_CHAIN);
	if (verdict == NFT_GOTO)
		b->e->bytes[b->f->flags_offset] |= b->f->flag_goto;
	b->e->full |= !b->e->jump;
}

/* struct xt_rateinfo: ten-thousandths of a second between two packets. */
static void on_limit(struct rebuilder *b, const struct nftnl_expr *x)
{
	uint64_t rate = nftnl_expr_get_u64(x, NFTNL_EXPR_LIMIT_RATE);
	uint64_t unit = nftnl_expr_get_u64(x, NFTNL_EXPR_LIMIT_UNIT);
	struct xt_rateinfo *r = rebuilt_match(b->e, "limit", 0, sizeof(*r));

	if (!r || !rate) {
		b->e->full = true;
		return;
	}
	r->avg = (uint32_t)(XT_LIMIT_SCALE * unit / rate);
	r->burst = nftnl_expr_get_u32(x, NFTNL_EXPR_LIMIT_BURST);
}

static void on_log(struct rebuilder *b, const struct nftnl_expr *x)
{
	struct xt_nflog_info *n = rebuilt_target(b->e, b->f, "NFLOG", 0,
						  sizeof(*n));

	if (!n)
		return;
	n->len = nftnl_expr_get_u32(x, NFTNL_EXPR_LOG_SNAPLEN);
	if (n->len)
		n->flags |= XT_NFLOG_F_COPY_LEN;
	n->group = nftnl_expr_get_u16(x, NFTNL_EXPR_LOG_GROUP);
	n->threshold = nftnl_expr_get_u16(x, NFTNL_EXPR_LOG_QTHRESHOLD);
	if (nftnl_expr_is_set(x, NFTNL_EXPR_LOG_PREFIX))
		snprintf(n->prefix, sizeof(n->prefix), "%s",
			 nftnl_expr_get_str(x, NFTNL_EXPR_LOG_PREFIX));
	b->e->jump = NULL;
}

static void on_match(struct rebuilder *b, const struct nftnl_expr *x)
{
	uint32_t len = 0;
	const void *info = nftnl_expr_get(x, NFTNL_EXPR_MT_INFO, &len);
	void *data = rebuilt_match(b->e, nftnl_expr_get_str(x, NFTNL_EXPR_MT_NAME),
				   (uint8_t)nftnl_expr_get_u32(
					   x, NFTNL_EXPR_MT_REV), len);

	if (data && info)
		memcpy(data, info, len);
}

static void on_target(struct rebuilder *b, const struct nftnl_expr *x)
{
	uint32_t len = 0;
	const void *info = nftnl_expr_get(x, NFTNL_EXPR_TG_INFO, &len);
	void *data = rebuilt_target(b->e, b->f,
				    nftnl_expr_get_str(x, NFTNL_EXPR_TG_NAME),
				    (uint8_t)nftnl_expr_get_u32(
					    x, NFTNL_EXPR_TG_REV), len);

	b->e->jump = NULL;
	if (data && info)
		memcpy(data, info, len);
}

static int on_expression(struct nftnl_expr *x, void *arg)
{
	static const struct {
		const char *name;
		void (*fn)(struct rebuilder *b, const struct nftnl_expr *x);
	} readers[] = {
		{ "bitwise", on_bitwise }, { "cmp", on_cmp },
		{ "immediate", on_immediate }, { "limit", on_limit },
		{ "log", on_log }, { "match", on_match }, { "meta", on_meta },
		{ "payload", on_payload }, { "range", on_range },
		{ "target", on_target },
	};
	const char *name = nftnl_expr_get_str(x, NFTNL_EXPR_NAME);

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (strcmp(readers[i].name, name) == 0)
			readers[i].fn(arg, x);
	return 0;
}

static void begin_rebuild(struct rebuilder *b, const struct family *f,
			  struct rebuilt *e)
{
	*b = (struct rebuilder){ .f = f, .e = e };
	rebuilt_begin(e, f);
}

bool rebuild_rule(const struct family *f, const struct nftnl_rule *r,
		  struct rebuilt *e)
{
	struct rebuilder b;

	begin_rebuild(&b, f, e);
	/* A comment of nft's own, for which there are no words here. */
	if (nftnl_rule_is_set(r, NFTNL_RULE_USERDATA))
		return false;
	nftnl_expr_foreach((struct nftnl_rule *)r, on_expression, &b);
	return rebuilt_end(e, f);
}

bool rebuild_extension(const struct family *f, const struct nftnl_expr *x,
		       uint8_t proto, struct rebuilt *e)
{
	struct rebuilder b;

	begin_rebuild(&b, f, e);
	load_register(&b, LOADED_PROTO, 1);
	if (proto)
		compare(&b, &proto, 1, false);
	on_expression((struct nftnl_expr *)x, &b);
	return rebuilt_end(e, f);
}

static int find_proto(struct nftnl_expr *x, void *arg)
{
	struct rebuilder *b = arg;
	const char *name = nftnl_expr_get_str(x, NFTNL_EXPR_NAME);

	if (strcmp(name, "meta") == 0)
		on_meta(b, x);
	else if (strcmp(name, "cmp") != 0)
		b->field = LOADED_NOTHING;
	else if (b->field == LOADED_PROTO)
		on_cmp(b, x);
	return 0;
}

uint8_t rebuild_proto(const struct nftnl_rule *r)
{
	static struct rebuilt e;
	struct rebuilder b;

	begin_rebuild(&b, &family_ipv4, &e);
	nftnl_expr_foreach((struct nftnl_rule *)r, find_proto, &b);
	return e.proto;
}
