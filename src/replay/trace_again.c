// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_again: a packet's words, which most of its lines have in common, read once. */
#include "replay/trace_again.h"

#include <string.h>

#include "rules/base/hash.h"

struct trace_again_packet *trace_again_find(struct trace_again *a,
					    struct strview words)
{
	if (words.len > TRACE_AGAIN_TEXT)
		return NULL;
	return &a->packet[hash_bytes(0, words.at, words.len) %
			  TRACE_AGAIN_PACKETS];
}

bool trace_again_has(const struct trace_again_packet *p, struct strview words)
{
	return p->len && p->len == words.len &&
	       memcmp(p->text, words.at, words.len) == 0;
}

void trace_again_keep(struct trace_again_packet *p, struct strview words,
		      const struct trace_text *t)
{
	memcpy(p->text, words.at, words.len);
	memcpy(p->payload, t->packet, t->e.payload_len);
	p->len = (uint16_t)words.len;
	p->payload_len = (uint16_t)t->e.payload_len;
	p->nfproto = t->e.nfproto;
	p->masked = t->masked;
	p->flags = t->e.flags;
	p->mark = t->e.mark;
	p->uid = t->e.uid;
	p->gid = t->e.gid;
}

void trace_again_give(const struct trace_again_packet *p, struct trace_text *t)
{
	memcpy(t->packet, p->payload, p->payload_len);
	t->e.payload = t->packet;
	t->e.payload_len = p->payload_len;
	t->e.nfproto = p->nfproto;
	t->masked = p->masked;
	t->e.flags = p->flags;
	t->e.mark = p->mark;
	t->e.uid = p->uid;
	t->e.gid = p->gid;
}
