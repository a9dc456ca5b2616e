// SPDX-License-Identifier: GPL-2.0-or-later
/* family: the two address families as tables of constants. */
#include "rules/base/family.h"

#include <sys/socket.h>

#include <netinet/in.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

const struct family family_ipv4 = {
	.nfproto = NFPROTO_IPV4,
	.af = AF_INET,
	.name = "ipv4",
	.command = "iptables",
	.module = "ip_tables",
	.names_path = "/proc/net/ip_tables_names",
	.targets_path = "/proc/net/ip_tables_targets",
	.logger_path = "/proc/sys/net/netfilter/nf_log/2",
	.level = SOL_IP,
	.ask_match = IPT_SO_GET_REVISION_MATCH,
	.ask_target = IPT_SO_GET_REVISION_TARGET,
	.addr_len = sizeof(struct in_addr),
	.entry_size = sizeof(struct ipt_entry),
	.target_offset = offsetof(struct ipt_entry, target_offset),
	.next_offset = offsetof(struct ipt_entry, next_offset),
	.counters = offsetof(struct ipt_entry, counters),
	.ip_size = sizeof(struct ipt_ip),
	.flags_offset = offsetof(struct ipt_entry, ip.flags),
	.flag_goto = IPT_F_GOTO,
};

const struct family family_ipv6 = {
	.nfproto = NFPROTO_IPV6,
	.af = AF_INET6,
	.name = "ipv6",
	.command = "ip6tables",
	.module = "ip6_tables",
	.names_path = "/proc/net/ip6_tables_names",
	.targets_path = "/proc/net/ip6_tables_targets",
	.logger_path = "/proc/sys/net/netfilter/nf_log/10",
	.level = SOL_IPV6,
	.ask_match = IP6T_SO_GET_REVISION_MATCH,
	.ask_target = IP6T_SO_GET_REVISION_TARGET,
	.addr_len = sizeof(struct in6_addr),
	.entry_size = sizeof(struct ip6t_entry),
	.target_offset = offsetof(struct ip6t_entry, target_offset),
	.next_offset = offsetof(struct ip6t_entry, next_offset),
	.counters = offsetof(struct ip6t_entry, counters),
	.ip_size = sizeof(struct ip6t_ip6),
	.flags_offset = offsetof(struct ip6t_entry, ipv6.flags),
	.flag_goto = IP6T_F_GOTO,
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
