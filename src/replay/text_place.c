// SPDX-License-Identifier: GPL-2.0-or-later
/* text_place: where a TRACE line was made: its rule, its interfaces. */
#include "replay/text_place.h"

#include "capture/event.h"
#include "capture/ifnames.h"
#include "place/place.h"
#include "place/path_map.h"
#include "place/place_restored.h"
#include "place/prefix.h"
#include "place/table_order.h"
#include "replay/replay_state.h"
#include "replay/trace_line.h"
#include "rules/legacy/snapshot.h"

static uint32_t interface(struct replay *r, struct trace_text_name name)
{
	return name.len ? ifnames_index(r->names, name.at, name.len) : 0;
}

void text_place_interfaces(struct replay *r, struct trace_text *t)
{
	t->e.in = interface(r, t->in);
	t->e.out = interface(r, t->out);
	t->e.phys_in = interface(r, t->phys_in);
	t->e.phys_out = interface(r, t->phys_out);
}

static bool has_rules(const struct replay *r)
{
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		if (r->snap[f])
			return true;
	return false;
}

const struct place *text_place_find(struct replay *r, const struct event *e)
{
	struct place_known known = {
		.prefix = e->prefix, .prefix_len = e->prefix_len,
		.rule = "", .nfproto = e->nfproto,
	};

	/* Some line columns up. */
	while (known.prefix_len && known.prefix[known.prefix_len - 1] == ' ')
		known.prefix_len--;

	if (has_rules(r))
		return place_find(r->index, e->nfproto, e->prefix,
				  e->prefix_len);
	return place_restore(r->index, &known);
}

bool text_place_lacks_table(struct replay *r, const struct event *e)
{
	unsigned int family = family_index_by_nfproto(e->nfproto);
	const struct snapshot *s = r->snap[family];
	const char *name;
	struct prefix p;

	if (!s || !prefix_split(e->prefix, prefix_trim(e->prefix, e->prefix_len),
				&p) ||
	    snapshot_table(s, p.table, p.table_len) >= 0)
		return false;
	name = table_order_name(p.table, p.table_len);
	/* One of another program's making is in nobody's way. */
	if (!name)
		return false;
	r->map->lacking[family] |=
		(uint8_t)BIT(table_order(name, NF_INET_PRE_ROUTING));
	return true;
}
