/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replayed: what fuzz targets of --read share: a reader without a process, its output thrown away. */
#ifndef TESTS_FUZZ_REPLAYED_H
#define TESTS_FUZZ_REPLAYED_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "ifnames.h"
#include "input.h"
#include "journey.h"
#include "journeys.h"
#include "path.h"
#include "place.h"
#include "printer.h"
#include "replay_state.h"
#include "stats.h"

struct replayed {
	struct stats stats;
	struct printer_plan plan;
	struct path_map map;
	struct printer printer;
	struct journeys *journeys;
	struct replay replay;
};

static bool replayed_journey(void *arg, struct journey *j)
{
	struct replayed *r = arg;

	printer_journey(&r->printer, j);
	return false;
}

static const struct journey_ops replayed_ops = { .done = replayed_journey };

static void replayed_event(void *arg, const struct event *e,
			   const struct place *at, uint64_t now_ns,
			   uint64_t wall_ns)
{
	struct replayed *r = arg;

	printer_event(&r->printer, e, at, wall_ns);
	journeys_add(r->journeys, e, at, now_ns, wall_ns);
}

static void replayed_gap(void *arg, uint32_t lost)
{
	journeys_gap(((struct replayed *)arg)->journeys, lost);
}

static void replayed_hole(void *arg)
{
	journeys_hole(((struct replayed *)arg)->journeys);
}

static void replayed_silence(void *arg, uint64_t now_ns)
{
	journeys_expire(((struct replayed *)arg)->journeys, now_ns);
}

static void replayed_news(void *arg, enum printer_news news)
{
	(void)arg, (void)news;
}

/*
 * @snaplen: bytes of each packet that journeys keep
 * @text: the form on "stdout"; pcapng and graph are written as well
 */
static inline void replayed_run(const uint8_t *data, size_t size,
				const struct snapshot *const snap[],
				uint32_t snaplen, const struct report *text,
				void (*fn)(struct replay *r, struct input *in))
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct replayed *r = calloc(1, sizeof(*r));
	struct place_index *idx;
	struct ifnames *names = ifnames_new();
	struct input in = { .fd = -1, .end = true };

	if (null < 0 || !r || !names)
		abort();
	r->plan.stats = &r->stats;
	r->plan.env.verbose = true;
	r->plan.sink[SINK_STDOUT] = (struct sink_plan){ .report = text, .fd = null };
	r->plan.sink[SINK_PCAP] = (struct sink_plan){ .report = &report_pcap, .fd = null };
	r->plan.sink[SINK_GRAPH] = (struct sink_plan){ .report = &report_graph, .fd = null };
	path_map_fill(&r->map, snap);
	idx = place_index_open(snap, NULL, &r->map);
	r->journeys = journeys_open(&r->map, snaplen, true, false, &replayed_ops,
				    r);
	if (!idx || !r->journeys ||
	    printer_open(&r->printer, &r->plan, idx, names, replayed_news, r))
		abort();
	r->replay = (struct replay){
		.fd = -1, .snap = snap, .stats = &r->stats,
		.index = idx, .names = names, .printer = &r->printer,
		.event = replayed_event, .gap = replayed_gap,
		.hole = replayed_hole, .silence = replayed_silence, .arg = r,
	};
	/* A block of its own size, so that a sanitizer sees its end. */
	in.buf = malloc(size ? size : 1);
	if (!in.buf)
		abort();
	memcpy(in.buf, data, size);
	in.size = in.tail = size;
	fn(&r->replay, &in);
	journeys_finish(r->journeys);
	printer_finish(&r->printer);
	free(in.buf);
	printer_close(&r->printer);
	journeys_close(r->journeys);
	place_index_close(idx);
	ifnames_close(names);
	free(r);
	close(null);
}

#endif
