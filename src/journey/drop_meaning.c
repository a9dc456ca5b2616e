// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_meaning: what a reason and a function of the kernel's say of a packet's end. */
#include "journey/drop_meaning.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

#include "journey/fate.h"
#include "packet/packet.h"
#include "place/path_map.h"
#include "rules/base/units.h"

enum {
	TCP_SYN = 0x02, TCP_ACK = 0x10,
	ROUTED = BIT(NF_INET_PRE_ROUTING),
	CAME = BIT(NF_INET_LOCAL_IN) | BIT(NF_INET_PRE_ROUTING),
	LEFT = BIT(NF_INET_LOCAL_OUT) | BIT(NF_INET_POST_ROUTING) |
	       BIT(NF_INET_FORWARD),
};

#define UNPLACED "in which function is not known"

/* Shorter rows: a reason at a place, what it says, behind which hooks, in words. */
#define NO_LOSS(r, l) { .reason = r, .location = l }
#define ANOTHERS(r, l) { .reason = r, .location = l, .hooks = ROUTED, \
	.says = DROP_SAYS_MISSED, .words = "its frame is for another host" }
#define ROW(r, l, s, h, w, c) { .reason = r, .location = l, .cause = c, \
	.says = DROP_SAYS_##s, .hooks = h, .words = w, .known = true }

#define BAD_EXTENSION "this host takes no such extension of IPv6's header, or it is broken"

/* ip6_protocol_deliver_rcu() looks at the source as well. */
static const char no_member[] =
	"nobody on this host has joined its group for that source";

#define NO_GROUP_WAY "multicast routing has no way out for it, or its ttl is not " \
	"above what each wants"
#define STAYS_HERE "what is sent to a group with a ttl or hop limit of 0 stays on this host"
#define STAYS(l, h) { .reason = "NOT_SPECIFIED", .location = l, .hooks = h, \
	.says = DROP_SAYS_LOST, .words = STAYS_HERE, .looped = true, .known = true }
#define NO_PORT "the bridge may not send it out there: back through the port by " \
	"which it came in, between isolated ports, or where a port does not " \
	"forward, has not its VLAN, takes no floods, or is locked"

/*
 * The first one that fits.  What is no loss was seen with the trace bit: a copy for
 * a packet socket or a raw one, and what TCP, UDP, IGMP and MLD free when all is
 * well.  Reasons: include/net/dropreason-core.h.
 */
