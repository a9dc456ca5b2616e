// SPDX-License-Identifier: GPL-2.0-or-later
/* frame: what goes in front of each packet's text to a process that sets several runs' in order. */
#include "report/frame.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/outbuf.h"
#include "journey/journey.h"
#include "packet/identity.h"
#include "rules/base/hash.h"

/* As much of what is behind IP's header as each event of nft has. */
enum { DEPTH = 20 };

static uint64_t ends_of(const struct packet *p)
{
	uint64_t h = hash_mix(p->nfproto, (uint64_t)p->sport << 48 |
			      (uint64_t)p->dport << 32 |
			      (uint64_t)p->icmp_id << 16 | p->tos);

	if (!p->src)
		return h;
	h = hash_bytes(h, p->src, p->addr_len);
	return hash_bytes(h, p->dst, p->addr_len);
}

void frame_put(struct outbuf *o, const struct journey *j)
{
	const struct fate *f = &j->fate[0];
	const struct step *first = journey_first(j);
	const bool forwarded = f->kind == FATE_FORWARDED;
	char line[256];
	int n = snprintf(line, sizeof(line), "%c%" PRIu64 " %" PRIu64 " %" PRIx64
			 " %" PRIx64 " %" PRIx64 " %u %u %u %u %u\n", FRAME_MARK,
			 j->number, j->first_ns, identity_key(&j->first, DEPTH),
			 ends_of(&j->first), ends_of(&j->last), j->first.ttl,
			 j->last.ttl, first->phys_in ? first->phys_in : first->in,
			 forwarded || f->kind == FATE_SENT ? f->out : 0,
			 forwarded);

	outbuf_bytes(o, line, (size_t)n);
}

void frame_put_end(struct outbuf *o)
{
	outbuf_bytes(o, "\x1e\n", 2);
}

bool frame_read(struct frame *f, const char *line)
{
	unsigned int ttl[2], forwarded;

	if (sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNx64 " %" SCNx64 " %" SCNx64
		   " %u %u %u %u %u", &f->number, &f->first_ns, &f->key,
		   &f->ends[0], &f->ends[1], &ttl[0], &ttl[1], &f->in, &f->out,
		   &forwarded) != 10)
		return false;
	f->ttl[0] = (uint8_t)ttl[0];
	f->ttl[1] = (uint8_t)ttl[1];
	f->forwarded = forwarded;
	return true;
}
