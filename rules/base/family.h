/* SPDX-License-Identifier: GPL-2.0-or-later */
/* family: what differs between iptables and ip6tables, as one const struct. */
#ifndef NFTRACE_FAMILY_H
#define NFTRACE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct family - constants and operations of one address family
 *
 * The offsets locate fields in struct ipt_entry or struct ip6t_entry
 * (linux/netfilter_ipv4/ip_tables.h, linux/netfilter_ipv6/ip6_tables.h).
 */
struct family {
	uint8_t nfproto;		/* NFPROTO_IPV4, NFPROTO_IPV6 */
	int af;				/* AF_INET, AF_INET6 */
	const char *name;		/* "ipv4", "ipv6" */
	const char *command;		/* "iptables", "ip6tables" */
	const char *module;		/* "ip_tables", "ip6_tables" */
	const char *names_path;		/* tables that exist in this netns */
	const char *targets_path;	/* targets that the kernel has loaded */
	const char *logger_path;	/* the registered logger (nf_log) */
	int level;			/* for get/setsockopt: SOL_IP, SOL_IPV6 */
	int ask_match, ask_target;	/* options: does the kernel know a revision? */
	size_t addr_len;		/* bytes of an address */
	size_t entry_size;		/* of the fixed part of an entry */
	size_t target_offset;		/* where in it: u16 */
	size_t next_offset;		/* where in it: u16 */
	size_t counters;		/* where in it: struct xt_counters */
	size_t ip_size;			/* bytes of the ip part, at offset 0 */
	size_t flags_offset;		/* where in it: u8, IPT_F_* */
	uint8_t flag_goto;		/* IPT_F_GOTO, IP6T_F_GOTO */
};

enum { NOT_A_HOOK = 0xff };	/* beside NF_INET_*: of no builtin chain */

extern const struct family family_ipv4, family_ipv6;

/* Both families, in the order in which output names them. */
enum { FAMILY_COUNT = 2 };
extern const struct family *const families[FAMILY_COUNT];

/** family_index - position of @f in families[] */
unsigned int family_index(const struct family *f);

/** family_index_by_nfproto - the same of one of the two by its number */
static inline unsigned int family_index_by_nfproto(uint8_t nfproto)
{
	return nfproto == family_ipv6.nfproto;
}

/** family_by_nfproto - NULL when it is neither IPv4 nor IPv6 */
const struct family *family_by_nfproto(uint8_t nfproto);

#endif
