// SPDX-License-Identifier: GPL-2.0-or-later
/* map_key: the key that a packet had when a rule asked its verdict map. */
#include "journey/map_key.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/conntrack.h"
#include "capture/event.h"
#include "capture/ifnames.h"
#include "journey/journey_types.h"
#include "place/place_types.h"
#include "rules/base/target.h"
#include "rules/nft/elements.h"
#include "rules/nft/snapshot.h"

struct asked {
	const struct journey *j;
	const struct step *s;
	const struct ifnames *names;
	struct packet_view_end end[2];	/* source, destination */
	bool ends;		/* they are known */
	uint8_t hook;		/* of the base chain that it is in */
};

/*
 * A rule of nft that writes addresses shows by the next base chain's first event.  If
 * it is nat's, nothing is asked before that.
 */
static bool may_hide(const struct place *at)
{
	return at->backend == EVENT_NFT && !at->nat &&
	       at->mangles & (MANGLE_SRC | MANGLE_DST);
}

/* No event of it is missing, and none is another's. */
static bool is_whole(const struct journey *j)
{
	return !j->omitted && !(j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS |
					    JOURNEY_AMBIGUOUS));
}

/*
 * As they are in the end, less what changed behind this event.  A copy has those of
 * the packet when it began, which nobody tells.
 */
static void find_ends(struct asked *a, uint32_t step)
{
	const struct journey *j = a->j;

	a->end[0] = j->path[0].look.view.src;
	a->end[1] = j->path[0].look.view.dst;
	a->ends = j->first.addr_len && !a->s->branch && is_whole(j) &&
		  j->changes < JOURNEY_CHANGES;
	for (uint32_t i = 0; i <= step; i++)
		a->ends &= !may_hide(j->step[i].place);
	for (unsigned int i = j->changes; i-- > 0;) {
		const struct change *c = &j->change[i];

		if (c->step < step || c->branch ||
		    (c->field != FIELD_SRC && c->field != FIELD_DST))
			continue;
		memcpy(a->end[c->field == FIELD_DST].addr, c->from.addr,
		       sizeof(c->from.addr));
		a->end[c->field == FIELD_DST].port = c->from.port;
	}
}

/* Return: NF_INET_NUMHOOKS: none of IP's, or not known. */
static uint8_t find_hook(const struct journey *j, uint32_t step)
{
	uint8_t hook = NFT_SNAP_NO_HOOK;

	for (uint32_t i = step + 1; i-- > 0 && hook == NFT_SNAP_NO_HOOK;)
		if (j->step[i].branch == j->step[step].branch)
			hook = j->step[i].place->hook;
	return hook < NF_INET_NUMHOOKS && is_whole(j) ? hook : NF_INET_NUMHOOKS;
}

/* Where a rule sees by which interface a packet came in, and goes out. */
static bool has_in(uint8_t hook)
{
	return hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN ||
	       hook == NF_INET_FORWARD;
}

static bool has_out(uint8_t hook)
{
	return hook == NF_INET_FORWARD || hook == NF_INET_LOCAL_OUT ||
	       hook == NF_INET_POST_ROUTING;
}

static bool put(uint8_t *to, const struct nft_key_part *p, const void *value,
		size_t len)
{
	if (p->len != len)
		return false;
	memcpy(to, value, len);
	return true;
}

static bool put_number(uint8_t *to, const struct nft_key_part *p, uint32_t n)
{
	n = p->swapped ? htonl(n) : n;
	return put(to, p, &n, sizeof(n));
}

static bool put_addr(uint8_t *to, const struct nft_key_part *p,
		     const struct asked *a, unsigned int end)
{
	return a->ends && put(to, p, a->end[end].addr, a->j->first.addr_len);
}

static bool put_key_port(uint8_t *to, const struct nft_key_part *p,
			 const struct asked *a, unsigned int end)
{
	uint16_t n = htons((uint16_t)a->end[end].port);

	return a->ends && a->end[end].port >= 0 && put(to, p, &n, sizeof(n));
}

static bool put_protocol(uint8_t *to, const struct nft_key_part *p,
			 const struct asked *a)
{
	const struct packet *first = &a->j->first;

	return first->layer != PACKET_NOTHING && first->addr_len &&
	       (p->field == NFT_KEY_PROTOCOL || !first->extensions) &&
	       !(first->flags & PACKET_FRAGMENT) &&
	       put(to, p, &first->proto, sizeof(first->proto));
}

/* @index: 0: there is none, or it is not told */
static bool put_interface(uint8_t *to, const struct nft_key_part *p,
			  const struct asked *a, uint32_t index)
{
	char name[16] = "";
	const char *known = ifnames_raw(a->names, index);

	if (!index)
		return false;
	if (p->field == NFT_KEY_IIF || p->field == NFT_KEY_OIF)
		return put_number(to, p, index);
	memcpy(name, known, strnlen(known, sizeof(name) - 1));
	return put(to, p, name, sizeof(name));
}

/* The same from conntrack's hooks on; in front of them nothing tells what a rule sees. */
static bool put_state(uint8_t *to, const struct nft_key_part *p,
		      const struct asked *a)
{
	static const uint8_t bits[CONNTRACK_STATES] = {
		[CONNTRACK_NEW] = 8, [CONNTRACK_ESTABLISHED] = 2,
		[CONNTRACK_RELATED] = 4, [CONNTRACK_INVALID] = 1,
		[CONNTRACK_UNTRACKED] = 64,
	};
	uint8_t state = a->j->ct.state;
	bool behind = a->hook == NF_INET_LOCAL_IN || a->hook == NF_INET_FORWARD ||
		      a->hook == NF_INET_POST_ROUTING;

	return behind && state < CONNTRACK_STATES && bits[state] &&
	       !a->s->branch && put_number(to, p, bits[state]);
}

static bool put_part(uint8_t *to, const struct nft_key_part *p,
		     const struct asked *a)
{
	if (p->nfproto != NFPROTO_UNSPEC && p->nfproto != a->j->nfproto)
		return false;
	switch (p->field) {
	case NFT_KEY_SADDR:
	case NFT_KEY_DADDR:
		return put_addr(to, p, a, p->field == NFT_KEY_DADDR);
	case NFT_KEY_SPORT:
	case NFT_KEY_DPORT:
		return put_key_port(to, p, a, p->field == NFT_KEY_DPORT);
	case NFT_KEY_PROTOCOL:
	case NFT_KEY_NEXTHDR:
		return put_protocol(to, p, a);
	case NFT_KEY_IIF:
	case NFT_KEY_IIFNAME:
		return has_in(a->hook) && put_interface(to, p, a, a->s->in);
	case NFT_KEY_OIF:
	case NFT_KEY_OIFNAME:
		return has_out(a->hook) && put_interface(to, p, a, a->s->out);
	case NFT_KEY_MARK:
		return put_number(to, p, a->s->mark);
	case NFT_KEY_NFPROTO:
		return put(to, p, &a->j->nfproto, sizeof(a->j->nfproto));
	case NFT_KEY_CT_STATE:
		return put_state(to, p, a);
	}
	return false;
}

void map_key_read(struct nft_key *k, const struct nft_elements *e,
		  const struct journey *j, uint32_t step,
		  const struct ifnames *names)
{
	struct asked a = { .j = j, .s = &j->step[step], .names = names };

	memset(k, 0, sizeof(*k));
	a.hook = find_hook(j, step);
	find_ends(&a, step);
	for (unsigned int i = 0; i < e->parts; i++)
		if (put_part(k->bytes + e->part[i].at, &e->part[i], &a))
			k->known |= (uint16_t)(1u << i);
}
