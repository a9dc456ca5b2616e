// SPDX-License-Identifier: GPL-2.0-or-later
/* report_alone: the lines of a block that name the chains which only one backend has. */
#include "report/report_alone.h"

#include <string.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "capture/event.h"
#include "journey/journey.h"
#include "place/place.h"
#include "place/place_name.h"
#include "report/report.h"
#include "rules/nft/snapshot.h"

enum { CHAINS = 64 };

/* One place of each chain, in the packet's order. */
struct chains {
	const struct place *at[CHAINS];
	unsigned int count;
	bool more;
};

static void add(struct chains *c, const struct place *p)
{
	for (unsigned int i = c->count; i-- > 0; )
		if (place_same_chain(c->at[i], p))
			return;
	if (c->count == CHAINS)
		c->more = true;
	else
		c->at[c->count++] = p;
}

static void put_safe(struct outbuf *o, const char *text, size_t len)
{
	size_t size = 4 * len + 1;
	char *room = outbuf_room(o, size);

	if (room)
		outbuf_advance(o, escape_text(room, size, text, len));
}

/* A table's name once: "filter:FORWARD,cali-FORWARD" */
static void put_chain(struct outbuf *o, const struct place *p,
		      const struct place *before)
{
	if (before && place_same_table(before, p)) {
		outbuf_text(o, ",");
	} else {
		outbuf_text(o, " ");
		if (p->backend == EVENT_NFT) {
			outbuf_text(o, nft_snapshot_family(p->family));
			outbuf_text(o, " ");
		}
		put_safe(o, p->table, strlen(p->table));
		outbuf_text(o, ":");
	}
	put_safe(o, p->chain, p->chain_len);
}

static void put_line(struct outbuf *o, const struct chains *c,
		     const char *words)
{
	outbuf_text(o, words);
	for (unsigned int i = 0; i < c->count; i++)
		put_chain(o, c->at[i], i ? c->at[i - 1] : NULL);
	outbuf_text(o, c->more ? " ..." : "");
}

static void collect(struct chains *c, const struct journey *j,
		    uint8_t backend)
{
	c->count = 0;
	c->more = false;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].one_backend && j->step[i].place->backend == backend)
			add(c, j->step[i].place);
}

bool report_alone(struct outbuf *o, const struct journey *j, uint8_t backend)
{
	static const char *const words[] = {
		[EVENT_LEGACY] = "only in iptables-legacy:",
		[EVENT_NFT] = "only in nft:",
	};
	struct chains c;

	collect(&c, j, backend);
	if (c.count)
		put_line(o, &c, words[backend]);
	return c.count;
}
