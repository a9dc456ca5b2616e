// SPDX-License-Identifier: GPL-2.0-or-later
/* family: the two address families over libip4tc and libip6tc. */
#include "family.h"

#include <errno.h>
#include <sys/socket.h>

#include <libiptc/libip6tc.h>
#include <libiptc/libiptc.h>
#include <netinet/in.h>

/* libiptc answers 1/0 and leaves the reason in errno. */
static int turn_round(int ok)
{
	if (ok)
		return 0;
	return errno ? -errno : -EIO;
}

/* libip4tc and libip6tc are the same functions under two prefixes. */
#define DEFINE_TC_OPS(pfx)							\
static const void *pfx##_first(const char *chain, struct xtc_handle *h)\
{									\
	return pfx##_first_rule(chain, h);				\
}									\
static const void *pfx##_next(const void *prev, struct xtc_handle *h)	\
{									\
	return pfx##_next_rule(prev, h);				\
}									\
static int pfx##_insert(const char *chain, const void *entry,		\
			unsigned int pos, struct xtc_handle *h)		\
{									\
	return turn_round(pfx##_insert_entry(chain, entry, pos, h));	\
}									\
static int pfx##_replace(const char *chain, const void *entry,		\
			 unsigned int pos, struct xtc_handle *h)	\
{									\
	return turn_round(pfx##_replace_entry(chain, entry, pos, h));	\
}									\
static int pfx##_delete(const char *chain, unsigned int pos,		\
			struct xtc_handle *h)				\
{									\
	return turn_round(pfx##_delete_num_entry(chain, pos, h));	\
}									\
static int pfx##_apply(struct xtc_handle *h)				\
{									\
	errno = 0;							\
	return turn_round(pfx##_commit(h));				\
}									\
static void pfx##_close(struct xtc_handle *h)				\
{									\
	if (h)								\
		pfx##_free(h);						\
}

DEFINE_TC_OPS(iptc)
DEFINE_TC_OPS(ip6tc)

#define TC_OPS(pfx) {							\
	.open = pfx##_init,						\
	.close = pfx##_close,						\
	.first_rule = pfx##_first,					\
	.next_rule = pfx##_next,					\
	.insert = pfx##_insert,						\
	.replace = pfx##_replace,					\
	.delete = pfx##_delete,						\
	.commit = pfx##_apply,						\
}

const struct family family_ipv4 = {
	.nfproto = NFPROTO_IPV4,
	.af = AF_INET,
	.name = "ipv4",
	.command = "iptables",
	.names_path = "/proc/net/ip_tables_names",
	.targets_path = "/proc/net/ip_tables_targets",
	.logger_path = "/proc/sys/net/netfilter/nf_log/2",
	.level = SOL_IP,
	.addr_len = sizeof(struct in_addr),
	.entry_size = sizeof(struct ipt_entry),
	.target_offset = offsetof(struct ipt_entry, target_offset),
	.next_offset = offsetof(struct ipt_entry, next_offset),
	.counters = offsetof(struct ipt_entry, counters),
	.ip_size = sizeof(struct ipt_ip),
	.flags_offset = offsetof(struct ipt_entry, ip.flags),
	.flag_goto = IPT_F_GOTO,
	.tc = TC_OPS(iptc),
};

const struct family family_ipv6 = {
	.nfproto = NFPROTO_IPV6,
	.af = AF_INET6,
	.name = "ipv6",
	.command = "ip6tables",
	.names_path = "/proc/net/ip6_tables_names",
	.targets_path = "/proc/net/ip6_tables_targets",
	.logger_path = "/proc/sys/net/netfilter/nf_log/10",
	.level = SOL_IPV6,
	.addr_len = sizeof(struct in6_addr),
	.entry_size = sizeof(struct ip6t_entry),
	.target_offset = offsetof(struct ip6t_entry, target_offset),
	.next_offset = offsetof(struct ip6t_entry, next_offset),
	.counters = offsetof(struct ip6t_entry, counters),
	.ip_size = sizeof(struct ip6t_ip6),
	.flags_offset = offsetof(struct ip6t_entry, ipv6.flags),
	.flag_goto = IP6T_F_GOTO,
	.tc = TC_OPS(ip6tc),
};

const struct family *const families[FAMILY_COUNT] = {
	&family_ipv4, &family_ipv6,
};

unsigned int family_index(const struct family *f)
{
	return f == &family_ipv6;
}

const struct family *family_by_nfproto(uint8_t nfproto)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (families[i]->nfproto == nfproto)
			return families[i];
	return NULL;
}
