/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sink: a form of report and the file it goes to: stdout, --pcap, --graph, --report. */
#ifndef NFTRACE_SINK_H
#define NFTRACE_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outbuf.h"
#include "place/place_types.h"
#include "report/report.h"

/* Which results a run can write; stdout comes first. */
enum sink_kind { SINK_STDOUT, SINK_PCAP, SINK_GRAPH, SINK_REPORT, SINK_COUNT };

/* What the supervisor decides and opens before anything is armed. */
struct sink_plan {
	const struct report *report;	/* NULL: not asked for */
	int fd;
	const char *path;		/* as it was given, "" for stdout */
	char *own_path;			/* .path, where that is another; or NULL */
	bool drawn;			/* .picture gets what dot makes of .fd, at the end */
	int picture;			/* with .drawn */
	uint64_t limit;			/* bytes; 0: none */
};

struct sink {
	const struct report *report;	/* NULL: none */
	struct report_env env;
	struct outbuf out;
	bool lines;	/* sink_line() is all that an event of a place without doubt needs */
};

/**
 * sink_open_file - create the file of --pcap, --graph or --report
 * What it held is kept until sink_truncate(): a run may yet fail to start.
 * "-" is standard output.  Return: the fd or -errno.
 */
int sink_open_file(const char *path);
void sink_truncate(const struct sink_plan *plan);

/** sink_open - @env is copied, @plan->fd is borrowed; 0 or -errno */
int sink_open(struct sink *k, const struct sink_plan *plan,
	      const struct report_env *env);

/** sink_journey, sink_event - false: there was no room, nobody reads fast enough */
bool sink_journey(struct sink *k, const struct journey *j);
bool sink_event(struct sink *k, const struct event *e, const struct place *at,
		uint64_t wall_ns);

/** sink_line - sink_event() where .lines; false: there is no room as it is */
static inline bool sink_line(struct sink *k, const struct place *at)
{
	struct outbuf *o = &k->out;

	if (o->size - o->tail < at->line_len)
		return false;
	memcpy(o->buf + o->tail, at->line, at->line_len);
	outbuf_advance(o, at->line_len);
	if (outbuf_full(o))
		outbuf_flush(o);
	return true;
}

/** sink_late - the same for a packet that was told of before */
bool sink_late(struct sink *k, const struct report_late *l);

/** sink_next - what comes is of another file */
void sink_next(struct sink *k);

/** sink_forget - the id will be another place's */
void sink_forget(struct sink *k, uint32_t id);

/** sink_flush - write what can be written without waiting; 0 or -errno for good */
int sink_flush(struct sink *k);

/** sink_finish - the end of the run: write all, waiting as long as it takes */
int sink_finish(struct sink *k);

/** sink_close - give all back, written or not: sink_finish() first; idempotent */
void sink_close(struct sink *k);

#endif
