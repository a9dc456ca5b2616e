// SPDX-License-Identifier: GPL-2.0-or-later
/* print_icmp: ICMP and ICMPv6 types by name, and the packet that an error quotes. */
#include "packet/print_icmp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "packet/packet.h"
#include "packet/print_ends.h"
#include "rules/base/units.h"

struct type_name {
	uint8_t type;
	int16_t code;		/* -1: any */
	const char *text;
};

static const struct type_name icmp_names[] = {
	{ 0, -1, "echo reply" }, { 8, -1, "echo request" },
	{ 3, 0, "net unreachable" }, { 3, 1, "host unreachable" },
	{ 3, 2, "protocol unreachable" }, { 3, 3, "port unreachable" },
	{ 3, 4, "unreachable - need to frag" },
	{ 3, 5, "unreachable - source route failed" },
	{ 3, 6, "net unreachable - unknown" },
	{ 3, 7, "host unreachable - unknown" },
	{ 3, 8, "host unreachable - isolated" },
	{ 3, 9, "net unreachable - admin prohibited" },
	{ 3, 10, "host unreachable - admin prohibited" },
	{ 3, 11, "net unreachable - tos prohibited" },
	{ 3, 12, "host unreachable - tos prohibited" },
	{ 3, 13, "host unreachable - admin prohibited filter" },
	{ 3, 14, "host unreachable - host precedence violation" },
	{ 3, 15, "host unreachable - precedence cutoff" },
	{ 3, -1, "unreachable" }, { 4, -1, "source quench" },
	{ 5, -1, "redirect" }, { 9, -1, "router advertisement" },
	{ 10, -1, "router solicitation" },
	{ 11, 0, "time exceeded in-transit" },
	{ 11, 1, "ip reassembly time exceeded" }, { 11, -1, "time exceeded" },
	{ 12, -1, "parameter problem" }, { 13, -1, "time stamp query" },
	{ 14, -1, "time stamp reply" }, { 15, -1, "information request" },
	{ 16, -1, "information reply" }, { 17, -1, "address mask request" },
	{ 18, -1, "address mask reply" },
};

static const struct type_name icmp6_names[] = {
	{ 1, 0, "destination unreachable, unreachable route" },
	{ 1, 1, "destination unreachable, unreachable prohibited" },
	{ 1, 2, "destination unreachable, beyond scope" },
	{ 1, 3, "destination unreachable, unreachable address" },
	{ 1, 4, "destination unreachable, unreachable port" },
	{ 1, 5, "destination unreachable, source address failed policy" },
	{ 1, 6, "destination unreachable, reject route" },
	{ 1, -1, "destination unreachable" }, { 2, -1, "packet too big" },
	{ 3, 0, "time exceeded in-transit" },
	{ 3, 1, "time exceeded in-transit (reassembly)" },
	{ 3, -1, "time exceeded" },
	{ 4, 0, "parameter problem, erroneous header" },
	{ 4, 1, "parameter problem, next header" },
	{ 4, 2, "parameter problem, option" }, { 4, -1, "parameter problem" },
	{ 128, -1, "echo request" }, { 129, -1, "echo reply" },
	{ 130, -1, "multicast listener query" },
	{ 131, -1, "multicast listener report" },
	{ 132, -1, "multicast listener done" },
	{ 133, -1, "router solicitation" },
	{ 134, -1, "router advertisement" },
	{ 135, -1, "neighbor solicitation" },
	{ 136, -1, "neighbor advertisement" }, { 137, -1, "redirect" },
	{ 143, -1, "multicast listener report v2" },
};

static const struct type_name *find_name(const struct type_name *names,
					 size_t count, uint8_t type,
					 uint8_t code)
{
	for (size_t i = 0; i < count; i++)
		if (names[i].type == type &&
		    (names[i].code < 0 || names[i].code == code))
			return &names[i];
	return NULL;
}

/* An error quotes the packet that it is about; one level is enough. */
static void add_quoted(struct strbuf *l, const struct packet *p)
{
	struct packet q;

	if (p->payload >= p->caplen)
		return;
	packet_decode(&q, p->nfproto, p->data + p->payload,
		      p->caplen - p->payload);
	if (q.layer == PACKET_NOTHING)
		return;
	strbuf_add(l, " (");
	print_ends(l, &q);
	print_proto(l, &q);
	strbuf_add(l, ")");
}

/* By the protocol's own family: ICMP may be found in an IPv6 packet. */
static void print_address(struct strbuf *l, const char *before, int family,
			  const uint8_t *addr)
{
	char text[INET6_ADDRSTRLEN];

	strbuf_add(l, "%s%s", before,
		   inet_ntop(family, addr, text, sizeof(text)));
}

/* What the second word of the header, or the body, is for some types. */
static void add_detail(struct strbuf *l, const struct packet *p)
{
	const uint8_t *h = p->data + p->l4;

	if (p->proto == IPPROTO_ICMP && p->icmp_type == 3 && p->icmp_code == 4)
		strbuf_add(l, " (mtu %u)", h[6] << 8 | h[7]);
	else if (p->proto == IPPROTO_ICMPV6 && p->icmp_type == 2)
		strbuf_add(l, ", mtu %u", packet_be32(h + 4));
	else if (p->proto == IPPROTO_ICMP && p->icmp_type == 5)
		print_address(l, " to ", AF_INET, h + 4);
	else if (p->proto == IPPROTO_ICMPV6 && p->payload + 16 <= p->caplen &&
		 (p->icmp_type == 135 || p->icmp_type == 136))
		print_address(l, p->icmp_type == 135 ? ", who has " : ", tgt is ",
			      AF_INET6, h + 8);
}

static bool has_id(const struct packet *p)
{
	static const uint8_t with_id[] = { 0, 8, 13, 14, 15, 16, 17, 18 };

	if (p->proto == IPPROTO_ICMPV6)
		return p->icmp_type == 128 || p->icmp_type == 129;
	return memchr(with_id, p->icmp_type, sizeof(with_id)) != NULL;
}

static bool has_codes(const struct packet *p)
{
	return p->proto == IPPROTO_ICMPV6 ?
		p->icmp_type < 128 : p->icmp_type == 3 || p->icmp_type == 11;
}

void print_icmp(struct strbuf *l, const struct packet *p)
{
	bool six = p->proto == IPPROTO_ICMPV6;
	const struct type_name *name = six ?
		find_name(icmp6_names, ARRAY_SIZE(icmp6_names),
			  p->icmp_type, p->icmp_code) :
		find_name(icmp_names, ARRAY_SIZE(icmp_names),
			  p->icmp_type, p->icmp_code);
	static const uint8_t errors[] = { 3, 4, 5, 11, 12 };

	strbuf_add(l, "%s", six ? "ICMP6, " : "ICMP ");
	if (name)
		strbuf_add(l, "%s", name->text);
	if (name && name->code < 0 && p->icmp_code && has_codes(p))
		strbuf_add(l, " - #%u", p->icmp_code);
	if (!name)
		strbuf_add(l, "type %u code %u", p->icmp_type, p->icmp_code);
	add_detail(l, p);
	if (has_id(p))
		strbuf_add(l, ", id %u, seq %u", p->icmp_id, p->icmp_seq);
	if (six ? p->icmp_type < 128 :
	    memchr(errors, p->icmp_type, sizeof(errors)) != NULL)
		add_quoted(l, p);
	print_length(l, p, p->length > p->l4 ? p->length - p->l4 : 0);
}
