/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printer: counts the packets whose story is over and writes them where they go. */
#ifndef NFTRACE_PRINTER_H
#define NFTRACE_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place/place_types.h"
#include "printer/drop_counts.h"
#include "printer/expectation.h"
#include "printer/loops.h"
#include "printer/owner_counts.h"
#include "printer/reason_counts.h"
#include "printer/unexpected.h"
#include "report/sink.h"

struct answers;
struct event;
struct ifnames;
struct journey;
struct display_filter;
struct mask;
struct masker;
struct origins;
struct place;
struct report_late;
struct stats;

struct printer_plan {
	struct stats *stats;
	struct sink_plan sink[SINK_COUNT];
	struct report_env env;		/* but for .names */
	const struct display_filter *only;	/* NULL: all */
	struct mask *mask;		/* for strangers: other addresses and names; or NULL */
	uint64_t count;			/* stop printing after so many; 0: never */
	bool answers;			/* both directions are traced */
	struct expectation expect;
};

/* What whoever opened it is told, each once. */
enum printer_news {
	PRINTER_COUNT,			/* so many packets are printed */
	PRINTER_CLOSED,			/* nobody reads the results any more */
};

struct printer {
	const struct printer_plan *plan;	/* all borrowed */
	void (*tell)(void *arg, enum printer_news news);
	void *arg;
	const struct ifnames *names;
	struct sink sink[SINK_COUNT];
	unsigned int sinks;		/* behind these none is open */
	struct drop_counts drops;
	struct owner_counts owners;
	struct reason_counts reasons;
	struct unexpected unexpected;
	struct loops loops;
	struct answers *answers;	/* NULL: answers are not looked for */
	struct masker *masker;		/* NULL: all is shown as it is */
	bool count_told, closed_told;
	struct origins *origins;	/* printer_host(); NULL: of one at most */
	uint32_t origin;		/* journey.origin of what is told now */
	struct report_run traced;	/* printer_traced() */
	bool by_event;			/* stdout gets each event by itself */
	bool lines;	/* and of a place without doubt that is its line, sink_line() */
};

/** printer_open - 0 or -errno; printer_close() it in any case */
int printer_open(struct printer *p, const struct printer_plan *plan,
		 const struct ifnames *names,
		 void (*tell)(void *arg, enum printer_news news), void *arg);
void printer_close(struct printer *p);

/**
 * printer_count - one packet more
 * Return: --only and -c let it be told of: printer_print() has to follow.
 */
bool printer_count(struct printer *p, const struct journey *j);
void printer_print(struct printer *p, struct journey *j);

/** printer_pass_over - one more that comes behind all that -c asks for */
void printer_pass_over(struct printer *p, const struct journey *j);

/** printer_journey - both */
void printer_journey(struct printer *p, struct journey *j);

/**
 * printer_hides - a bit for each branch of which --only would have let the packet
 *	through, were that LOST; 0: it was printed, or is not to be
 */
uint32_t printer_hides(const struct printer *p, const struct journey *j);

/** printer_late - a packet that was printed, or that printer_hides(), has another fate in truth */
void printer_late(struct printer *p, const struct report_late *l);

/**
 * printer_event - with --flat: an event by itself; @wall_ns: CLOCK_REALTIME
 * printer_event_anew - the same, where its place's line is not all of it
 */
void printer_event_anew(struct printer *p, const struct event *e,
			const struct place *at, uint64_t wall_ns);

static inline void printer_event(struct printer *p, const struct event *e,
				 const struct place *at, uint64_t wall_ns)
{
	if (!p->lines || at->doubt || at->straddles ||
	    !sink_line(&p->sink[SINK_STDOUT], at))
		printer_event_anew(p, e, at, wall_ns);
}

/** printer_origin - where what comes was seen, as a file that is read says */
void printer_origin(struct printer *p, const char *host, size_t len,
		    const char *netns, bool log);

/**
 * printer_host - on which host what comes next was seen, as a log says
 * @host: a stranger's bytes, one at least
 * Return: its number, for journeys_origin(): a packet is told as its own.  0: no memory.
 */
uint32_t printer_host(struct printer *p, const char *host, size_t len);

/** printer_traced - what the recording that is read says of its run; a stranger's texts */
void printer_traced(struct printer *p, const char *command, const char *kernel);

/** printer_next - what comes is of another file */
void printer_next(struct printer *p);

/** printer_forget - the id will be another place's */
void printer_forget(struct printer *p, uint32_t id);

/** printer_enough - -c is reached */
bool printer_enough(const struct printer *p);

/**
 * printer_flush - write what can be written without waiting
 * printer_relieve - when much is pending, wait until it is written
 * printer_finish - write all, waiting as long as it takes, and count the drops
 */
void printer_flush(struct printer *p);
void printer_relieve(struct printer *p);
void printer_finish(struct printer *p);

#endif
