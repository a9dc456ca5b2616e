// SPDX-License-Identifier: GPL-2.0-or-later
/* dns: a DNS message's bytes -> ", DNS 4660+ A? example.com." */
#include "dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "safe.h"

enum { DNS_HEADER = 12, ANSWERS_SHOWN = 4 };

struct line {
	char *buf;
	size_t size, len;
};

static void add(struct line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->len, l->size - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= l->size)
		l->len = l->size - 1;
}

static void add_name(struct line *l, const char *name)
{
	char text[4 * NS_MAXDNAME];

	safe_text(text, sizeof(text), name, strlen(name));
	add(l, "%s.", strcmp(text, ".") == 0 ? "" : text);
}

static void add_type(struct line *l, unsigned int type)
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
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].type == type) {
			add(l, "%s", names[i].name);
			return;
		}
	}
	add(l, "Type%u", type);
}

static void add_data(struct line *l, const ns_msg *m, const ns_rr *rr)
{
	char text[NS_MAXDNAME];

	switch ((int)ns_rr_type(*rr)) {
	case ns_t_a:
		if (ns_rr_rdlen(*rr) == 4)
			add(l, " %s", inet_ntop(AF_INET, ns_rr_rdata(*rr),
						text, sizeof(text)));
		break;
	case ns_t_aaaa:
		if (ns_rr_rdlen(*rr) == 16)
			add(l, " %s", inet_ntop(AF_INET6, ns_rr_rdata(*rr),
						text, sizeof(text)));
		break;
	case ns_t_cname:
	case ns_t_ns:
	case ns_t_ptr:
		if (ns_name_uncompress(ns_msg_base(*m), ns_msg_end(*m),
				       ns_rr_rdata(*rr), text,
				       sizeof(text)) >= 0) {
			add(l, " ");
			add_name(l, text);
		}
		break;
	}
}

static const char *rcode_name(unsigned int rcode)
{
	static const char *const names[] = {
		"", " FormErr", " ServFail", " NXDomain", " NotImp",
		" Refused",
	};

	return rcode < sizeof(names) / sizeof(names[0]) ? names[rcode]
							: " Resp?";
}

static void add_question(struct line *l, ns_msg *m)
{
	ns_rr rr;

	if (ns_parserr(m, ns_s_qd, 0, &rr) < 0)
		return;
	add(l, " ");
	add_type(l, ns_rr_type(rr));
	add(l, "? ");
	add_name(l, ns_rr_name(rr));
}

static void add_answers(struct line *l, ns_msg *m)
{
	ns_rr rr;

	add(l, "%s %u/%u/%u", rcode_name(ns_msg_getflag(*m, ns_f_rcode)),
	    ns_msg_count(*m, ns_s_an), ns_msg_count(*m, ns_s_ns),
	    ns_msg_count(*m, ns_s_ar));
	for (int i = 0; i < ns_msg_count(*m, ns_s_an) && i < ANSWERS_SHOWN;
	     i++) {
		if (ns_parserr(m, ns_s_an, i, &rr) < 0)
			break;
		add(l, "%s ", i ? "," : "");
		add_type(l, ns_rr_type(rr));
		add_data(l, m, &rr);
	}
}

/*
 * A message that was cut: the parser refuses it whole, so the question, which
 * comes first, is read as a message of its own.
 */
static void add_cut(struct line *l, const uint8_t *msg, size_t len)
{
	uint8_t copy[512];
	char name[NS_MAXDNAME];
	int used;

	if (len > sizeof(copy))
		len = sizeof(copy);
	memcpy(copy, msg, len);
	used = ns_name_uncompress(copy, copy + len, copy + DNS_HEADER, name,
				  sizeof(name));
	if (copy[5] && used > 0 && DNS_HEADER + (size_t)used + 2 <= len) {
		const uint8_t *type = copy + DNS_HEADER + used;

		add(l, " ");
		add_type(l, (unsigned int)(type[0] << 8 | type[1]));
		add(l, "? ");
		add_name(l, name);
	}
	add(l, " [|domain]");
}

size_t dns_print(char *buf, size_t size, const uint8_t *msg, size_t len,
		 size_t whole)
{
	struct line l = { .buf = buf, .size = size };
	bool response;
	ns_msg m;

	buf[0] = '\0';
	if (len < DNS_HEADER)
		return 0;
	if (len > whole)
		len = whole;
	response = msg[2] & 0x80;
	if (len < whole) {
		add(&l, ", DNS %u%s", msg[0] << 8 | msg[1],
		    !response && msg[2] & 1 ? "+" : "");
		add_cut(&l, msg, len);
		return l.len;
	}
	if (len > NS_MAXMSG || ns_initparse(msg, (int)len, &m) < 0)
		return 0;
	add(&l, ", DNS %u%s", ns_msg_id(m),
	    !response && ns_msg_getflag(m, ns_f_rd) ? "+" : "");
	if (response)
		add_answers(&l, &m);
	else
		add_question(&l, &m);
	return l.len;
}
