// SPDX-License-Identifier: GPL-2.0-or-later
/* reader: netlink bytes, or a file, into results: the unprivileged process's work. */
#include "reader/reader.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "capture/capture.h"
#include "capture/ifnames.h"
#include "journey/journeys_end.h"
#include "misses/misses.h"
#include "place/place_index.h"
#include "place/place_nft.h"
#include "place/witness_places.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "reader/drops.h"
#include "reader/order.h"
#include "reader/reader_events.h"
#include "reader/reader_loop.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "reader/reader_turn.h"
#include "reader/way_ask.h"
#include "replay/replay.h"
#include "replay/replay_state.h"
#include "rules/base/netlink.h"

static void replay_event(void *arg, const struct event *e,
			 const struct place *at, uint64_t now_ns,
			 uint64_t wall_ns)
{
	struct reader_state *s = arg;

	s->now_ns = now_ns;
	s->wall_ns = wall_ns;
	reader_on_event(s, e, at);
}

static void replay_gap(void *arg, uint32_t lost)
{
	struct reader_state *s = arg;

	stats_add(&s->stats->lost, lost);
	journeys_gap(s->journeys, lost);
}

static void replay_hole(void *arg)
{
	struct reader_state *s = arg;

	journeys_hole(s->journeys);
}

static void replay_on_origin(void *arg, uint32_t origin)
{
	journeys_origin(((struct reader_state *)arg)->journeys, origin);
}

static void replay_silence(void *arg, uint64_t now_ns)
{
	struct reader_state *s = arg;

	journeys_expire(s->journeys, now_ns);
	order_expire(s->order, now_ns);
}

/* A file instead of the socket; all else is the same. */
static void replay(struct reader_state *s)
{
	struct replay r = {
		.fd = s->plan->input_fd,
		.flat = s->plan->flat,
		.snap = s->plan->rules.legacy,
		.stats = s->stats,
		.index = s->index,
		.map = &s->map,
		.nft_rules = s->plan->nft_text,
		.listed = &s->listed,
		.names = s->names,
		.printer = &s->printer,
		.event = replay_event,
		.gap = replay_gap,
		.hole = replay_hole,
		.origin = replay_on_origin,
		.silence = replay_silence,
		.arg = s,
	};

	replay_run(&r);
	journeys_finish(s->journeys);
	order_finish(s->order);
	if (s->plan->against_fd >= 0) {
		printer_next(&s->printer);
		r.fd = s->plan->against_fd;
		r.next_look = 0;
		replay_run(&r);
		order_finish(s->order);
	}
	printer_finish(&s->printer);
}

/* @inherited: what the supervisor has counted for itself */
static void count_refused(struct reader_state *s, uint64_t inherited)
{
	const struct capture *c = s->plan->capture;

	stats_add(&s->stats->broken, c->cut);
	stats_set(&s->stats->forged,
		  c->forged + netlink_forged() - inherited);
}

static void finish(struct reader_state *s)
{
	uint32_t drops = capture_drops(s->plan->capture);

	/* Drops behind the last message delivered leave no gap behind them. */
	if (drops > stats_get(&s->stats->lost)) {
		lost_events_seen(&s->missing, journeys_begun(s->journeys),
				 drops - stats_get(&s->stats->lost));
		stats_set(&s->stats->lost, drops);
	}
	/* Who asked for so many packets has them. */
	if (printer_enough(&s->printer))
		stats_set(&s->stats->lost_behind, stats_get(&s->stats->lost) -
			  lost_events_before(&s->missing, s->shown_serial));
	/* A slow reader of our output must not keep the group from others. */
	capture_close(s->plan->capture);
	printer_finish(&s->printer);
}

static void close_state(struct reader_state *s)
{
	pending_close(s->pending);
	drops_close(s->drops);
	order_close(s->order);
	journeys_close(s->journeys);
	place_nft_close(s->nft);
	witness_places_close(s->witness);
	place_index_close(s->index);
	ifnames_close(s->names);
	printer_close(&s->printer);
	map_readings_close(&s->maps);
	misses_close(s->misses);
	free(s->listed);
	sentences_close(&s->sentences);
}

static void forget_place(void *arg, uint32_t id)
{
	struct reader_state *s = arg;

	printer_forget(&s->printer, id);
}

static void tell_supervisor(void *arg, enum printer_news news)
{
	static const enum reader_word words[] = {
		[PRINTER_COUNT] = READER_COUNT,
		[PRINTER_CLOSED] = READER_CLOSED,
	};
	struct reader_state *s = arg;

	reader_tell(s->control, words[news]);
}

static bool has_witness(const struct reader_plan *plan)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (plan->witness[i])
			return true;
	return false;
}

/* Return: 0 or -ENOMEM. */
static int open_places(struct reader_state *s, const struct reader_plan *plan)
{
	const bool witness = has_witness(plan);

	s->index = place_index_open(&plan->rules, &s->map);
	/* Before the chains of others, of which there may be too many. */
	if (s->index && witness)
		s->witness = witness_places_open(s->index, &s->map, &plan->run,
						 plan->witness);
	if (s->index && plan->rules.nft)
		s->nft = place_nft_open(s->index, &s->map, plan->rules.nft,
					plan->nft_began);
	return !s->index || (witness && !s->witness) ||
	       (plan->rules.nft && !s->nft) ? -ENOMEM : 0;
}

static void ask_places(void *arg)
{
	struct reader_state *s = arg;

	reader_tell(s->control, READER_PLACES);
}

static void print_late(void *arg, const struct report_late *late)
{
	struct reader_state *s = arg;

	printer_late(&s->printer, late);
}

