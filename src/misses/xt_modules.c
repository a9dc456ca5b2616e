// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_modules: which options of which modules are judged, and by whom. */
#include "misses/xt_modules.h"

#include <stddef.h>
#include <string.h>

#include "misses/xt_address.h"
#include "misses/xt_meta.h"
#include "misses/xt_packet.h"
#include "misses/xt_set.h"
#include "misses/xt_transport.h"
#include "rules/base/units.h"

/* A text, and how long it is: these are looked for in every rule. */
#define WORD(text) text, sizeof(text) - 1

const struct xt_option xt_base_options[] = {
	{ WORD("-s"), xt_read_address, xt_is_address, xt_want_address, ASKED_SRC, false },
	{ WORD("-d"), xt_read_address, xt_is_address, xt_want_address, ASKED_DST, false },
	{ WORD("-i"), NULL, xt_is_device, xt_want_device, ASKED_IN, false },
	{ WORD("-o"), NULL, xt_is_device, xt_want_device, ASKED_OUT, false },
	{ WORD("-p"), xt_read_protocol, xt_is_protocol, xt_want_protocol, ASKED_PROTO, false },
	{ WORD("-f"), NULL, xt_is_fragment, NULL, ASKED_FRAGMENT, true },
	{ .word = NULL },
};

static const struct xt_option tcp_options[] = {
	{ WORD("--sport"), xt_read_ports, xt_is_port, xt_want_port, ASKED_SPORT, false },
	{ WORD("--dport"), xt_read_ports, xt_is_port, xt_want_port, ASKED_DPORT, false },
	{ WORD("--tcp-flags"), xt_read_tcp_flags,
	  xt_is_tcp_flags, xt_want_tcp_flags, ASKED_TCP_FLAGS, false },
	{ WORD("--tcp-option"), NULL, xt_is_unknown, NULL, ASKED_TCP_OPTION, false },
	{ .word = NULL },
};

static const struct xt_option port_options[] = {
	{ WORD("--sport"), xt_read_ports, xt_is_port, xt_want_port, ASKED_SPORT, false },
	{ WORD("--dport"), xt_read_ports, xt_is_port, xt_want_port, ASKED_DPORT, false },
	{ .word = NULL },
};

static const struct xt_option multiport_options[] = {
	{ WORD("--sports"), xt_read_ports, xt_is_port, xt_want_port, ASKED_SPORT, false },
	{ WORD("--dports"), xt_read_ports, xt_is_port, xt_want_port, ASKED_DPORT, false },
	{ WORD("--ports"), xt_read_ports, xt_is_any_port, xt_want_any_port, ASKED_DPORT, false },
	{ .word = NULL },
};

static const struct xt_option icmp_options[] = {
	{ WORD("--icmp-type"), xt_read_icmp, xt_is_icmp, xt_want_icmp, ASKED_ICMP, false },
	{ .word = NULL },
};

static const struct xt_option icmp6_options[] = {
	{ WORD("--icmpv6-type"), xt_read_icmp, xt_is_icmp, xt_want_icmp, ASKED_ICMP, false },
	{ .word = NULL },
};

static const struct xt_option mark_options[] = {
	{ WORD("--mark"), xt_read_mark, xt_is_mark, xt_want_mark, ASKED_MARK, false },
	{ .word = NULL },
};

static const struct xt_option conntrack_options[] = {
	{ WORD("--ctstate"), xt_read_states, xt_is_state, xt_want_state, ASKED_STATE, false },
	{ WORD("--ctproto"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctorigsrc"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctorigdst"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctreplsrc"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctrepldst"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctorigsrcport"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctorigdstport"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctreplsrcport"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctrepldstport"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctstatus"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctexpire"), NULL, xt_is_unknown, NULL, ASKED_CT, false },
	{ WORD("--ctdir"), NULL, xt_is_direction, xt_want_direction, ASKED_CT, false },
	{ .word = NULL },
};

static const struct xt_option state_options[] = {
	{ WORD("--state"), xt_read_states, xt_is_state, xt_want_state, ASKED_STATE, false },
	{ .word = NULL },
};

static const struct xt_option iprange_options[] = {
	{ WORD("--src-range"), xt_read_addresses,
	  xt_is_in_range, xt_want_in_range, ASKED_SRC, false },
	{ WORD("--dst-range"), xt_read_addresses,
	  xt_is_in_range, xt_want_in_range, ASKED_DST, false },
	{ .word = NULL },
};

static const struct xt_option physdev_options[] = {
	{ WORD("--physdev-in"), NULL, xt_is_device, xt_want_device, ASKED_PHYS_IN, false },
	{ WORD("--physdev-out"), NULL, xt_is_device, xt_want_device, ASKED_PHYS_OUT, false },
	{ WORD("--physdev-is-in"), NULL, xt_is_unknown, NULL, ASKED_PHYS_IN, true },
	{ WORD("--physdev-is-out"), NULL, xt_is_unknown, NULL, ASKED_PHYS_OUT, true },
	{ WORD("--physdev-is-bridged"), NULL, xt_is_unknown, NULL, ASKED_PHYS_OUT, true },
	{ .word = NULL },
};