static const struct drop_meaning meanings[] = {
	/* Told of to its sender, where the next ones are of no loss. */
	ROW(NULL, "icmpv6_param_prob*", REFUSED, CAME, BAD_EXTENSION, NULL),
	NO_LOSS("PACKET_SOCK_ERROR", NULL),
	NO_LOSS(NULL, "packet_rcv*"),
	NO_LOSS(NULL, "tpacket_rcv"),
	NO_LOSS(NULL, "raw_rcv*"),
	NO_LOSS(NULL, "rawv6_rcv*"),
	NO_LOSS("NO_SOCKET", "ping_rcv"),	/* raw sockets have a copy */
	NO_LOSS("NO_SOCKET", "icmp*"),
	NO_LOSS("QUEUE_PURGE", NULL),
	NO_LOSS("SOCKET_CLOSE", NULL),
	NO_LOSS("NOT_SPECIFIED", "skb_queue_purge*"),
	NO_LOSS("NOT_SPECIFIED", "udp*_destruct*"),
	NO_LOSS("NOT_SPECIFIED", "tcp_v4_rcv"),
	NO_LOSS("NOT_SPECIFIED", "tcp_v6_rcv"),
	NO_LOSS("NOT_SPECIFIED", "icmp*"),
	NO_LOSS(NULL, "igmp*"),

	{ .reason = "NOT_SPECIFIED", .location = "ip6_mc_input",
	  .says = DROP_SAYS_MISSED, .hooks = ROUTED,
	  .words = "nobody on this host has joined its group" },
	/* What a bridge that listens to all (tcpdump) gives to its own host as well. */
	ANOTHERS("OTHERHOST", NULL),
	ANOTHERS(NULL, "ip_rcv_core*"),
	ANOTHERS(NULL, "ip6_rcv_core*"),
	ROW("NETFILTER_DROP", NULL, VERDICT, 0, NULL, "connections is full"),
	ROW("NOT_SPECIFIED", "nf_queue", QUEUED, 0,
	    "no program takes packets from this queue, or it is full",
	    "queue"),
	ROW("NOT_SPECIFIED", "nfqnl_reinject", QUEUED, 0,
	    "the program behind the queue dropped it, or ended while it had it",
	    NULL),
	ROW("NOT_SPECIFIED", "nfqnl*", QUEUED, 0,
	    "the program behind the queue ended while it had it, or the queue is full",
	    NULL),

	{ .reason = "NO_SOCKET", .says = DROP_SAYS_REFUSED, .hooks = CAME,
	  .port = true, .words = "nobody listens on", .known = true,
	  .cause = "whoever listens" },
	ROW("*_CSUM", NULL, REFUSED, CAME, "its checksum is wrong", NULL),
	ROW("SOCKET_FILTER", NULL, REFUSED, CAME,
	    "a filter of the socket refuses it", NULL),
	ROW("SOCKET_RCVBUFF", NULL, REFUSED, CAME,
	    "the socket's receive buffer is full", NULL),
	ROW("SOCKET_BACKLOG", NULL, REFUSED, CAME,
	    "the socket's backlog is full", NULL),
	ROW("SOCKET_*", NULL, REFUSED, CAME, NULL, NULL),
	ROW("PROTO_MEM", NULL, REFUSED, CAME,
	    "the memory of its protocol is used up (net.ipv4.udp_mem, tcp_mem)",
	    NULL),
	ROW("IP_NOPROTO", NULL, REFUSED, CAME,
	    "nothing on this host takes its protocol", NULL),
	ROW("UNHANDLED_PROTO", "icmp*", REFUSED, CAME,
	    "this host has no use for ICMP of its type", NULL),
	ROW("PKT_TOO_SMALL", NULL, REFUSED, 0,
	    "there is less of it than its headers say", NULL),
	ROW(NULL, "ipv6_destopt_rcv*", REFUSED, CAME, BAD_EXTENSION, NULL),
	ROW(NULL, "ipv6_rthdr_rcv*", REFUSED, CAME, BAD_EXTENSION, NULL),
	ROW(NULL, "ip6_parse_tlv*", REFUSED, CAME, BAD_EXTENSION, NULL),
	ROW(NULL, "ip6_tlvopt*", REFUSED, CAME, BAD_EXTENSION, NULL),
	ROW("XFRM_POLICY", NULL, REFUSED, 0, "a policy of IPsec refuses it",
	    NULL),
	ROW("NOT_SPECIFIED", "__udp?_lib_rcv", REFUSED, CAME,
	    "no socket takes it, or its UDP header is cut short", NULL),
	ROW("IP_INADDRERRORS", "ip6_input*", REFUSED, CAME, no_member, NULL),
	ROW("IP_INADDRERRORS", "ip6_protocol_deliver*", REFUSED, CAME,
	    no_member, NULL),
	ROW("VXLAN_*", NULL, REFUSED, CAME,
	    "no tunnel of this host takes it (vxlan)", NULL),
	ROW("IP_TUNNEL_ECN", NULL, REFUSED, CAME,
	    "its ECN is not what a tunnel may carry", NULL),
	ROW("TCP_MINTTL", NULL, REFUSED, CAME,
	    "its ttl is below what the socket wants (IP_MINTTL)", NULL),
	ROW("TCP_MD5*", NULL, REFUSED, CAME, "it is not signed as the socket wants", NULL),
	ROW("TCP_AO*", NULL, REFUSED, CAME, "it is not signed as the socket wants", NULL),
	ROW("TCP_*", NULL, BESIDE, 0, NULL, NULL),
	ROW(NULL, "nf_dup_ipv?", COPY, 0,
	    "a copy that a rule made (TEE, dup) has no way to its gateway", NULL),

	ROW("IP_RPFILTER", NULL, LOST, ROUTED,
	    "the route back to its source leads elsewhere", "rp_filter"),
	ROW("IP_INHDR", "ip_forward*", LOST, ROUTED, "its ttl ran out", "ttl"),
	ROW("IP_INHDR", "ip6_forward*", LOST, ROUTED, "its hop limit ran out",
	    "hop limit"),
	ROW("IP_INHDR", "", LOST, ROUTED,
	    "its ttl or hop limit ran out, or its header is broken",
	    "ttl|hop limit"),
	ROW("IP_INHDR", NULL, LOST, ROUTED, "its header or an option is broken",
	    NULL),
	ROW("IP_INADDRERRORS", "ip_error", LOST, ROUTED, "forwarding is off",
	    "forwarding"),
	ROW("IP_INADDRERRORS", "ip6_forward*", LOST, ROUTED,
	    "forwarding is off, or its address cannot be forwarded",
	    "forward"),
	ROW("IP_INADDRERRORS", "", LOST, ROUTED,
	    "forwarding is off, or an address of it cannot be there",
	    "forwarding"),
	ROW("IP_INADDRERRORS", NULL, LOST, ROUTED,
	    "an address of it cannot be there", NULL),
	ROW("IP_INNOROUTES", NULL, LOST, ROUTED, "there is no way to it",
	    "route|ip rule|loopback"),
	ROW("IP_OUTNOROUTES", NULL, LOST, 0, "there is no way to it", "route"),
	ROW("NOT_SPECIFIED", "ip_error", LOST, ROUTED,
	    "its route is unreachable, prohibit or blackhole",
	    "prohibit|unreachable|blackhole"),
	/* Behind INPUT: of IPv6, whose next header is none. */
	ROW("NOT_SPECIFIED", "dst_discard*", REFUSED, 0,
	    "its route is a blackhole or going away, or nothing follows its header",
	    "blackhole"),
	ROW("NOT_SPECIFIED", "ip6_pkt_*", LOST, 0,
	    "its route is unreachable, prohibit or blackhole",
	    "prohibit|unreachable|blackhole|route"),
	ROW("PKT_TOO_BIG", NULL, LOST, 0,
	    "it is longer than the MTU and must not be fragmented", "MTU"),
	ROW("IP_LOCAL_SOURCE", NULL, LOST, ROUTED,
	    "its source is an address of this host", "of this host"),
	ROW("IP_LOCALNET", NULL, LOST, ROUTED,
	    "a loopback address cannot come from outside",
	    "loopback|route_localnet"),
	ROW("IP_INVALID_SOURCE", NULL, LOST, ROUTED,
	    "its source is no address of one host", NULL),
	ROW("IP_INVALID_DEST", NULL, LOST, ROUTED,
	    "its destination is no address that a packet is sent to", NULL),
	ROW("UNICAST_IN_L2_MULTICAST", NULL, LOST, ROUTED,
	    "it came in a frame for many", NULL),
	ROW("NOT_SPECIFIED", "ip_forward*", LOST, ROUTED,
	    "it came in a frame for many, or a socket of this host has it",
	    "TPROXY"),
	ROW("NOT_SPECIFIED", "ip6_forward*", LOST, ROUTED,
	    "a policy of IPsec refuses it, it came in a frame for many, or a "
	    "socket of this host has it", "xfrm|frame|TPROXY"),
	{ .reason = "NOT_SPECIFIED", .location = "ip_rcv_finish*",
	  .says = DROP_SAYS_LOST, .hooks = ROUTED, .many = true, .known = true,
	  .words = "nobody on this host has joined its group",
	  .cause = "joined|multicast|not for this host" },
	ROW("NOT_SPECIFIED", "ip_mr_*", LOST, ROUTED, NO_GROUP_WAY, "ttl"),
	ROW("NOT_SPECIFIED", "ip6_mr_*", LOST, ROUTED, NO_GROUP_WAY, "hop limit"),
	STAYS("ip_mc_output", 0),
	/* Behind the POSTROUTING of both: of the one of the two that did not come in again. */
	STAYS("ip6_finish_output*", LEFT),

	/* br_forward() is a part of the other one, or not, as it was compiled. */
	ROW("NOT_SPECIFIED", "br_handle_frame_finish*", LOST, 0, NO_PORT,
	    "bridge port"),
	ROW("NOT_SPECIFIED", "br_forward*", LOST, 0, NO_PORT, "bridge port"),
	ROW("BRIDGE_INGRESS_STP_STATE", NULL, LOST, 0,
	    "the bridge port by which it came in does not forward", "bridge port"),
	ROW("BRIDGE_NO_EGRESS_PORT", NULL, LOST, 0, NO_PORT, "bridge port"),
	ROW("NO_TX_TARGET", "br_*", LOST, 0, NO_PORT, "bridge port"),
	ROW("NO_TX_TARGET", NULL, LOST, LEFT,
	    "its interface knows nobody to send it to (a tunnel, a bond)", NULL),

	ROW("NEIGH_FAILED", NULL, LOST, LEFT, "its next hop does not answer",
	    NULL),
	ROW("NOT_SPECIFIED", "neigh_invalidate", LOST, LEFT,
	    "its next hop does not answer", NULL),
	ROW("NEIGH_QUEUEFULL", NULL, LOST, LEFT,
	    "too many packets wait for the address of its next hop", NULL),
	ROW("NEIGH_*", NULL, LOST, LEFT, NULL, NULL),
	ROW("TC_EGRESS", NULL, LOST, LEFT, "a filter of tc dropped it", NULL),
	ROW("BPF_CGROUP_EGRESS", NULL, LOST, LEFT,
	    "a BPF program of its cgroup dropped it", NULL),
	ROW("QDISC_*", NULL, LOST, LEFT,
	    "the queue of the interface is full, tc limits it, or the interface is down",
	    NULL),
	ROW("FQ_*", NULL, LOST, LEFT, "the queue of the interface is full",
	    NULL),
	ROW("CPU_BACKLOG", NULL, LOST, LEFT,
	    "the CPU's queue is full (net.core.netdev_max_backlog)", NULL),
	ROW("DEV_READY", NULL, LOST, LEFT, "the interface is not up", NULL),
	ROW("FULL_RING", NULL, LOST, LEFT,
	    "whoever reads the interface is too slow", NULL),
	ROW("FRAG_REASM_TIMEOUT", NULL, LOST, 0, "a fragment never came", NULL),

	/* A socket may have refused it, or was done with it. */
	{ .reason = "NOT_SPECIFIED", .location = "",
	  .says = DROP_SAYS_UNPLACED, .words = UNPLACED },
	{ .reason = "", .location = "", .says = DROP_SAYS_UNPLACED,
	  .words = UNPLACED },
	{ .says = DROP_SAYS_LOST },
};

