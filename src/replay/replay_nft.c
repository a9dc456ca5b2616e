// SPDX-License-Identifier: GPL-2.0-or-later
/* replay_nft: lines of `nft monitor trace` -> events -> journeys. */
#include "base/escape.h"
#include "replay/replay_nft.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "capture/ifnames.h"
#include "packet/packet.h"
#include "place/path_map.h"
#include "place/place.h"
#include "place/place_restored.h"
#include "place/table_order.h"
#include "place/witness_places.h"
#include "protocol/stats.h"
#include "replay/nft_ct.h"
#include "replay/nft_line.h"
#include "replay/nft_listed.h"
#include "replay/nft_packet.h"
#include "replay/nft_rules.h"
#include "replay/nft_says.h"
#include "replay/replay_state.h"
#include "replay/xt_line.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"
#include "rules/base/target.h"
#include "rules/base/units.h"

enum { IDS = HASH_SLOTS(4096), PREFIX = 1024, TEXT = 4096, FIELDS = 1024 };

/* What later lines of an id do not tell again. */
struct known_id {
	uint32_t id, mark;
	uint8_t nfproto, proto;	/* 0: not known */
	bool sets_mark;		/* a rule that it met does */
	uint64_t base;		/* the base chain that it was in last, a hash; 0: none */
	uint64_t head;		/* of its first headers and their chain; 0: none */
};

/* Behind loopback a packet has another id, and is the same. */
struct known_packet {
	uint64_t key;
	uint8_t proto;
};

struct nft_replay {
	struct replay *r;
	struct nft_rules *rules;	/* NULL: none are given */
	struct trace_text head;		/* headers of .head_id's next event */
	uint32_t head_id;		/* 0: none */
	uint64_t head_chain;		/* of this one, a hash; 0: any */
	struct conntrack ct;		/* of .ct_id's next event */
	uint32_t ct_id;			/* 0: none */
	char fields[FIELDS];		/* xtables': the protocol is still to come */
	size_t fields_len;
	uint64_t now_ns;
	uint64_t line;			/* from 1 */
	uint64_t misfits;		/* chains whose policy is another, a bit of the hash each */
	struct known_id *known;		/* IDS of them; NULL: no line of nft's came yet */
	struct known_packet *packet;	/* the same */
};

struct nft_replay *replay_nft_open(struct replay *r)
{
	struct nft_replay *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->r = r;
	if (!r->nft_rules.len)
		return n;
	n->rules = calloc(1, sizeof(*n->rules));
	if (!n->rules || !nft_rules_read(n->rules, r->nft_rules)) {
		replay_nft_close(n);
		return NULL;
	}
	nft_rules_add_slots(n->rules, r->map, r->index);
	if (r->listed && !*r->listed)
		*r->listed = nft_listed_make(r->nft_rules, n->rules);
	return n;
}

void replay_nft_close(struct nft_replay *n)
{
	if (!n)
		return;
	if (n->rules)
		nft_rules_free(n->rules);
	free(n->rules);
	free(n->known);
	free(n->packet);
	free(n);
}

static uint32_t nft_interface(struct nft_replay *n, struct trace_text_name name)
{
	return name.len ? ifnames_index(n->r->names, name.at, name.len) : 0;
}

static uint64_t chain_hash(const struct nft_line *l)
{
	return hash_bytes(hash_bytes(l->family, l->table.at, l->table.len),
			  l->chain.at, l->chain.len);
}

/* Whole, and short enough? */
static bool keep_fields(struct nft_replay *n, struct strview fields)
{
	if (fields.len > sizeof(n->fields) ||
	    !xt_packet_read(&n->head, fields, 0))
		return false;
	memcpy(n->fields, fields.at, fields.len);
	n->fields_len = fields.len;
	return true;
}

static struct known_id *find_known(struct nft_replay *n, const struct nft_line *l)
{
	struct known_id *k = &n->known[l->id % IDS];

