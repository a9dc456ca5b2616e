// SPDX-License-Identifier: GPL-2.0-or-later
/* dns: a DNS message's bytes -> ", DNS 4660+ A? example.com." */
#include "packet/dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/strbuf.h"
#include "rules/base/units.h"

enum { DNS_HEADER = 12, ANSWERS_SHOWN = 4, DNS_CUT = 2048, DNS_PADDED = 8192 };

static void add_name(struct strbuf *l, const char *name)
{
	char text[4 * NS_MAXDNAME];

	escape_ascii(text, sizeof(text), name, strlen(name));
	strbuf_add(l, "%s.", strcmp(text, ".") == 0 ? "" : text);
}

static void add_type(struct strbuf *l, unsigned int type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} names[] = {
		{ ns_t_a, "A" }, { ns_t_ns, "NS" }, { ns_t_cname, "CNAME" },
		{ ns_t_soa, "SOA" }, { ns_t_ptr, "PTR" }, { ns_t_mx, "MX" },
		{ ns_t_txt, "TXT" }, { ns_t_aaaa, "AAAA" },
		{ ns_t_srv, "SRV" }, { ns_t_naptr, "NAPTR" },
		{ 64, "SVCB" }, { 65, "HTTPS" }, { ns_t_ds, "DS" },
		{ ns_t_dnskey, "DNSKEY" }, { ns_t_any, "ANY" },
		{ ns_t_opt, "OPT" }, { ns_t_hinfo, "HINFO" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].type == type) {
			strbuf_add(l, "%s", names[i].name);
			return;
		}
	}
	strbuf_add(l, "Type%u", type);
}

static void add_target(struct strbuf *l, const ns_msg *m, const uint8_t *at,
		       const uint8_t *end, const char *blank)
{
	char text[NS_MAXDNAME];

	if (at >= end || ns_name_uncompress(ns_msg_base(*m), ns_msg_end(*m),
					    at, text, sizeof(text)) < 0)
		return;
	strbuf_add(l, "%s", blank);
	add_name(l, text);
}

static void add_string(struct strbuf *l, const uint8_t *data, size_t len)
{
	char text[4 * 256];

	if (len == 0 || data[0] + 1u > len)
		return;
	escape_ascii(text, sizeof(text), (const char *)data + 1, data[0]);
	strbuf_add(l, " \"%s\"", text);
}

static void add_address(struct strbuf *l, const ns_rr *rr, int family,
			size_t len)
{
	char text[INET6_ADDRSTRLEN];

	if (ns_rr_rdlen(*rr) == len)
		strbuf_add(l, " %s",
			   inet_ntop(family, ns_rr_rdata(*rr), text,
				     sizeof(text)));
}

static void add_data(struct strbuf *l, const ns_msg *m, const ns_rr *rr)
{
	const uint8_t *d = ns_rr_rdata(*rr), *end = d + ns_rr_rdlen(*rr);

	switch ((int)ns_rr_type(*rr)) {
	case ns_t_a:
		add_address(l, rr, AF_INET, 4);
		break;
	case ns_t_aaaa:
		add_address(l, rr, AF_INET6, 16);
		break;
	case ns_t_cname:
	case ns_t_ns:
	case ns_t_ptr:
		add_target(l, m, d, end, " ");
		break;
	case ns_t_mx:
		add_target(l, m, d + 2, end, " ");
		if (d + 2 <= end)
			strbuf_add(l, " %u", d[0] << 8 | d[1]);
		break;
	case ns_t_srv:
		add_target(l, m, d + 6, end, " ");
		if (d + 6 <= end)
			strbuf_add(l, ":%u %u %u", d[4] << 8 | d[5],
				   d[0] << 8 | d[1], d[2] << 8 | d[3]);
		break;
	case ns_t_txt:
		add_string(l, d, ns_rr_rdlen(*rr));
		break;
	}
}

static const char *rcode_name(unsigned int rcode)
{
	static const char *const names[] = {
		"", " FormErr", " ServFail", " NXDomain", " NotImp",
		" Refused",
	};

	return rcode < ARRAY_SIZE(names) ? names[rcode]
							: " Resp?";
}

/* So much nft copies: what it asks is in the packet, and nothing is said of it. */
static bool is_header_alone(const ns_msg *m, const uint8_t *end)
{
	return end == ns_msg_base(*m) + DNS_HEADER && end < ns_msg_end(*m);
}

