// SPDX-License-Identifier: GPL-2.0-or-later
/* pcap_filter: a filter in tcpdump's words -> the program of a bpf match. */
#include "rules/match/pcap_filter.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/filter.h>
#include <linux/netfilter/xt_bpf.h>
#include <pcap/pcap.h>

#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/match/hints.h"

_Static_assert(PCAP_FILTER_STEPS == XT_BPF_MAX_NUM_INSTR,
	       "the kernel's limit is another");

/* Debian's name for it, and everybody else's. */
static const char *const libraries[] = { "libpcap.so.0.8", "libpcap.so.1" };

/* Loaded where it is used: with its libraries it is larger than nftrace. */
struct lib {
	__typeof__(pcap_open_dead) *open_dead;
	__typeof__(pcap_compile) *compile;
	__typeof__(pcap_geterr) *geterr;
	__typeof__(pcap_close) *close;
	__typeof__(pcap_freecode) *freecode;
};

static bool load(struct lib *l)
{
	const struct {
		const char *name;
		void *to;
	} symbols[] = {
		{ "pcap_open_dead", &l->open_dead },
		{ "pcap_compile", &l->compile },
		{ "pcap_geterr", &l->geterr },
		{ "pcap_close", &l->close },
		{ "pcap_freecode", &l->freecode },
	};
	void *library = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(libraries) && !library; i++)
		library = dlopen(libraries[i], RTLD_LAZY | RTLD_LOCAL);
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		void *symbol = library ? dlsym(library, symbols[i].name) : NULL;

		if (!symbol)
			return false;
		memcpy(symbols[i].to, &symbol, sizeof(symbol));
	}
	return true;
}

/* Which way a packet goes is in its buffer only once it is at a device. */
static bool asks_direction(const struct bpf_program *b)
{
	for (unsigned int i = 0; i < b->bf_len; i++)
		if (BPF_CLASS(b->bf_insns[i].code) == BPF_LD &&
		    BPF_MODE(b->bf_insns[i].code) == BPF_ABS &&
		    b->bf_insns[i].k >= (bpf_u_int32)SKF_AD_OFF)
			return true;
	return false;
}

/* protochain goes back to look at the next header; the kernel takes no loops. */
static bool has_loop(const struct bpf_program *b)
{
	for (unsigned int i = 0; i < b->bf_len; i++)
		if (b->bf_insns[i].code == (BPF_JMP | BPF_JA) &&
		    b->bf_insns[i].k >= b->bf_len)
			return true;
	return false;
}

static __attribute__((format(printf, 2, 3)))
void refuse(struct pcap_filter *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->why, sizeof(p->why), fmt, ap);
	va_end(ap);
	p->status = PCAP_FILTER_BAD;
}

static void write_bytecode(char *to, size_t size, const struct bpf_program *b)
{
	size_t at = (size_t)snprintf(to, size, "%u", b->bf_len);

	for (unsigned int i = 0; i < b->bf_len && at < size; i++)
		at += (size_t)snprintf(to + at, size - at, ",%u %u %u %u",
				       b->bf_insns[i].code, b->bf_insns[i].jt,
				       b->bf_insns[i].jf, b->bf_insns[i].k);
}

static void take_program(struct pcap_filter *p, const struct bpf_program *b)
{
	const struct bpf_insn *first = b->bf_insns;

	if (asks_direction(b))
		refuse(p, "rules do not know of inbound and outbound: say "
		       "--chain PREROUTING for what comes in, --chain OUTPUT "
		       "for what this host sends");
	else if (has_loop(b))
		refuse(p, "the kernel's programs have no loops, as protochain "
		       "needs one: proto instead of protochain");
	else if (b->bf_len > PCAP_FILTER_STEPS)
		refuse(p, "that is a program of %u steps, and the kernel's bpf "
		       "match takes %d: several shorter filters with --or "
		       "between them, or iptables' own words for a part of it",
		       b->bf_len, PCAP_FILTER_STEPS);
	if (p->status != PCAP_FILTER_OK) {
		p->status = PCAP_FILTER_LARGE;
		return;
	}
	p->all = b->bf_len == 1 && BPF_CLASS(first->code) == BPF_RET &&
		 first->k;
	write_bytecode(p->bytecode, sizeof(p->bytecode), b);
}

/* libpcap's sentence, and what to say instead where something else is meant. */
static void take_error(struct pcap_filter *p, const struct family *f,
		       const char *words, const char *error)
{
	const char *hint = hints_of_filter(words);

	if (!hint && strstr(error, "syntax error")) {
		p->status = PCAP_FILTER_BAD;
		if (!hints_of_syntax(p->why, sizeof(p->why), words))
			refuse(p, "neither a match of iptables' nor a filter of "
			       "tcpdump's (syntax error)");
		return;
	}
	if (!hint && strcmp(error, "expression rejects all packets") != 0) {
		refuse(p, "%s", error);
		return;
	}
	if (hint)
		refuse(p, "%s", hint);
	else
		refuse(p, "it can match no packet of %s", f->name);
	if (strcmp(error, "expression rejects all packets") == 0)
		p->status = PCAP_FILTER_NOTHING;
}

/*
 * DLT_IPV4 and DLT_IPV6 are DLT_RAW for one family: the hook knows it, and the
 * program need not ask.  The netmask is not known, as for tcpdump on a device
 * without an address.
 */
void pcap_filter_make(struct pcap_filter *p, const struct family *f,
		      const char *words)
{
	int type = f == &family_ipv4 ? DLT_IPV4 : DLT_IPV6;
	struct bpf_program b = { 0 };
	struct lib l;
	pcap_t *dead;

	memset(p, 0, sizeof(*p));
	/* libpcap would take the IP header's bytes for them. */
	if (hints_of_link_byte(words)) {
		take_error(p, f, words, "");
		return;
	}
	dead = load(&l) ? l.open_dead(type, 65535) : NULL;
	if (!dead) {
		p->status = PCAP_FILTER_MISSING;
		snprintf(p->why, sizeof(p->why), "words of tcpdump's are read by "
			 "libpcap, which is not here: install libpcap0.8, or use "
			 "iptables' words");
		return;
	}
	if (l.compile(dead, &b, words, 1, PCAP_NETMASK_UNKNOWN) < 0)
		take_error(p, f, words, l.geterr(dead));
	else
		take_program(p, &b);
	l.freecode(&b);
	l.close(dead);
}
