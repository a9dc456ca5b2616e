// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_words: words of a rule's text that say nothing of a host. */
#include "mask/mask_words.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/units.h"

/* Targets, matches, protocols, states, and the words of nft: in the order of strcmp(3). */
static const char *const words[] = {
	"802_3", "ACCEPT", "ACK", "ALL", "ANYCAST", "ASSURED", "AUDIT", "BLACKHOLE", "BROADCAST",
	"CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONFIRMED", "CONNMARK", "CONNSECMARK", "CT", "CWR",
	"DNAT", "DNPT", "DROP", "DSCP", "ECE", "ECN", "ESTABLISHED", "EXPECTED", "FIN", "Fri",
	"HL", "HMARK", "Hangup", "ICMPv6", "IDLETIMER", "INVALID", "IPv4", "IPv6", "Interrupt",
	"LED", "LOCAL", "LOG", "MARK", "MASQUERADE", "MULTICAST", "Mon", "NAT", "NETMAP", "NEW",
	"NFLOG", "NFQUEUE", "NFT", "NONE", "NOTRACK", "ORIGINAL", "PROHIBIT", "PSH", "Q.931",
	"QUEUE", "Quit", "RAS", "RATEEST", "REDIRECT", "REJECT", "RELATED", "REPLY", "RETURN",
	"RST", "SECMARK", "SEEN_REPLY", "SET", "SNAT", "SNPT", "SYN", "SYNPROXY", "Sat",
	"Stopped", "Sun", "TCPMSS", "TCPOPTSTRIP", "TEE", "THROW", "TOS", "TOS-host-unreachable",
	"TOS-network-unreachable", "TPROXY", "TRACE", "TTL", "Terminated", "Thu", "Tue", "ULOG",
	"UNICAST", "UNREACHABLE", "UNSPEC", "UNTRACKED", "URG", "Wed", "XRESOLVE", "accept",
	"ack", "ackseq", "add", "address-mask-reply", "address-mask-request",
	"address-unreachable", "addrtype", "admin-prohibited", "ah", "alert", "all", "amanda",
	"among", "and", "any", "anycast", "arp", "arpreply", "avgpkt", "b", "bad-header",
	"beyond-scope", "blackhole", "bm", "both", "bpf", "bridge", "bridge-nf-call-ip6tables",
	"broadcast", "burst", "bypass", "bytes", "cgroup", "cgroupv2", "check", "checksum",
	"chunk", "classid", "cluster", "code", "comment", "communication-prohibited", "comp",
	"connbytes", "connlabel", "connlimit", "connmark", "conntrack", "continue", "counter",
	"cpu", "crit", "csum", "ct", "cwr", "d", "daddr", "day", "days", "dccp", "debug",
	"delete", "destination-unreachable", "devgroup", "direction", "dnat", "doff", "dport",
	"drop", "dscp", "dst", "dstip", "dstnat", "dstport", "dup", "ece", "echo-reply",
	"echo-request", "ecn", "egress", "element", "elements", "emerg", "eol", "eq", "err",
	"error", "esp", "established", "ether", "ether_addr", "eui64", "exists", "expiration",
	"expires", "false", "fanout", "fib", "filter", "fin", "flags", "flow", "flowlabel",
	"forward", "frag", "frag-off", "frag6", "fragmentation-needed", "from", "ftp",
	"fully-random", "fwd", "gateway", "gb", "ge", "goto", "gre", "group", "gt", "h", "h323",
	"handle", "hashlimit", "hashlimit-mode", "hbh", "hdrlength", "helper", "hl", "hlen",
	"hook", "hoplimit", "hopopt", "host", "host-precedence-violation", "host-prohibited",
	"host-redirect", "host-unknown", "host-unreachable", "hour", "hours", "htype", "ibrname",
	"ibrpvid", "icmp", "icmp-admin-prohibited", "icmp-host-prohibited",
	"icmp-host-unreachable", "icmp-net-prohibited", "icmp-net-unreachable",
	"icmp-port-unreachable", "icmp-proto-unreachable", "icmp6", "icmp6-addr-unreachable",
	"icmp6-adm-prohibited", "icmp6-no-route", "icmp6-port-unreachable", "icmpv6", "icmpx",
	"id", "ifname", "igmp", "ih", "iif", "iifgroup", "iifname", "iiftype", "in", "inc",
	"inet", "inet_proto", "inet_service", "info", "ingress", "input", "integer", "invalid",
	"ip", "ip-header-bad", "ip6", "ip6tables", "ip6tables-save", "ipcomp", "ipencap", "ipip",
	"iprange", "ipsec", "ipv4", "ipv4_addr", "ipv6", "ipv6-frag", "ipv6-icmp", "ipv6-nat",
	"ipv6-nonxt", "ipv6-opts", "ipv6-route", "ipv6_addr", "ipv6header", "ipvs", "irc",
	"jhash", "jump", "kb", "kbit", "kbytes", "kmp", "l2tp", "l4proto", "label", "last",
	"last-used", "le", "length", "level", "limit", "ll", "local", "log", "lt", "m", "mac",
	"mangle", "map", "mark", "mark_m", "masquerade", "maxseg", "mb", "mbit", "mbytes",
	"meta", "mh", "min", "minute", "minutes", "missing", "mobility", "mobility-header",
	"mod", "ms", "mss", "mtu", "multicast", "multiport", "name", "nat", "ne",
	"neighbor-advertisement", "neighbor-solicitation", "neighbour-advertisement",
	"neighbour-solicitation", "net.ipv4", "net.ipv6", "netbios-ns", "netdev",
	"network-prohibited", "network-redirect", "network-unknown", "network-unreachable",
	"never", "new", "nexthdr", "nexthop", "nf_conntrack", "nf_log.10", "nf_log.2", "nfacct",
	"nflog", "nfproto", "nftrace", "nh", "no", "no-route", "nop", "not", "notice", "notrack",
	"num", "numgen", "obrname", "off", "offload", "offset", "oif", "oifgroup", "oifname",
	"oiftype", "on", "operation", "option", "or", "original", "osf", "ospf", "other", "out",
	"output", "over", "owner", "packet-too-big", "packets", "panic", "parameter-problem",
	"persistent", "physdev", "pim", "ping", "pkttype", "plen", "policy", "pong",
	"port-unreachable", "postrouting", "pptp", "precedence-cutoff", "prefix", "prerouting",
	"priority", "prohibit", "proto-dst", "proto-src", "protocol", "protocol-unreachable",
	"psh", "queue", "queue-threshold", "quota", "random", "random-fully", "range", "rate",
	"rateest", "raw", "realm", "recent", "redirect", "reduce", "reject", "related", "reply",
	"reqid", "request", "required-option-missing", "reset", "return", "route",
	"router-advertisement", "router-solicitation", "rpfilter", "rst", "rt", "rtclassid",
	"rule", "s", "sack", "sack-perm", "saddr", "sane", "sctp", "sec", "second", "seconds",
	"secpath", "security", "seed", "seq", "sequence", "set", "sip", "size", "skgid", "skuid",
	"snaplen", "snat", "snmp", "socket", "source-quench", "source-route-failed", "spi",
	"sport", "src", "srcip", "srcnat", "srcport", "srh", "standard", "state", "statistic",
	"status", "stp", "string", "symhash", "syn", "syn-ack", "synproxy", "tcp", "tcp-reset",
	"tcpmss", "tftp", "th", "time", "time-exceeded", "timeout", "timestamp",
	"timestamp-reply", "timestamp-request", "to", "tos", "tproxy", "transparent", "true",
	"ttl", "ttl-exceeded", "ttl-zero-during-reassembly", "ttl-zero-during-transit", "tunnel",
	"type", "u32", "udp", "udplite", "unicast", "unknown-header-type", "unknown-option",
	"unreachable", "unset", "unspec", "until", "untracked", "update", "urg", "urgptr", "us",
	"used", "version", "vlan", "vmap", "vrrp", "vtag", "warn", "warning", "wildcard",
	"window", "with", "x86_64", "xor", "yes", "zone",
};