/* @end: of what was captured; behind it a cut message is made of zeros. */
static void add_question(struct strbuf *l, ns_msg *m, const uint8_t *end)
{
	unsigned int more = ns_msg_count(*m, ns_s_ar);
	char name[NS_MAXDNAME];
	const uint8_t *q = ns_msg_base(*m) + DNS_HEADER;
	int used;

	if (ns_msg_count(*m, ns_s_qd) == 0)
		return;
	if (more)
		strbuf_add(l, " [%uau]", more);
	if (is_header_alone(m, end))
		return;
	used = ns_name_uncompress(ns_msg_base(*m), end, q, name, sizeof(name));
	if (used < 0 || q + used + 2 > end) {
		strbuf_add(l, end < ns_msg_end(*m) ? " [|domain]"
						   : " [malformed]");
		return;
	}
	strbuf_add(l, " ");
	add_type(l, (unsigned int)(q[used] << 8 | q[used + 1]));
	strbuf_add(l, "? ");
	add_name(l, name);
}

static void add_answers(struct strbuf *l, ns_msg *m, const uint8_t *end)
{
	int count = ns_msg_count(*m, ns_s_an);
	ns_rr rr;

	strbuf_add(l, "%s %u/%u/%u", rcode_name(ns_msg_getflag(*m, ns_f_rcode)),
		   ns_msg_count(*m, ns_s_an), ns_msg_count(*m, ns_s_ns),
		   ns_msg_count(*m, ns_s_ar));
	if (is_header_alone(m, end))
		return;
	for (int i = 0; i < count && i < ANSWERS_SHOWN; i++) {
		strbuf_add(l, "%s ", i ? "," : "");
		if (ns_parserr(m, ns_s_an, i, &rr) < 0 ||
		    ns_rr_rdata(rr) + ns_rr_rdlen(rr) > end) {
			strbuf_add(l, "[|domain]");
			return;
		}
		add_type(l, ns_rr_type(rr));
		add_data(l, m, &rr);
	}
	if (count > ANSWERS_SHOWN)
		strbuf_add(l, ", ...");
}

/*
 * The parser refuses a message that was cut.  With zeros behind it, each of
 * them an empty record, it reads all that is there.
 */
static int dns_parse(const uint8_t *msg, size_t len, size_t whole,
		     uint8_t *copy, ns_msg *m)
{
	size_t room = len < DNS_CUT ? len : DNS_CUT;
	const uint8_t *at = copy + DNS_HEADER;

	if (len >= whole)
		return len > NS_MAXMSG ? -1 : ns_initparse(msg, (int)len, m);
	memcpy(copy, msg, room);
	memset(copy + room, 0, DNS_PADDED - room);
	/* ns_skiprr() also refuses what is behind the last record. */
	for (int s = ns_s_qd; s < ns_s_max; s++) {
		int n = ns_skiprr(at, copy + DNS_PADDED, s,
				  copy[4 + 2 * s] << 8 | copy[5 + 2 * s]);

		if (n < 0)
			return -1;
		at += n;
	}
	return ns_initparse(copy, (int)(at - copy), m);
}

size_t dns_print(char *buf, size_t size, const uint8_t *msg, size_t len,
		 size_t whole)
{
	struct strbuf l = { .buf = buf, .size = size };
	uint8_t copy[DNS_PADDED];
	const uint8_t *end;
	ns_msg m;

	buf[0] = '\0';
	if (len > whole)
		len = whole;
	if (len < DNS_HEADER) {
		strbuf_add(&l, ", DNS%s",
			   len < whole ? " [|domain]" : " [malformed]");
		return l.len;
	}
	strbuf_add(&l, ", DNS %u", msg[0] << 8 | msg[1]);
	if (dns_parse(msg, len, whole, copy, &m) < 0) {
		strbuf_add(&l, len < whole ? " [|domain]" : " [malformed]");
		return l.len;
	}
	end = ns_msg_base(m) + (len < whole && len > DNS_CUT ? DNS_CUT : len);
	strbuf_add(&l, "%s%s%s", ns_msg_getflag(m, ns_f_aa) ? "*" : "",
		   ns_msg_getflag(m, ns_f_tc) ? "|" : "",
		   !ns_msg_getflag(m, ns_f_qr) && ns_msg_getflag(m, ns_f_rd)
			   ? "+"
			   : "");
	if (ns_msg_getflag(m, ns_f_qr))
		add_answers(&l, &m, end);
	else
		add_question(&l, &m, end);
	return l.len;
}