	if (k->id != l->id)
		*k = (struct known_id){
			.id = l->id, .nfproto = l->family == NFPROTO_IPV6 ?
				NFPROTO_IPV6 : NFPROTO_IPV4,
		};
	return k;
}

/*
 * No times tell whether a text holds the same twice; an id is given to many packets, but
 * hardly to two that have the same number in their headers.
 */
static void note_again(struct nft_replay *n, const struct nft_line *l)
{
	struct known_id *k = find_known(n, l);
	struct packet p;
	uint64_t head = hash_bytes(chain_hash(l), l->rest.at, l->rest.len) | 1;

	packet_decode(&p, n->head.e.nfproto, n->head.e.payload,
		      n->head.e.payload_len);
	if (!k->head)
		k->head = head;
	else if (k->head == head && p.id)
		stats_add(&n->r->stats->text.again, 1);
}

/* In front of the event that it came with. */
static int take_head(struct nft_replay *n, const struct nft_line *l)
{
	struct trace_text *t = &n->head;

	n->head_id = 0;
	if (l->xtables ? !keep_fields(n, l->rest) : !nft_packet_read(t, l->rest))
		return -EBADMSG;
	t->e.in = nft_interface(n, t->in);
	t->e.out = nft_interface(n, t->out);
	stats_add(&n->r->stats->text.masked, t->masked);
	n->head_id = l->id;
	n->head_chain = l->xtables ? 0 : chain_hash(l);
	if (!l->xtables)
		note_again(n, l);
	return 0;
}

/* Which protocol it is a rule that it has met tells, under this id or another. */
static bool read_fields(struct nft_replay *n, struct known_id *k)
{
	struct strview fields = { n->fields, n->fields_len };
	uint64_t key = xt_packet_key(fields);
	struct known_packet *p = &n->packet[key % IDS];
	struct trace_text *t = &n->head;

	if (!k->proto && p->key == key)
		k->proto = p->proto;
	if (k->proto)
		*p = (struct known_packet){ .key = key, .proto = k->proto };
	if (!xt_packet_read(t, fields, k->proto))
		return false;
	t->e.in = nft_interface(n, t->in);
	t->e.out = nft_interface(n, t->out);
	return true;
}

static void find_chain(struct nft_replay *n, const struct nft_line *l,
		       uint8_t nfproto, struct place_told *told,
		       struct strview *policy)
{
	const struct nft_rules_chain *c = !n->rules ? NULL :
		nft_rules_find(n->rules, l->family, l->table, l->chain);
	unsigned int f = family_index_by_nfproto(nfproto);

	told->hook = NOT_A_HOOK;
	told->slot = SLOT_NONE;
	told->order = T_OTHER;
	if (!c)
		return;
	*policy = c->policy;
	told->hook = c->hook;
	if (c->nat)
		told->order = c->hook == NF_INET_LOCAL_IN ||
			      c->hook == NF_INET_POST_ROUTING ? T_SNAT : T_DNAT;
	told->slot = path_map_slot(n->r->map, f, c->hook,
				   place_chain_id(n->r->index, l->family,
						  l->table.at, l->table.len,
						  l->chain.at, l->chain.len));
}

/* A policy that is another one now: the rules are of another moment, and their words are not told. */
static bool is_other_policy(struct nft_replay *n, const struct nft_line *l,
			    struct strview policy)
{
	struct stats_misfit *m = &n->r->stats->misfit;
	bool drops = strview_find(policy, "policy drop;") < policy.len;
	uint64_t bit = UINT64_C(1) << chain_hash(l) % 64;
	char text[128];