static const struct xt_option owner_options[] = {
	{ WORD("--uid-owner"), xt_read_ids, xt_is_id, xt_want_id, ASKED_UID, false },
	{ WORD("--gid-owner"), xt_read_ids, xt_is_id, xt_want_id, ASKED_GID, false },
	{ WORD("--socket-exists"), NULL, xt_is_unknown, NULL, ASKED_UID, true },
	{ .word = NULL },
};

static const struct xt_option pkttype_options[] = {
	{ WORD("--pkt-type"), NULL, xt_is_pkttype, xt_want_pkttype, ASKED_PKTTYPE, false },
	{ .word = NULL },
};

static const struct xt_option mac_options[] = {
	{ WORD("--mac-source"), xt_read_mac, xt_is_mac, NULL, ASKED_MAC, false },
	{ .word = NULL },
};

static const struct xt_option length_options[] = {
	{ WORD("--length"), xt_read_length, xt_is_length, NULL, ASKED_LENGTH, false },
	{ .word = NULL },
};

static const struct xt_option ttl_options[] = {
	{ WORD("--ttl-eq"), xt_read_ttl, xt_is_ttl, xt_want_ttl, ASKED_TTL, false },
	{ WORD("--ttl-gt"), xt_read_ttl_above, xt_is_ttl, xt_want_ttl, ASKED_TTL, false },
	{ WORD("--ttl-lt"), xt_read_ttl_below, xt_is_ttl, xt_want_ttl, ASKED_TTL, false },
	{ .word = NULL },
};

static const struct xt_option hl_options[] = {
	{ WORD("--hl-eq"), xt_read_ttl, xt_is_ttl, xt_want_ttl, ASKED_TTL, false },
	{ WORD("--hl-gt"), xt_read_ttl_above, xt_is_ttl, xt_want_ttl, ASKED_TTL, false },
	{ WORD("--hl-lt"), xt_read_ttl_below, xt_is_ttl, xt_want_ttl, ASKED_TTL, false },
	{ .word = NULL },
};

static const struct xt_option dscp_options[] = {
	{ WORD("--dscp"), xt_read_dscp, xt_is_tos, xt_want_tos, ASKED_TOS, false },
	{ .word = NULL },
};

static const struct xt_option tos_options[] = {
	{ WORD("--tos"), xt_read_tos, xt_is_tos, xt_want_tos, ASKED_TOS, false },
	{ .word = NULL },
};

static const struct xt_option addrtype_options[] = {
	{ WORD("--src-type"), NULL, xt_is_address_type, NULL, ASKED_SRC, false },
	{ WORD("--dst-type"), NULL, xt_is_address_type, NULL, ASKED_DST, false },
	{ WORD("--limit-iface-in"), NULL, xt_is_unknown, NULL, ASKED_OTHER, true },
	{ WORD("--limit-iface-out"), NULL, xt_is_unknown, NULL, ASKED_OTHER, true },
	{ .word = NULL },
};

static const struct xt_option set_option = {
	WORD("--match-set"), xt_read_set, NULL, NULL, ASKED_OTHER, false,
};

/* Most rules have one of the first. */
static const struct xt_module modules[] = {
	{ WORD("tcp"), tcp_options, NULL, false, false },
	{ WORD("udp"), port_options, NULL, false, false },
	{ WORD("conntrack"), conntrack_options, NULL, false, false },
	{ WORD("multiport"), multiport_options, NULL, false, false },
	{ WORD("mark"), mark_options, NULL, false, false },
	{ WORD("icmp"), icmp_options, NULL, false, false },
	{ WORD("icmp6"), icmp6_options, NULL, false, false },
	{ WORD("state"), state_options, NULL, false, false },
	{ WORD("addrtype"), addrtype_options, NULL, false, false },
	{ WORD("physdev"), physdev_options, NULL, false, false },
	{ WORD("iprange"), iprange_options, NULL, false, false },
	{ WORD("owner"), owner_options, NULL, false, false },
	{ WORD("pkttype"), pkttype_options, NULL, false, false },
	{ WORD("mac"), mac_options, NULL, false, false },
	{ WORD("length"), length_options, NULL, false, false },
	{ WORD("ttl"), ttl_options, NULL, false, false },
	{ WORD("hl"), hl_options, NULL, false, false },
	{ WORD("dscp"), dscp_options, NULL, false, false },
	{ WORD("tos"), tos_options, NULL, false, false },
	{ WORD("udplite"), port_options, NULL, false, false },
	{ WORD("set"), NULL, &set_option, false, false },
	{ WORD("limit"), NULL, NULL, true, true },
	{ WORD("hashlimit"), NULL, NULL, true, false },
	{ WORD("connlimit"), NULL, NULL, true, false },
	{ WORD("connbytes"), NULL, NULL, true, false },
	{ WORD("recent"), NULL, NULL, true, false },
	{ WORD("statistic"), NULL, NULL, true, true },
	{ WORD("nth"), NULL, NULL, true, true },
	{ WORD("random"), NULL, NULL, true, true },
	{ WORD("quota"), NULL, NULL, true, true },
	{ WORD("quota2"), NULL, NULL, true, true },
	{ WORD("rateest"), NULL, NULL, true, true },
	{ WORD("time"), NULL, NULL, true, true },
	{ WORD("nfacct"), NULL, NULL, true, true },
};

const struct xt_module *xt_module_find(struct strview name)
{
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		if (name.len == modules[i].len &&
		    memcmp(name.at, modules[i].name, name.len) == 0)
			return &modules[i];
	return NULL;
}
