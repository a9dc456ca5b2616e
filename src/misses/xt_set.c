// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_set: "-m set --match-set NAME src,dst", by asking what the set holds now. */
#include "misses/xt_set.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "base/format.h"
#include "misses/condition.h"
#include "misses/xt_option.h"
#include "rules/base/ipset_key.h"

enum {
	ETHERNET_HEADER = 14,
	/* Of condition.number: four bits a part, then the words, then the answer. */
	SOURCES_AT = 12,
	IS_IN = 1 << 20,
};

/* "src,dst,dst" */
static bool read_words(union xt_value *v, struct strview words)
{
	while (words.len) {
		struct strview word = strview_cut(&words, ',');

		if (v->set.words == IPSET_WORDS ||
		    (!strview_is(word, "src") && !strview_is(word, "dst")))
			return false;
		v->set.sources |= strview_is(word, "src") << v->set.words;
		v->set.words++;
	}
	return v->set.words > 0;
}

static struct strview next(struct strview *rest)
{
	struct strview word = { "", 0 };

	strview_word(rest, &word);
	return word;
}

/* What only keeps counters as they are is no condition. */
static bool read_rest(union xt_value *v, struct strview rest)
{
	while (rest.len) {
		struct strview word = next(&rest);

		if (strview_is(word, "--return-nomatch")) {
			v->set.nomatch = true;
			continue;
		}
		if (!strview_is(word, "!"))
			return false;
		word = next(&rest);
		if (!strview_is(word, "--update-counters") &&
		    !strview_is(word, "--update-subcounters"))
			return false;
	}
	return true;
}

bool xt_read_set(union xt_value *v, struct strview value)
{
	struct strview rest = value, word = next(&rest), name;

	memset(&v->set, 0, sizeof(v->set));
	v->set.inverted = strview_is(word, "!");
	if (v->set.inverted)
		word = next(&rest);
	if (!strview_is(word, "--match-set"))
		return false;
	name = next(&rest);
	if (!name.len || name.len >= IPSET_NAME || *name.at == '"')
		return false;
	v->set.name = (uint16_t)(name.at - value.at);
	v->set.len = (uint8_t)name.len;
	return read_words(v, next(&rest)) && read_rest(v, rest);
}

static void take_ports(struct ipset_key *k, const struct packet *p)
{
	/* A piece of a packet has none, or the kernel does not look for them. */
	if (p->flags & PACKET_FRAGMENT || p->layer != PACKET_TRANSPORT)
		return;
	if (p->flags & PACKET_PORTS) {
		k->sport = p->sport;
		k->dport = p->dport;
		k->known |= IPSET_KNOWS_PORTS;
	} else if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6) {
		k->sport = k->dport = (uint16_t)(p->icmp_type << 8 | p->icmp_code);
		k->known |= IPSET_KNOWS_PORTS;
	}
}

static void take_set_device(struct ipset_key *k, char to[16], const struct asked_device *d,
			    uint8_t known)
{
	if (!d->name)
		return;
	memcpy(to, d->name, strnlen(d->name, 16));
	k->known |= known;
}

static void take_others(struct ipset_key *k, const struct asked *a)
{
	take_ports(k, a->p);
	take_set_device(k, k->in, &a->in, IPSET_KNOWS_IN);
	take_set_device(k, k->out, &a->out, IPSET_KNOWS_OUT);
	if (a->hw_len == ETHERNET_HEADER && a->hook != NF_INET_LOCAL_OUT &&
	    a->hook != NF_INET_POST_ROUTING) {
		memcpy(k->mac, a->hw + 6, sizeof(k->mac));
		k->known |= IPSET_KNOWS_MAC;
	}
	if (a->mark_known) {
		k->mark = a->mark;
		k->known |= IPSET_KNOWS_MARK;
	}
}

/* Return: false: of this packet nobody can be asked. */
static bool make_set_key(struct ipset_key *k, const struct xt_seen *q)
{
	const struct packet *p = q->a->p;

	if (!q->t->valued || !q->a->ipsets || q->a->printed || p->layer < PACKET_NETWORK ||
	    !p->src || !p->dst)
		return false;
	memset(k, 0, sizeof(*k));
	memcpy(k->name, xt_seen_value(q).at + q->t->v.set.name, q->t->v.set.len);
	k->words = q->t->v.set.words;
	k->sources = q->t->v.set.sources;
	k->nomatch = q->t->v.set.nomatch;
	k->nfproto = q->a->nfproto;
	k->proto = p->proto;
	memcpy(k->src, p->src, p->addr_len);
	memcpy(k->dst, p->dst, p->addr_len);
	take_others(k, q->a);
	return true;
}

