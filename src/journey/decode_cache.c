// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_cache: the packet of the event before, decoded: most events show it once more. */
#include "journey/decode_cache.h"

#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "packet/identity.h"

enum { TTL = 8, PROTOCOL = 9, SOURCE = 12 };	/* where they stand in IPv4's header */

/* In all but TTL and checksum: of what is decoded the TTL alone is no part of identity_key(). */
static bool is_but_for_hops(const struct decode_cache *s, const struct event *e)
{
	const uint8_t *was = s->bytes, *now = e->payload;
	uint64_t a, b;

	memcpy(&a, was, sizeof(a));
	memcpy(&b, now, sizeof(b));
	return a == b && was[PROTOCOL] == now[PROTOCOL] &&
	       memcmp(was + SOURCE, now + SOURCE, e->payload_len - SOURCE) == 0;
}

static void take_hops(struct decode_cache *s, const struct event *e)
{
	uint32_t was, now;

	memcpy(&was, s->bytes + TTL, sizeof(was));
	memcpy(&now, e->payload + TTL, sizeof(now));
	if (was == now)
		return;
	memcpy(s->bytes + TTL, &now, sizeof(now));
	s->p.ttl = e->payload[TTL];
	s->p.serial = ++s->serials;
}

/* The packet of the last event, or that a hop further: then it is decoded. */
static bool take_again(struct decode_cache *s, const struct event *e)
{
	if (!s->p.serial || s->p.caplen != e->payload_len ||
	    s->p.nfproto != e->nfproto)
		return false;
	if (e->nfproto != NFPROTO_IPV4 || s->p.layer == PACKET_NOTHING)
		return memcmp(s->bytes, e->payload, e->payload_len) == 0;
	if (!is_but_for_hops(s, e))
		return false;
	take_hops(s, e);
	return true;
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
	if (again && take_again(s, e))
		return;
	if (again)
		bytes = memcpy(s->bytes, e->payload, e->payload_len);
	packet_decode(&s->p, e->nfproto, bytes, e->payload_len);
	if (again)
		s->p.serial = ++s->serials;
	s->key = identity_key(&s->p, depth);
}