/* fnmatch(3) would ask the locale, for each row and packet. */
static bool fits(const char *pattern, const char *text)
{
	if (!pattern)
		return true;
	for (; *pattern && *pattern != '*'; pattern++, text++)
		if (!*text || (*pattern != '?' && *pattern != *text))
			return false;
	if (!*pattern)
		return !*text;
	for (; !fits(pattern + 1, text); text++)
		if (!*text)
			return false;
	return true;
}

const struct drop_meaning *drop_meaning(const struct drop_seen *d)
{
	const struct drop_meaning *m = meanings;

	while (!fits(m->reason, d->reason) || !fits(m->location, d->location))
		m++;
	return m;
}

bool drop_meaning_asks(const struct drop_seen *d)
{
	return drop_meaning(d)->cause;
}

bool drop_meaning_is_cause(const struct drop_seen *d, const char *cause)
{
	const char *word = drop_meaning(d)->cause;

	if (!word || !cause)
		return false;
	for (;;) {
		size_t len = strcspn(word, "|");

		if (memmem(cause, strlen(cause), word, len))
			return true;
		if (!word[len])
			return false;
		word += len + 1;
	}
}

/* "udp 7002"; what has no port has no words for it. */
static const char *put_port(char *buf, size_t size, const struct packet *p,
			    uint16_t port)
{
	static const char *const names[] = {
		[IPPROTO_TCP] = "tcp", [IPPROTO_UDP] = "udp",
		[IPPROTO_UDPLITE] = "udplite", [IPPROTO_SCTP] = "sctp",
		[IPPROTO_DCCP] = "dccp",
	};

	if (!port || p->proto >= ARRAY_SIZE(names) || !names[p->proto])
		return NULL;
	snprintf(buf, size, "%s %u", names[p->proto], port);
	return buf;
}

