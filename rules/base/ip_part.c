// SPDX-License-Identifier: GPL-2.0-or-later
/* ip_part: the part of an entry that every family has, in one form for both. */
#include "rules/base/ip_part.h"

#include <netinet/in.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "rules/base/family.h"

_Static_assert(IP_PART_INV_IN == IPT_INV_VIA_IN &&
	       IP_PART_INV_OUT == IPT_INV_VIA_OUT &&
	       IP_PART_INV_SRC == IPT_INV_SRCIP &&
	       IP_PART_INV_DST == IPT_INV_DSTIP &&
	       IP_PART_INV_FRAG == IPT_INV_FRAG &&
	       IP_PART_INV_PROTO == IP6T_INV_PROTO, "ip_tables.h");

static void read_ipv4(void *entry, struct ip_part *p)
{
	struct ipt_ip *ip = entry;

	*p = (struct ip_part) {
		.src = &ip->src, .src_mask = &ip->smsk,
		.dst = &ip->dst, .dst_mask = &ip->dmsk,
		.in = ip->iniface, .in_mask = ip->iniface_mask,
		.out = ip->outiface, .out_mask = ip->outiface_mask,
		.proto = ip->proto,
		.inv = ip->invflags,
		.fragment = ip->flags & IPT_F_FRAG,
		.jump_goto = ip->flags & IPT_F_GOTO,
	};
}

static void read_ipv6(void *entry, struct ip_part *p)
{
	struct ip6t_ip6 *ip = entry;

	*p = (struct ip_part) {
		.src = &ip->src, .src_mask = &ip->smsk,
		.dst = &ip->dst, .dst_mask = &ip->dmsk,
		.in = ip->iniface, .in_mask = ip->iniface_mask,
		.out = ip->outiface, .out_mask = ip->outiface_mask,
		.proto = ip->proto,
		.inv = ip->invflags,
		.jump_goto = ip->flags & IP6T_F_GOTO,
	};
}

static void write_ipv4(void *entry, const struct ip_part *p, bool has_proto)
{
	struct ipt_ip *ip = entry;

	(void)has_proto;
	ip->proto = p->proto;
	ip->invflags = p->inv;
	if (p->fragment)
		ip->flags |= IPT_F_FRAG;
}

static void write_ipv6(void *entry, const struct ip_part *p, bool has_proto)
{
	struct ip6t_ip6 *ip = entry;

	ip->proto = p->proto;
	ip->invflags = p->inv;
	if (has_proto)
		ip->flags |= IP6T_F_PROTO;
}

static const struct {
	void (*read)(void *entry, struct ip_part *p);
	void (*write)(void *entry, const struct ip_part *p, bool has_proto);
} ops[FAMILY_COUNT] = {
	{ read_ipv4, write_ipv4 },
	{ read_ipv6, write_ipv6 },
};

void ip_part_read(const struct family *f, const void *entry, struct ip_part *p)
{
	ops[family_index(f)].read((void *)entry, p);
}

void ip_part_write(const struct family *f, void *entry,
		   const struct ip_part *p, bool has_proto)
{
	ops[family_index(f)].write(entry, p, has_proto);
}
