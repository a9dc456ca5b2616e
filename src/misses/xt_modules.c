// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_modules: which options of which modules are judged, and by whom. */
#include "misses/xt_modules.h"

#include <stddef.h>

#include "misses/xt_address.h"
#include "misses/xt_meta.h"
#include "misses/xt_packet.h"
#include "rules/base/units.h"

const struct xt_option xt_base_options[] = {
	{ "-s", xt_judge_address, ASKED_SRC, false },
	{ "-d", xt_judge_address, ASKED_DST, false },
	{ "-i", xt_judge_device, ASKED_IN, false },
	{ "-o", xt_judge_device, ASKED_OUT, false },
	{ "-p", xt_judge_protocol, ASKED_PROTO, false },
	{ "-f", xt_judge_fragment, ASKED_FRAGMENT, true },
	{ NULL, NULL, 0, false },
};

static const struct xt_option tcp_options[] = {
	{ "--sport", xt_judge_port, ASKED_SPORT, false },
	{ "--dport", xt_judge_port, ASKED_DPORT, false },
	{ "--tcp-flags", xt_judge_tcp_flags, ASKED_TCP_FLAGS, false },
	{ "--tcp-option", xt_judge_nothing, ASKED_TCP_OPTION, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option port_options[] = {
	{ "--sport", xt_judge_port, ASKED_SPORT, false },
	{ "--dport", xt_judge_port, ASKED_DPORT, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option multiport_options[] = {
	{ "--sports", xt_judge_ports, ASKED_SPORT, false },
	{ "--dports", xt_judge_ports, ASKED_DPORT, false },
	{ "--ports", xt_judge_any_port, ASKED_DPORT, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option icmp_options[] = {
	{ "--icmp-type", xt_judge_icmp, ASKED_ICMP, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option icmp6_options[] = {
	{ "--icmpv6-type", xt_judge_icmp, ASKED_ICMP, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option mark_options[] = {
	{ "--mark", xt_judge_mark, ASKED_MARK, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option conntrack_options[] = {
	{ "--ctstate", xt_judge_state, ASKED_STATE, false },
	{ "--ctproto", xt_judge_nothing, ASKED_CT, false },
	{ "--ctorigsrc", xt_judge_nothing, ASKED_CT, false },
	{ "--ctorigdst", xt_judge_nothing, ASKED_CT, false },
	{ "--ctreplsrc", xt_judge_nothing, ASKED_CT, false },
	{ "--ctrepldst", xt_judge_nothing, ASKED_CT, false },
	{ "--ctorigsrcport", xt_judge_nothing, ASKED_CT, false },
	{ "--ctorigdstport", xt_judge_nothing, ASKED_CT, false },
	{ "--ctreplsrcport", xt_judge_nothing, ASKED_CT, false },
	{ "--ctrepldstport", xt_judge_nothing, ASKED_CT, false },
	{ "--ctstatus", xt_judge_nothing, ASKED_CT, false },
	{ "--ctexpire", xt_judge_nothing, ASKED_CT, false },
	{ "--ctdir", xt_judge_nothing, ASKED_CT, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option state_options[] = {
	{ "--state", xt_judge_state, ASKED_STATE, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option iprange_options[] = {
	{ "--src-range", xt_judge_address_range, ASKED_SRC, false },
	{ "--dst-range", xt_judge_address_range, ASKED_DST, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option physdev_options[] = {
	{ "--physdev-in", xt_judge_device, ASKED_PHYS_IN, false },
	{ "--physdev-out", xt_judge_device, ASKED_PHYS_OUT, false },
	{ "--physdev-is-in", xt_judge_nothing, ASKED_OTHER, true },
	{ "--physdev-is-out", xt_judge_nothing, ASKED_OTHER, true },
	{ "--physdev-is-bridged", xt_judge_nothing, ASKED_OTHER, true },
	{ NULL, NULL, 0, false },
};

static const struct xt_option owner_options[] = {
	{ "--uid-owner", xt_judge_id, ASKED_UID, false },
	{ "--gid-owner", xt_judge_id, ASKED_GID, false },
	{ "--socket-exists", xt_judge_nothing, ASKED_OTHER, true },
	{ NULL, NULL, 0, false },
};

static const struct xt_option pkttype_options[] = {
	{ "--pkt-type", xt_judge_pkttype, ASKED_PKTTYPE, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option mac_options[] = {
	{ "--mac-source", xt_judge_mac, ASKED_MAC, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option length_options[] = {
	{ "--length", xt_judge_length, ASKED_LENGTH, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option ttl_options[] = {
	{ "--ttl-eq", xt_judge_ttl, ASKED_TTL, false },
	{ "--ttl-gt", xt_judge_ttl_above, ASKED_TTL, false },
	{ "--ttl-lt", xt_judge_ttl_below, ASKED_TTL, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option hl_options[] = {
	{ "--hl-eq", xt_judge_ttl, ASKED_TTL, false },
	{ "--hl-gt", xt_judge_ttl_above, ASKED_TTL, false },
	{ "--hl-lt", xt_judge_ttl_below, ASKED_TTL, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option dscp_options[] = {
	{ "--dscp", xt_judge_dscp, ASKED_TOS, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option tos_options[] = {
	{ "--tos", xt_judge_tos, ASKED_TOS, false },
	{ NULL, NULL, 0, false },
};

static const struct xt_option addrtype_options[] = {
	{ "--src-type", xt_judge_address_type, ASKED_SRC, false },
	{ "--dst-type", xt_judge_address_type, ASKED_DST, false },
	{ "--limit-iface-in", xt_judge_nothing, ASKED_OTHER, true },
	{ "--limit-iface-out", xt_judge_nothing, ASKED_OTHER, true },
	{ NULL, NULL, 0, false },
};

/* Most rules have one of the first. */
static const struct xt_module modules[] = {
	{ "tcp", tcp_options, false },
	{ "udp", port_options, false },
	{ "conntrack", conntrack_options, false },
	{ "multiport", multiport_options, false },
	{ "mark", mark_options, false },
	{ "icmp", icmp_options, false },
	{ "icmp6", icmp6_options, false },
	{ "state", state_options, false },
	{ "addrtype", addrtype_options, false },
	{ "physdev", physdev_options, false },
	{ "iprange", iprange_options, false },
	{ "owner", owner_options, false },
	{ "pkttype", pkttype_options, false },
	{ "mac", mac_options, false },
	{ "length", length_options, false },
	{ "ttl", ttl_options, false },
	{ "hl", hl_options, false },
	{ "dscp", dscp_options, false },
	{ "tos", tos_options, false },
	{ "udplite", port_options, false },
	{ "limit", NULL, true },
	{ "hashlimit", NULL, true },
	{ "connlimit", NULL, true },
	{ "connbytes", NULL, true },
	{ "recent", NULL, true },
	{ "statistic", NULL, true },
	{ "nth", NULL, true },
	{ "random", NULL, true },
	{ "quota", NULL, true },
	{ "quota2", NULL, true },
	{ "rateest", NULL, true },
	{ "time", NULL, true },
	{ "nfacct", NULL, true },
};

const struct xt_module *xt_module_find(struct strview name)
{
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		if (*name.at == *modules[i].name &&
		    strview_is(name, modules[i].name))
			return &modules[i];
	return NULL;
}