/* Return: false: no memory. */
static bool open_drops(struct reader_state *s)
{
	const struct drops_env env = {
		.ring = s->plan->drops,
		.reasons = s->plan->drop_reasons,
		.journeys = s->journeys,
		.map = &s->map,
		.stats = s->stats,
		.bulletin = s->bulletin,
		.ask = ask_places,
		.late = print_late,
		.arg = s,
	};

	if (!s->plan->drops || !s->bulletin)
		return true;
	s->drops = drops_open(&env);
	/* From now on packets wait for their records. */
	order_settle(s->order, 0);
	return s->drops;
}

static int open_state(struct reader_state *s, const struct reader_plan *plan)
{
	struct bulletin_tables t;

	s->plan = plan;
	s->stats = plan->printer.stats;
	s->bulletin = plan->bulletin;
	if (s->bulletin) {
		s->tables_epoch = bulletin_tables_epoch(s->bulletin);
		bulletin_tables(s->bulletin, &t);
		s->tables.guard = t.guard;
		s->tables.windows = t.windows;
		/* Behind the reading, and before this. */
		s->tables.opened = t.windows != 0;
	}
	path_map_fill(&s->map, plan->rules.legacy);
	if (s->names)
		ifnames_vrfs(s->names, s->map.vrf, PATH_VRFS);
	s->map.nft_unseen = plan->nft_unseen;
	s->map.ipvs = plan->ipvs;
	s->map.others = plan->foreign_trace ? OTHERS_RULES : 0;
	s->map.excerpt = !plan->capture;
	backend_diff_open(&s->diff, &plan->rules);
	if (open_places(s, plan) < 0)
		return -ENOMEM;
	s->ways = way_ask_open(s);
	s->journeys = journeys_open(&s->map, plan->snaplen,
				    plan->foreign_trace || plan->late,
				    s->nft || s->witness,
				    &reader_journey_ops, s);
	if (s->nft && s->journeys)
		s->pending = pending_open(s->nft, s->journeys, s->stats,
				       plan->bulletin, &reader_hold_ops, s);
	s->order = order_open(reader_on_turn, s);
	if (!s->names || !s->journeys || !s->order ||
	    (s->nft && !s->pending) || !open_drops(s))
		return -ENOMEM;
	place_on_release(s->index, forget_place, s);
	return printer_open(&s->printer, &plan->printer, s->names,
			    tell_supervisor, s);
}

static const void *map(int fd, uint64_t size)
{
	void *data = fd < 0 ? NULL :
		mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);

	if (fd >= 0)
		close(fd);
	return data == MAP_FAILED ? NULL : data;
}

/*
 * Until reader_begin(), whose rules go into @plan.
 * Return: 0 or -errno; -ECANCELED: it never comes.
 */
static int await_rules(int control, struct reader_plan *plan)
{
	struct supervisor_message m = { 0 };
	int fd[READER_SNAPSHOTS];
	ssize_t n;

	do
		n = reader_receive(control, &m, fd);
	while (n < 0 && errno == EINTR);
	if (n <= 0 || m.word != SUPERVISOR_BEGIN)
		return -ECANCELED;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		plan->rules.legacy[i] = map(fd[i], m.size[i]);
		if (m.size[i] && !plan->rules.legacy[i])
			return -ENOMEM;
	}
	plan->rules.nft = map(fd[READER_NFT], m.size[READER_NFT]);
	plan->foreign_trace = m.foreign_trace;
	plan->nft_began = m.nft_began;
	memcpy(plan->witness, m.witness, sizeof(plan->witness));
	return m.size[READER_NFT] && !plan->rules.nft ? -ENOMEM : 0;
}

/* A supervisor that is gone hears no word: then this is the end. */
static void answer(struct reader_state *s, enum reader_word word,
		   const char *text)
{
	char line[READER_MESSAGE];
	int len = snprintf(line, sizeof(line), "%c%s", word, text);

	if (write(s->control, line, (size_t)len) < 0)
		s->orphaned = s->draining = true;
}

/* Return: 0, or -errno after an answer; -ECANCELED: nobody waits for one. */
static int make_ready(struct reader_state *s, struct reader_plan *plan,
		      int (*seal)(char *what, size_t size))
{
	enum { LARGE = 16 << 10, AS_BEFORE = 128 << 10 };
	char text[READER_MESSAGE - 1] = "making ready to read";
	int err = 0;

	/* Tables that are still empty are pages of their own: calloc() touches none. */
	mallopt(M_MMAP_THRESHOLD, LARGE);
	s->names = plan->capture ? ifnames_open() : ifnames_new();
	if (s->names)
		sandbox_reads(ifnames_fd(s->names));
	if (plan->capture)
		err = await_rules(s->control, plan);
	if (err == -ECANCELED)
		return err;
	if (!err)
		err = open_state(s, plan);
	mallopt(M_MMAP_THRESHOLD, AS_BEFORE);
	if (!err) {
		text[0] = '\0';
		err = seal(text, sizeof(text));
	}
	answer(s, err ? READER_FAILED : READER_READY, text);
	return err;
}

void reader_run(struct reader_plan *plan, int control,
		int (*seal)(char *what, size_t size))
{
	struct reader_state s = { .control = control, .matched = READER_UNCOUNTED };
	const uint64_t inherited = netlink_forged();
	int err = make_ready(&s, plan, seal);

	if (err == -ECANCELED)
		return;
	if (err)
		_exit(1);
	if (plan->capture) {
		reader_listen(&s);
		count_refused(&s, inherited);
		finish(&s);
	} else {
		replay(&s);
	}
	close_state(&s);
}
