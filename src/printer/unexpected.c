// SPDX-License-Identifier: GPL-2.0-or-later
/* unexpected: fates of printed packets that are none of those of --expect. */
#include "printer/unexpected.h"

#include <stdbool.h>
#include <stdio.h>

#include "journey/journey.h"
#include "packet/packet_print.h"
#include "protocol/stats.h"
#include "report/report.h"

/* What became of an INCOMPLETE packet is not known: that is exit status 5. */
static bool is_other(const struct unexpected *u, unsigned int kind)
{
	return u->expect && !(u->expect & 1u << kind) &&
	       kind != FATE_INCOMPLETE;
}

static void add_unexpected(struct unexpected *u, uint64_t number, unsigned int branch,
			   unsigned int kind, const struct packet *p)
{
	struct unexpected_packet *e = &u->packet[u->kept];

	u->count++;
	if (u->kept == UNEXPECTED_KEPT)
		return;
	u->kept++;
	e->number = number;
	e->branch = (uint8_t)branch;
	e->kind = (uint8_t)kind;
	packet_print(e->headers, sizeof(e->headers), p, false);
}

void unexpected_add(struct unexpected *u, const struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (is_other(u, j->fate[b].kind))
			add_unexpected(u, j->number, b, j->fate[b].kind, &j->first);
}

/* A packet that was as unexpected before: forget that. */
static void take_back(struct unexpected *u, const struct report_late *l)
{
	unsigned int i = 0;

	u->count--;
	while (i < u->kept && (u->packet[i].number != l->number ||
			       u->packet[i].branch != l->branch))
		i++;
	if (i == u->kept)
		return;
	u->kept--;
	for (; i < u->kept; i++)
		u->packet[i] = u->packet[i + 1];
}

void unexpected_late(struct unexpected *u, const struct report_late *l)
{
	if (is_other(u, l->was))
		take_back(u, l);
	if (is_other(u, l->fate.kind))
		add_unexpected(u, l->number, l->branch, l->fate.kind, &l->packet);
}

/* Who is told late may have come first. */
static const struct unexpected_packet *first_of(const struct unexpected *u)
{
	const struct unexpected_packet *first = NULL;

	for (unsigned int i = 0; i < u->kept; i++)
		if (!first || u->packet[i].number < first->number)
			first = &u->packet[i];
	return first;
}

void unexpected_tell(const struct unexpected *u, struct stats *st)
{
	const struct unexpected_packet *first = first_of(u);

	stats_set(&st->unexpected.count, u->count);
	if (!first)
		return;
	st->unexpected.number = first->number;
	st->unexpected.kind = first->kind;
	st->unexpected.branch = first->branch;
	snprintf(st->unexpected.packet, sizeof(st->unexpected.packet), "%s",
		 first->headers);
}