	if (!policy.len || strview_is(l->verdict, "drop") == drops)
		return false;
	m->chains += !(n->misfits & bit);
	n->misfits |= bit;
	if (m->line)
		return true;
	m->line = n->line;
	m->how = STATS_OTHER_POLICY;
	snprintf(text, sizeof(text), "%.*s:%.*s policy %.*s", (int)l->table.len,
		 l->table.at, (int)l->chain.len, l->chain.at,
		 (int)l->verdict.len, l->verdict.at);
	escape_text(m->place, sizeof(m->place), text, strlen(text));
	return true;
}

/* The rule as --rules have it; NULL: they do not. */
static const struct nft_rules_words *listed(const struct nft_replay *n,
					    const struct nft_line *l,
					    uint64_t handle)
{
	return !handle || !n->rules ? NULL :
		nft_rules_words(n->rules, l->family, l->table, l->chain,
				handle);
}

/* Where its line does not tell them its handle does. */
static struct strview words_of(const struct nft_replay *n,
			       const struct nft_line *l)
{
	const struct nft_rules_words *w =
		l->rest.len ? NULL : listed(n, l, l->handle);

	return w ? w->text : l->rest;
}

static const struct place *find_nft_place(struct nft_replay *n,
					  const struct nft_line *l, uint8_t nfproto,
					  bool own)
{
	static const char *const kinds[] = {
		[NFT_LINE_RULE] = "rule", [NFT_LINE_RETURN] = "return",
		[NFT_LINE_POLICY] = "policy",
	};
	struct place_told told = { .effect = nft_says_effect(l), .own = own };
	struct place_known known = { .told = &told, .nfproto = nfproto };
	struct strview text = { "", 0 };
	const struct nft_rules_words *in_list;
	char prefix[PREFIX], rule[TEXT];
	uint64_t handle = 0;

	find_chain(n, l, nfproto, &told, &text);
	if (l->kind != NFT_LINE_POLICY)
		text = words_of(n, l);
	else if (is_other_policy(n, l, text))
		text.len = 0;
	known.rule = rule;
	known.rule_len = nft_rules_text(rule, sizeof(rule), text);
	text = (struct strview){ rule, known.rule_len };
	told.at_end = l->kind != NFT_LINE_RULE;
	if (l->kind == NFT_LINE_RULE)
		told.does = l->xtables && l->rest.len ?
			nft_says_target_does(text) : nft_says_does(text);
	told.nat = told.does & DOES_NAT;
	told.target_chain = !l->target.len ? UINT32_MAX :
		place_chain_id(n->r->index, l->family, l->table.at,
			       l->table.len, l->target.at, l->target.len);
	known.prefix = prefix;
	known.prefix_len = (size_t)snprintf(
		prefix, sizeof(prefix), "TRACE: nft %s %.*s:%.*s:%s",
		l->family == NFPROTO_INET ? "inet" :
		l->family == NFPROTO_IPV4 ? "ip" : "ip6",
		(int)l->table.len, l->table.at, (int)l->chain.len, l->chain.at,
		kinds[l->kind]);
	if (l->handle)
		handle = l->handle;
	else if (l->kind == NFT_LINE_RULE && n->rules)
		handle = nft_rules_handle(n->rules, l->family, l->table,
					  l->chain, text);
	if (handle && known.prefix_len < sizeof(prefix))
		known.prefix_len += (size_t)snprintf(
			prefix + known.prefix_len,
			sizeof(prefix) - known.prefix_len, ":handle %" PRIu64, handle);
	if (known.prefix_len >= sizeof(prefix))
		return NULL;
	in_list = listed(n, l, handle);
	known.position = in_list ? in_list->position : 0;
	if (told.effect == EFFECT_QUEUE)
		known.queue = nft_says_queue(text);
	return place_restore(n->r->index, &known);
}

/* By its interfaces; where the rules are not known that is all there is. */
static uint8_t guess_hook(const struct event *e)
{
	if (e->in && e->out)
		return NF_INET_FORWARD;
	return e->in ? NF_INET_PRE_ROUTING : NF_INET_LOCAL_OUT;
}

/*
 * Only a chain's end tells the mark, and of rules those that set it to a number:
 * before that it is not known.
 */