static const struct {
	const char *word;
	enum mask_kind kind;
} behind[] = {
	{ "--add-set", MASK_SET },
	{ "--comment", MASK_COMMENT },
	{ "--condition", MASK_NAME },
	{ "--del-set", MASK_SET },
	{ "--genre", MASK_NAME },
	{ "--hashlimit-name", MASK_NAME },
	{ "--helper", MASK_NAME },
	{ "--hex-string", MASK_COMMENT },
	{ "--in-interface", MASK_INTERFACE },
	{ "--label", MASK_NAME },
	{ "--led-trigger-id", MASK_NAME },
	{ "--limit-iface", MASK_INTERFACE },
	{ "--log-prefix", MASK_COMMENT },
	{ "--map-set", MASK_SET },
	{ "--match-set", MASK_SET },
	{ "--name", MASK_NAME },
	{ "--nfacct-name", MASK_NAME },
	{ "--nflog-prefix", MASK_COMMENT },
	{ "--object-pinned", MASK_NAME },
	{ "--oif", MASK_INTERFACE },
	{ "--out-interface", MASK_INTERFACE },
	{ "--path", MASK_NAME },
	{ "--physdev-in", MASK_INTERFACE },
	{ "--physdev-out", MASK_INTERFACE },
	{ "--pod", MASK_NAME },
	{ "--rateest", MASK_NAME },
	{ "--rateest-name", MASK_NAME },
	{ "--rateest1", MASK_NAME },
	{ "--rateest2", MASK_NAME },
	{ "--realm", MASK_NAME },
	{ "--selctx", MASK_NAME },
	{ "--string", MASK_COMMENT },
	{ "--timeout", MASK_NAME },
	{ "--ulog-prefix", MASK_COMMENT },
	{ "-A", MASK_CHAIN },
	{ "-N", MASK_CHAIN },
	{ "-P", MASK_CHAIN },
	{ "-X", MASK_CHAIN },
	{ "-g", MASK_CHAIN },
	{ "-i", MASK_INTERFACE },
	{ "-j", MASK_CHAIN },
	{ "-o", MASK_INTERFACE },
	{ "comment", MASK_COMMENT },
	{ "goto", MASK_CHAIN },
	{ "helper", MASK_NAME },
	{ "ibrname", MASK_INTERFACE },
	{ "iif", MASK_INTERFACE },
	{ "iifname", MASK_INTERFACE },
	{ "jump", MASK_CHAIN },
	{ "obrname", MASK_INTERFACE },
	{ "oif", MASK_INTERFACE },
	{ "oifname", MASK_INTERFACE },
	{ "prefix", MASK_COMMENT },
	{ "sdif", MASK_INTERFACE },
	{ "sdifname", MASK_INTERFACE },
};

/* Programs, and bytes at a place of the packet. */
static const char *const code[] = {
	"--bytecode", "--u32", "--hex-string", "--string", "@ih", "@ll", "@nh", "@th",
};

static int compare(const void *key, const void *row)
{
	const struct strview *word = key;
	const char *other = *(const char *const *)row;
	size_t len = strlen(other);
	int d = memcmp(word->at, other, len < word->len ? len : word->len);

	return d ? d : word->len < len ? -1 : word->len > len;
}

bool mask_words_has(struct strview word)
{
	return bsearch(&word, words, ARRAY_SIZE(words), sizeof(words[0]),
		       compare);
}

bool mask_words_kind(struct strview word, enum mask_kind *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(behind); i++) {
		if (!strview_is(word, behind[i].word))
			continue;
		*kind = behind[i].kind;
		return true;
	}
	return false;
}

bool mask_words_is_code(struct strview word)
{
	for (size_t i = 0; i < ARRAY_SIZE(code); i++)
		if (strview_is(word, code[i]))
			return true;
	return false;
}