/* Of a connection that does not begin with it. */
static bool is_strange(const struct packet *p)
{
	return p->proto == IPPROTO_TCP &&
	       (p->tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN;
}

static int put_words(char *buf, size_t size, const struct fate *f,
		     const struct packet *p)
{
	const struct drop_meaning *m = drop_meaning(f->drop);
	char end[32];
	const char *port;

	if (!m->words || (m->many && !packet_is_for_many(p)))
		return 0;
	if (!m->port)
		return snprintf(buf, size, ": %s%s", m->words,
				m->says == DROP_SAYS_REFUSED &&
				f->kind == FATE_DELIVERED ?
				" (one socket's: others may have taken it)" : "");
	port = put_port(end, sizeof(end), p, f->port);
	if (!port)
		return snprintf(buf, size, ": no socket takes it");
	if (is_strange(p))
		return snprintf(buf, size, ": no such connection is here, and "
				"%s %s", m->words, port);
	return snprintf(buf, size, ": %s %s", m->words, port);
}

int drop_meaning_print(char *buf, size_t size, const struct fate *f,
		       const struct packet *p)
{
	const struct drop_seen *d = f->drop;
	int n = snprintf(buf, size, "kernel: %s%s%s",
			 *d->reason ? d->reason : "dropped",
			 *d->location ? " at " : "", d->location);

	if (n < 0 || (size_t)n >= size)
		return n;
	if (drop_meaning_is_cause(d, f->cause))
		return n + snprintf(buf + n, size - (size_t)n, "%s; %s",
				    drop_meaning(d)->port && is_strange(p) ?
				    ": no such connection is here" : "",
				    f->cause);
	n += put_words(buf + n, size - (size_t)n, f, p);
	if (f->cause && (size_t)n < size)
		n += snprintf(buf + n, size - (size_t)n, "; likely: %s",
			      f->cause);
	return n;
}