static void follow_mark(struct known_id *k, const struct nft_line *l)
{
	struct strview value;

	if (l->kind == NFT_LINE_RULE &&
	    nft_says_sets(l->rest, "meta", "mark", &value)) {
		k->sets_mark = true;
		strview_number(value, strview_starts(value, "0x") ? 16 : 10,
			       &k->mark);
	} else if (l->has_mark && k->sets_mark) {
		k->mark = l->mark;
	}
}

/*
 * nft prints a packet in front of its first event in each base chain.  Return: in this
 * one it did not, and has done so of this packet before: that line is missing.
 */
static bool lacks_head(const struct nft_replay *n, const struct nft_line *l,
		       struct known_id *k, bool headed)
{
	uint64_t chain = chain_hash(l), before = k->base;

	if (l->xtables || !n->rules ||
	    !nft_rules_find(n->rules, l->family, l->table, l->chain))
		return false;
	k->base = chain;
	return before && before != chain && !headed;
}

static void take_nft_event(struct nft_replay *n, const struct nft_line *l)
{
	bool headed = n->head_id == l->id &&
		      (!n->head_chain || n->head_chain == chain_hash(l));
	struct known_id *k = find_known(n, l);
	struct event_nft nft = {
		.family = l->family, .id = l->id,
		.table = { l->table.at, (uint32_t)l->table.len },
		.chain = { l->chain.at, (uint32_t)l->chain.len },
	};
	struct event e = { .flags = EVENT_NO_HEADERS };
	const struct place *at;

	if (l->xtables && !k->proto)
		k->proto = xt_rule_proto(l->rest);
	if (l->xtables && headed)
		headed = read_fields(n, k);
	if (headed) {
		e = n->head.e;
		k->nfproto = e.nfproto;
	}
	n->head_id = 0;
	if (n->ct_id == l->id)
		e.ct = n->ct;
	n->ct_id = 0;
	if (lacks_head(n, l, k, headed))
		n->r->hole(n->r->arg);
	follow_mark(k, l);
	e.backend = EVENT_NFT;
	e.nfproto = k->nfproto;
	e.mark = k->mark;
	e.nft = &nft;
	at = find_nft_place(n, l, k->nfproto, witness_places_is_of_run(&nft));
	if (!at) {
		stats_add(&n->r->stats->strangers, 1);
		n->r->hole(n->r->arg);
		return;
	}
	e.hook = at->hook;
	if (headed && e.hook == NOT_A_HOOK && !n->rules)
		e.hook = guess_hook(&e);
	/* There are no times: each line is one tick behind the one before. */
	n->now_ns += NS_PER_US;
	n->r->event(n->r->arg, &e, at, n->now_ns, 0);
}

/* A log of the kernel's has no use for it. */
static bool has_room(struct nft_replay *n)
{
	if (!n->known)
		n->known = calloc(IDS, sizeof(*n->known));
	if (!n->packet)
		n->packet = calloc(IDS, sizeof(*n->packet));
	return n->known && n->packet;
}

int replay_nft_line(struct nft_replay *n, struct strview line, uint64_t number)
{
	struct nft_line l;
	int err = nft_line_parse(&l, line);

	n->line = number;
	if (err == -ENOMSG)
		err = xt_line_parse(&l, line);
	if (err)
		return err;
	if (!has_room(n))
		return -EBADMSG;
	/* Of bridges and devices: ahead of all that a journey knows of. */
	if (l.family != NFPROTO_INET && !family_by_nfproto(l.family))
		return -ENOMSG;
	if (l.kind == NFT_LINE_PACKET)
		return take_head(n, &l);
	if (l.kind == NFT_LINE_CONNTRACK) {
		n->ct_id = l.id;
		nft_ct_read(&n->ct, l.rest);
		return 0;
	}
	take_nft_event(n, &l);
	return 0;
}
