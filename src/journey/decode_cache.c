// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_cache: the packet of the event before, decoded: most events show it once more. */
#include "journey/decode_cache.h"

#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "packet/identity.h"

static bool is_same(const struct decode_cache *s, const struct event *e)
{
	return s->p.serial && s->p.caplen == e->payload_len &&
	       s->p.nfproto == e->nfproto &&
	       memcmp(s->bytes, e->payload, e->payload_len) == 0;
}

/*
 * The same packet, one hop further: of its header TTL and checksum are others, and of
 * what is decoded the TTL alone, which is no part of identity_key().
 */
static bool is_hop_on(const struct decode_cache *s, const struct event *e)
{
	enum { PROTOCOL = 9, SOURCE = 12 };
	const uint8_t *was = s->bytes, *now = e->payload;
	uint64_t a, b;

	if (!s->p.serial || s->p.layer == PACKET_NOTHING ||
	    s->p.caplen != e->payload_len || e->nfproto != NFPROTO_IPV4 ||
	    s->p.nfproto != NFPROTO_IPV4 || was[PROTOCOL] != now[PROTOCOL])
		return false;
	memcpy(&a, was, sizeof(a));
	memcpy(&b, now, sizeof(b));
	return a == b && memcmp(was + SOURCE, now + SOURCE,
				e->payload_len - SOURCE) == 0;
}

static void take_hop(struct decode_cache *s, const struct event *e)
{
	enum { TTL = 8, SOURCE = 12 };

	memcpy(s->bytes + TTL, e->payload + TTL, SOURCE - TTL);
	s->p.ttl = e->payload[TTL];
	s->p.serial = ++s->serials;
}

/* Of nft's events each shows another part of the packet, or none. */
static bool may_come_again(const struct event *e)
{
	return !e->nft && e->payload_len && e->payload_len <= DECODE_CACHE_MAX;
}

void decode_cache_decode(struct decode_cache *s, const struct event *e,
			 uint32_t depth)
{
	const uint8_t *bytes = e->payload;
	bool again = may_come_again(e);

	if (e->told && e->told == s->told)
		return;
	s->told = e->told;
	if (again && is_same(s, e))
		return;
	if (again && is_hop_on(s, e)) {
		take_hop(s, e);
		return;
	}
	if (again)
		bytes = memcpy(s->bytes, e->payload, e->payload_len);
	packet_decode(&s->p, e->nfproto, bytes, e->payload_len);
	if (again)
		s->p.serial = ++s->serials;
	s->key = identity_key(&s->p, depth);
}
