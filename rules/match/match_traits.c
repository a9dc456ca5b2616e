// SPDX-License-Identifier: GPL-2.0-or-later
/* match_traits: what a parsed expression is, beyond its bytes; see enum match_trait. */
#include "rules/match/match_traits.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_connlabel.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_devgroup.h>
#include <linux/netfilter/xt_physdev.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_socket.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>

#include "rules/base/family.h"
#include "rules/base/ip_part.h"
#include "rules/base/rule_set.h"
#include "rules/base/units.h"

typedef uint32_t trait_fn(const struct family *f, const void *info,
			  uint8_t revision, char *effect, size_t size);

static uint32_t of_state(const struct family *f, const void *info,
			 uint8_t revision, char *effect, size_t size)
{
	const struct xt_state_info *s = info;

	(void)f, (void)revision, (void)effect, (void)size;
	/* Without an entry every packet is INVALID (xt_conntrack.c, conntrack_mt). */
	return s->statemask & ~(XT_STATE_INVALID | XT_STATE_UNTRACKED) ?
		MATCH_CONNTRACK : 0;
}

static uint32_t of_conntrack(const struct family *f, const void *info,
			     uint8_t revision, char *effect, size_t size)
{
	const struct xt_conntrack_mtinfo3 *c = info;
	uint16_t only_state = c->match_flags == XT_CONNTRACK_STATE;

	(void)f, (void)effect, (void)size;
	if (revision < 3)
		return MATCH_CONNTRACK;
	return only_state && !(c->state_mask & ~(XT_CONNTRACK_STATE_INVALID |
			       XT_CONNTRACK_STATE_UNTRACKED)) ?
		0 : MATCH_CONNTRACK;
}

static uint32_t of_connbytes(const struct family *f, const void *info,
			     uint8_t revision, char *effect, size_t size)
{
	(void)f, (void)info, (void)revision;
	snprintf(effect, size, "connbytes turns conntrack's accounting on");
	return MATCH_CONNTRACK | MATCH_SIDE_EFFECT;
}

static uint32_t of_connlabel(const struct family *f, const void *info,
			     uint8_t revision, char *effect, size_t size)
{
	const struct xt_connlabel_mtinfo *c = info;

	(void)f, (void)revision;
	if (!(c->options & XT_CONNLABEL_OP_SET))
		return MATCH_CONNTRACK;
	snprintf(effect, size, "connlabel --set labels connections");
	return MATCH_CONNTRACK | MATCH_SIDE_EFFECT;
}

static uint32_t of_recent(const struct family *f, const void *info,
			  uint8_t revision, char *effect, size_t size)
{
	const struct xt_recent_mtinfo *r = info;
	const char *word;

	(void)f, (void)revision;
	if (r->check_set & XT_RECENT_SET)
		word = "--set adds addresses to";
	else if (r->check_set & XT_RECENT_UPDATE)
		word = "--update changes";
	else if (r->check_set & XT_RECENT_REMOVE)
		word = "--remove takes addresses from";
	else if (r->check_set & XT_RECENT_REAP)
		word = "--reap takes addresses from";
	else
		return 0;
	snprintf(effect, size, "%s the recent list \"%.*s\"", word,
		 XT_RECENT_NAME_LEN, r->name);
	return MATCH_SIDE_EFFECT;
}

static uint32_t of_hashlimit(const struct family *f, const void *info,
			     uint8_t revision, char *effect, size_t size)
{
	/* The name comes first in every revision (xt_hashlimit.h). */
	const char *name = info;
	char path[320];

	(void)revision;
	snprintf(path, sizeof(path), "/proc/net/%s_hashlimit/%.255s",
		 f == &family_ipv4 ? "ipt" : "ip6t", name);
	if (strchr(name, '/') || access(path, F_OK) < 0)
		return 0;
	snprintf(effect, size, "the hashlimit table \"%.200s\" is in use, "
		 "and its buckets would be shared", name);
	return MATCH_SIDE_EFFECT;
}

static uint32_t of_nfacct(const struct family *f, const void *info,
			  uint8_t revision, char *effect, size_t size)
{
	(void)f, (void)info, (void)revision;
	snprintf(effect, size, "nfacct counts in an accounting object");
	return MATCH_SIDE_EFFECT;
}