/* The fields of a packet that a set of these parts looks at, 1 << enum asked_field. */
static uint32_t set_fields_of(const struct ipset_answer *a, uint8_t sources)
{
	static const uint8_t field[][2] = {
		[IPSET_ADDRESS] = { ASKED_DST, ASKED_SRC },
		[IPSET_PORT] = { ASKED_DPORT, ASKED_SPORT },
		[IPSET_DEVICE] = { ASKED_OUT, ASKED_IN },
		[IPSET_MAC] = { ASKED_MAC, ASKED_MAC },
		[IPSET_MARK] = { ASKED_MARK, ASKED_MARK },
	};
	uint32_t fields = 0;

	for (unsigned int i = 0; i < IPSET_PARTS && a->part[i]; i++) {
		fields |= UINT32_C(1) << field[a->part[i]][sources >> i & 1];
		if (a->part[i] == IPSET_PORT)
			fields |= 1u << ASKED_PROTO | 1u << ASKED_ICMP | 1u << ASKED_FRAGMENT;
	}
	return fields ? fields : UINT32_MAX & ~(UINT32_C(1) << ASKED_OTHER);
}

static size_t put_part(char *buf, size_t size, unsigned int part, bool source,
		       const struct asked *a)
{
	const struct asked_device *d = source ? &a->in : &a->out;
	char addr[INET6_ADDRSTRLEN] = "";
	const struct packet *p = a->p;

	switch (part) {
	case IPSET_ADDRESS:
		inet_ntop(p->nfproto == NFPROTO_IPV4 ? AF_INET : AF_INET6,
			  source ? p->src : p->dst, addr, sizeof(addr));
		return format_text(buf, size, "%s", addr);
	case IPSET_PORT:
		return p->flags & PACKET_PORTS ?
			format_text(buf, size, "port %u", source ? p->sport : p->dport) :
			format_text(buf, size, "protocol %u", p->proto);
	case IPSET_DEVICE:
		return format_text(buf, size, "%s", d->name ? d->name : "");
	case IPSET_MARK:
		return format_text(buf, size, "mark 0x%x", a->mark);
	}
	return format_text(buf, size, "the sender's MAC");
}

/* "10.1.2.3, port 80 is not in it" */
static void tell_set(char buf[CONDITION_VALUE], const struct condition *c,
		     const struct asked *a)
{
	size_t len = 0;

	for (unsigned int i = 0; i < IPSET_PARTS; i++) {
		unsigned int part = c->number >> 4 * i & 15;

		if (!part)
			break;
		if (i)
			len += format_text(buf + len, CONDITION_VALUE - len, ", ");
		len += put_part(buf + len, CONDITION_VALUE - len, part,
				c->number >> (SOURCES_AT + i) & 1, a);
	}
	format_text(buf + len, CONDITION_VALUE - len, "%s in it", c->number & IS_IN ?
		    len ? " is" : "the packet is" : len ? " is not" : "the packet is not");
}

void xt_ask_set(struct conditions *out, const struct xt_seen *q, struct strview words)
{
	struct ipset_answer is = { .is = IPSET_NOT_KNOWN };
	enum condition_state state = CONDITION_UNKNOWN;
	struct ipset_key k = { .words = 0 };
	struct condition *c;

	if (make_set_key(&k, q))
		q->a->ipsets->find(q->a->ipsets->arg, &k, &is);
	if (is.is != IPSET_NOT_KNOWN)
		state = (is.is == IPSET_IS_IN) != q->t->v.set.inverted ?
			CONDITION_HELD : CONDITION_FAILED;
	c = conditions_add(out, state, ASKED_OTHER, words);
	if (!c)
		return;
	c->others = UINT32_MAX & ~(UINT32_C(1) << ASKED_OTHER);
	if (state == CONDITION_UNKNOWN)
		return;
	c->now = true;
	c->others = set_fields_of(&is, k.sources);
	c->number = (uint32_t)(is.part[0] | is.part[1] << 4 | is.part[2] << 8 |
			       k.sources << SOURCES_AT) |
		    (is.is == IPSET_IS_IN ? IS_IN : 0);
	c->tell = tell_set;
}
