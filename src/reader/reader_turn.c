// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_turn: a journey is over and its turn has come: what is asked of it, told and kept. */
#include "reader/reader_turn.h"

#include <string.h>

#include "journey/journey.h"
#include "journey/journey_end.h"
#include "journey/journeys.h"
#include "place/place_name.h"
#include "place/place_nft.h"
#include "protocol/stats.h"
#include "reader/drops.h"
#include "reader/fate_settle.h"
#include "reader/map_ask.h"
#include "reader/near_ask.h"
#include "reader/others.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "reader/way_ask.h"

static bool is_incomplete(const struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->fate[b].kind == FATE_INCOMPLETE)
			return true;
	return false;
}

/* Was it kept from conntrack, on whose connections nat works? */
static void count_nat_silent(struct stats *st, const struct journey *j)
{
	const struct place *by = journey_untracked_by(j);
	char name[STATS_RULE];

	stats_add(&st->nat_silent, 1);
	if (!by)
		return;
	stats_add(&st->nat_untracked, 1);
	if (st->untracked_more)
		return;
	place_name(name, sizeof(name), by);
	if (!st->untracked_by[0])
		strcpy(st->untracked_by, name);
	st->untracked_more = strcmp(st->untracked_by, name) != 0;
}

/* What is told of each packet, and no event tells. */
static void ask_about(struct reader_state *s, struct journey *j)
{
	way_ask(s, j);
	if (s->nft)
		map_ask(s, j);
	near_ask(s, j);
}

static void print_journey(struct reader_state *s, struct journey *j)
{
	if (s->plan->capture)
		ask_about(s, j);
	else if (is_incomplete(j))
		stats_add(&s->stats->lost, 1);
	else
		near_read(s, j);
	if (s->nft)
		backend_diff_mark(&s->diff, place_nft_rules(s->nft), j);
	if (j->flags & JOURNEY_NAT)
		stats_add(&s->stats->nat_asked, 1);
	else if (journey_passed_nat(j, &s->map))
		count_nat_silent(s->stats, j);
	printer_print(&s->printer, j);
	if (j->serial > s->shown_serial)
		s->shown_serial = j->serial;
	j->fate[0].near = NULL;
}

static void count_lack(struct stats *st, enum drops_lack lack)
{
	if (lack == DROPS_NO_ROOM)
		stats_add(&st->drops_doubted, 1);
	else if (lack == DROPS_UNREAD)
		stats_add(&st->drops_unread, 1);
}

static void count_unannounced(struct reader_state *s, const struct journey *j)
{
	stats_add(&s->stats->unannounced, others_may_be_unseen(s, j->entry.place) &&
		  !place_is_own_rule(j->entry.place));
}

void reader_on_surplus(void *arg, struct journey *j)
{
	struct reader_state *s = arg;

	if (!others_leave_out(s, j)) {
		count_unannounced(s, j);
		printer_pass_over(&s->printer, j);
	}
	journeys_give_back(s->journeys, j);
}

void reader_on_turn(void *arg, struct journey *j)
{
	struct reader_state *s = arg;
	bool ours = !others_leave_out(s, j);
	/* What a file tells of happened on another host, or another day. */
	bool live = s->plan->capture && ours && !printer_enough(&s->printer);
	struct fate_asked asked;
	uint32_t hides = 0;
	bool shown;

	asked.lacks = DROPS_ALL_READ;
	if (s->drops)
		drops_decide(s->drops, j);
	if (live)
		fate_settle(s, j, &asked);
	if (ours)
		count_unannounced(s, j);
	shown = ours && printer_count(&s->printer, j);
	if (shown) {
		if (live)
			fate_settle_count(s, j, &asked);
		print_journey(s, j);
	} else if (ours) {
		hides = printer_hides(&s->printer, j);
	}
	if (shown || hides)
		count_lack(s->stats, asked.lacks);
	if (s->drops)
		drops_remember(s->drops, j, hides);
	journeys_give_back(s->journeys, j);
}
