// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_cache: the packet of the event before, decoded: most events show it once more. */
#include "journey/decode_cache.h"

#include <string.h>

#include "capture/event.h"
#include "packet/identity.h"

static bool is_same(const struct decode_cache *s, const struct event *e)
{
	return s->p.serial && s->p.caplen == e->payload_len &&
	       s->p.nfproto == e->nfproto &&
	       memcmp(s->bytes, e->payload, e->payload_len) == 0;
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
	if (again)
		bytes = memcpy(s->bytes, e->payload, e->payload_len);
	packet_decode(&s->p, e->nfproto, bytes, e->payload_len);
	if (again)
		s->p.serial = ++s->serials;
	s->key = identity_key(&s->p, depth);
}
