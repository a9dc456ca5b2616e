// SPDX-License-Identifier: GPL-2.0-or-later
/* gone_on: which packets a log tells more of behind a rule that, by the rules given, had ended them. */
#include "replay/gone_on.h"

#include <string.h>

#include "packet/identity.h"
#include "packet/packet.h"
#include "replay/trace_line.h"
#include "rules/base/hash.h"

enum { GONE_ON_DEPTH = 64 };	/* a line tells no more of a packet */

static uint64_t hash_of(struct trace_text_name name)
{
	return hash_bytes(name.len, name.len ? name.at : "", name.len);
}

/* The source is only changed behind all rules of a hook. */
static uint64_t key_of(const struct trace_text *t)
{
	struct packet p;
	uint64_t key;

	packet_decode(&p, t->e.nfproto, t->e.payload, t->e.payload_len);
	key = hash_mix(identity_key(&p, GONE_ON_DEPTH), t->e.nfproto);
	key = hash_mix(key, hash_of(t->host));
	if (p.src)
		key = hash_bytes(key, p.src, p.addr_len);
	return hash_mix(key, p.sport);
}

/* What a line leaves out, as POSTROUTING does of where it came in, is no other one. */
static bool is_other(struct trace_text_name name, uint32_t was)
{
	return name.len && was && (uint32_t)hash_of(name) != was;
}

static uint64_t devices_of(const struct trace_text *t)
{
	uint32_t in = t->in.len ? (uint32_t)hash_of(t->in) : 0;
	struct trace_text_name to = t->phys_out.len ? t->phys_out : t->out;
	uint32_t out = to.len ? (uint32_t)hash_of(to) : 0;

	return (uint64_t)in << 32 | out;
}

static bool by_others(const struct trace_text *t, uint64_t devices)
{
	struct trace_text_name to = t->phys_out.len ? t->phys_out : t->out;

	return is_other(t->in, (uint32_t)(devices >> 32)) ||
	       is_other(to, (uint32_t)devices);
}

/* Is @b behind @a for certain?  Lines of one moment may have been written in either order. */
static bool is_behind(const struct gone_on_line *a, const struct gone_on_line *b)
{
	if (b->time != a->time)
		return b->time > a->time;
	return b->table != a->table ||
	       (b->chain == a->chain && b->number > a->number);
}

const struct gone_on_line *gone_on_see(struct gone_on *g,
				       const struct trace_text *t,
				       const struct gone_on_line *now)
{
	uint64_t key = key_of(t);
	struct gone_on_packet *p = &g->packet[key % GONE_ON_MEMORY];
	bool is_first = p->key != key || !p->first.line;

	if (is_first) {
		memset(p, 0, sizeof(*p));
		p->key = key;
		p->first = *now;
	} else if (p->last.place == now->place && p->last.time == now->time) {
		return NULL;	/* the line is there twice */
	} else if (p->first.place == now->place) {
		p->many = true;
	}
	p->last = *now;
	if (p->ended.line && !p->many && !now->begins &&
	    !by_others(t, p->devices) && is_behind(&p->ended, now)) {
		p->many = true;
		return &p->ended;
	}
	if (now->ends && !p->ended.line) {
		p->ended = *now;
		p->devices = devices_of(t);
	}
	return NULL;
}