static uint32_t of_socket(const struct family *f, const void *info,
			  uint8_t revision, char *effect, size_t size)
{
	const struct xt_socket_mtinfo3 *s = info;

	(void)f;
	if (revision < 3 || !(s->flags & XT_SOCKET_RESTORESKMARK))
		return MATCH_ONLY_PRE;
	snprintf(effect, size, "--restore-skmark changes the packet's mark");
	return MATCH_ONLY_PRE | MATCH_SIDE_EFFECT;
}

static uint32_t of_addrtype(const struct family *f, const void *info,
			    uint8_t revision, char *effect, size_t size)
{
	const struct xt_addrtype_info_v1 *a = info;
	uint32_t traits = 0;

	(void)f, (void)effect, (void)size;
	if (revision < 1)
		return 0;
	if (a->flags & XT_ADDRTYPE_LIMIT_IFACE_IN)
		traits |= MATCH_ONLY_PRE;
	if (a->flags & XT_ADDRTYPE_LIMIT_IFACE_OUT)
		traits |= MATCH_ONLY_OUT;
	return traits;
}

static uint32_t of_devgroup(const struct family *f, const void *info,
			    uint8_t revision, char *effect, size_t size)
{
	const struct xt_devgroup_info *d = info;

	(void)f, (void)revision, (void)effect, (void)size;
	return (d->flags & XT_DEVGROUP_MATCH_SRC ? MATCH_ONLY_PRE : 0) |
	       (d->flags & XT_DEVGROUP_MATCH_DST ? MATCH_ONLY_OUT : 0);
}

static uint32_t of_policy(const struct family *f, const void *info,
			  uint8_t revision, char *effect, size_t size)
{
	const struct xt_policy_info *p = info;

	(void)f, (void)revision, (void)effect, (void)size;
	return p->flags & XT_POLICY_MATCH_IN ? MATCH_ONLY_PRE
					     : MATCH_ONLY_OUT;
}

static uint32_t of_physdev(const struct family *f, const void *info,
			   uint8_t revision, char *effect, size_t size)
{
	const struct xt_physdev_info *p = info;
	bool bridged = p->bitmask & XT_PHYSDEV_OP_BRIDGED &&
		       !(p->invert & XT_PHYSDEV_OP_BRIDGED);

	(void)f, (void)revision, (void)effect, (void)size;
	/* physdev_mt_check() in xt_physdev.c */
	return p->bitmask & (XT_PHYSDEV_OP_OUT | XT_PHYSDEV_OP_ISOUT) &&
	       !bridged ? MATCH_ONLY_PRE : 0;
}

static bool is_upside_down(const uint16_t ports[2], bool inverted)
{
	return ports[0] > ports[1] && !inverted;
}

static uint32_t of_tcp(const struct family *f, const void *info,
		       uint8_t revision, char *effect, size_t size)
{
	const struct xt_tcp *t = info;

	(void)f, (void)revision, (void)effect, (void)size;
	return is_upside_down(t->spts, t->invflags & XT_TCP_INV_SRCPT) ||
	       is_upside_down(t->dpts, t->invflags & XT_TCP_INV_DSTPT) ?
		MATCH_NOTHING : 0;
}

static uint32_t of_udp(const struct family *f, const void *info,
		       uint8_t revision, char *effect, size_t size)
{
	const struct xt_udp *u = info;

	(void)f, (void)revision, (void)effect, (void)size;
	return is_upside_down(u->spts, u->invflags & XT_UDP_INV_SRCPT) ||
	       is_upside_down(u->dpts, u->invflags & XT_UDP_INV_DSTPT) ?
		MATCH_NOTHING : 0;
}

static const struct {
	const char *name;
	trait_fn *fn;		/* or, when NULL: */
	uint32_t traits;
} rows[] = {
	{ "addrtype", of_addrtype, 0 },
	{ "cgroup", NULL, MATCH_ONLY_OUT },
	{ "connbytes", of_connbytes, 0 },
	{ "connlabel", of_connlabel, 0 },
	{ "connlimit", NULL, MATCH_CONNTRACK },
	{ "connmark", NULL, MATCH_CONNTRACK },
	{ "conntrack", of_conntrack, 0 },
	{ "devgroup", of_devgroup, 0 },
	{ "eui64", NULL, MATCH_ONLY_PRE },
	{ "frag", NULL, MATCH_FRAGMENT },
	{ "hashlimit", of_hashlimit, 0 },
	{ "helper", NULL, MATCH_CONNTRACK },
	{ "mac", NULL, MATCH_ONLY_PRE },
	{ "nfacct", of_nfacct, 0 },
	{ "osf", NULL, MATCH_ONLY_PRE },
	{ "owner", NULL, MATCH_ONLY_OUT },
	{ "physdev", of_physdev, 0 },
	{ "policy", of_policy, 0 },
	{ "realm", NULL, MATCH_ONLY_OUT },
	{ "recent", of_recent, 0 },
	{ "rpfilter", NULL, MATCH_ONLY_PRE },
	{ "socket", of_socket, 0 },
	{ "state", of_state, 0 },
	{ "tcp", of_tcp, 0 },
	{ "udp", of_udp, 0 },
};

/*
 * What the kernel looks at no more than the parser has: any values are good.  Of
 * "-m bpf" the words of tcpdump's are: libpcap has made the program.
 */
static const char *const sure[] = {
	"addrtype", "ah", "comment", "conntrack", "dscp", "ecn", "esp", "frag",
	"hl", "icmp", "icmp6", "iprange", "length", "limit", "mac", "mark",
	"multiport", "owner", "pkttype", "sctp", "state", "tcp", "time", "tos",
	"ttl", "udp",
};

bool match_traits_is_sure(const struct xt_entry_match *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(sure); i++)
		if (strcmp(sure[i], m->u.user.name) == 0)
			return true;
	return false;
}

unsigned int match_traits_chains(uint32_t traits)
{
	unsigned int can = TRACE_BOTH;

	if (traits & (MATCH_IN | MATCH_ONLY_PRE))
		can &= TRACE_PREROUTING;
	if (traits & (MATCH_OUT | MATCH_ONLY_OUT))
		can &= TRACE_OUTPUT;
	return can;
}

uint32_t match_traits_of_match(const struct family *f,
			       const struct xt_entry_match *m, char *effect,
			       size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].name, m->u.user.name) != 0)
			continue;
		return rows[i].fn ? rows[i].fn(f, m->data, m->u.user.revision,
					       effect, size) : rows[i].traits;
	}
	return 0;
}

/* "! -s 0.0.0.0/0": what remains is nothing. */
static bool excludes_all(const void *mask, size_t len, bool inverted)
{
	static const unsigned char zero[sizeof(struct in6_addr)];

	return inverted && memcmp(mask, zero, len) == 0;
}

uint32_t match_traits_of_ip(const struct family *f, const void *entry)
{
	struct ip_part p;
	uint32_t traits = 0;

	ip_part_read(f, entry, &p);
	if (p.in_mask[0])
		traits |= MATCH_IN;
	if (p.out_mask[0])
		traits |= MATCH_OUT;
	if (p.fragment && !(p.inv & IP_PART_INV_FRAG))
		traits |= MATCH_FRAGMENT;
	if (excludes_all(p.src_mask, f->addr_len, p.inv & IP_PART_INV_SRC) ||
	    excludes_all(p.dst_mask, f->addr_len, p.inv & IP_PART_INV_DST) ||
	    (!p.in_mask[0] && p.inv & IP_PART_INV_IN) ||
	    (!p.out_mask[0] && p.inv & IP_PART_INV_OUT))
		traits |= MATCH_NOTHING;
	return traits;
}

static bool is_zero(const unsigned char *mask, size_t len)
{
	while (len && mask[len - 1] == 0)
		len--;
	return len == 0;
}

bool match_traits_ip_is_open(const struct family *f, const void *entry)
{
	struct ip_part p;

	ip_part_read(f, entry, &p);
	return is_zero(p.src_mask, f->addr_len) &&
	       is_zero(p.dst_mask, f->addr_len) && !p.in_mask[0] &&
	       !p.out_mask[0] && !p.proto && !p.fragment && !p.inv;
}
