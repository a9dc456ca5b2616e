/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: the forms in which journeys or events are written, each a const struct. */
#ifndef NFTRACE_REPORT_H
#define NFTRACE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journey/fate.h"
#include "packet/packet.h"
#include "rules/base/units.h"

struct diff_setup;
struct event;
struct ifnames;
struct journey;
struct outbuf;
struct path_texts;
struct stories;
struct place;

/* The run, for who reads of it elsewhere. */
struct report_run {
	char command[2048];	/* the words that nftrace was given, COMMAND's left out */
	char kernel[256];	/* "Linux 6.1.0 x86_64"; "": not where it was traced */
	uint64_t begin_ns;	/* CLOCK_REALTIME */
};

/* What a report may look up; borrowed, the same for a whole run. */
struct report_env {
	const struct ifnames *names;
	void *state;			/* the report's own, from open to close */
	struct stories *stories;	/* what is written again; or NULL */
	struct path_texts *owners;	/* whose rule decided, as the report writes it; or NULL */
	const struct report_run *run;	/* NULL: not known */
	const struct report_run *traced;	/* of --read: what the recording says of its run; or NULL */
	const struct diff_setup *diff;	/* of --diff's forms; or NULL */
	char host[65];
	char netns[24];			/* inode of the network namespace */
	unsigned int width;		/* columns of a line, where it is folded */
	bool measured;			/* a terminal has them, or COLUMNS says so */
	unsigned int lead;		/* what will stand in front of a packet there */
	bool terminal;			/* which would break a line within a word */
	bool verbose;
	bool explain;			/* the rules that a packet nearly met */
	bool color;
	bool erase;	/* the status line may be where results go */
	bool framed;			/* for who sets several runs' in order: frame.h */
	bool log;			/* times are those of a log that is read */
};

/* A packet was told of, and the kernel has lost it afterwards. */
struct report_late {
	uint64_t number;	/* of the packet, as it was printed */
	uint64_t after_ns;	/* behind its last event */
	uint64_t wall_ns;	/* CLOCK_REALTIME of the loss */
	uint8_t branch;		/* 0: the packet itself */
	uint8_t was;		/* enum fate_kind that was told */
	bool ambiguous;		/* or it was one alike */
	struct fate fate;	/* with .drop */
	struct packet packet;	/* as it was then; borrowed */
};

struct report {
	const char *name;
	/* Before the first packet: 0 or -errno; NULL: nothing to be done. */
	int (*open)(struct outbuf *o, struct report_env *env);
	/* One packet whose story is over; NULL: this form is of events. */
	void (*journey)(struct outbuf *o, const struct report_env *env,
			const struct journey *j);
	/* A packet that was printed before; NULL: nothing is to be told. */
	void (*late)(struct outbuf *o, const struct report_env *env,
		     const struct report_late *l);
	/* One event as it comes; NULL: this form is of packets. */
	void (*event)(struct outbuf *o, const struct report_env *env,
		      const struct event *e, const struct place *at,
		      uint64_t wall_ns);
	/* Unless verbose, .event() writes place.line alone, but of a place in doubt. */
	bool lines;
	/* The id will be another place's: NULL: nothing is kept by it. */
	void (*forget)(struct report_env *env, uint32_t id);
	/* The packets of another file come; NULL: they are as those before. */
	void (*next)(struct report_env *env);
	/* Behind the last packet: may wait for @o's reader; NULL: nothing. */
	void (*finish)(struct outbuf *o, const struct report_env *env);
	/* Gives .state back, also after a failed open; NULL: nothing. */
	void (*close)(struct report_env *env);
};

extern const struct report report_fold;		/* --fold; the default on a terminal */
extern const struct report report_block;	/* --full; the default elsewhere */
extern const struct report report_line;		/* -q */
extern const struct report report_flat;		/* --flat */
extern const struct report report_block_wrapped;	/* --full on a terminal */
extern const struct report report_flat_wrapped;	/* --flat there */
extern const struct report report_json;		/* --json */
extern const struct report report_json_flat;	/* --json --flat */
extern const struct report report_pcap;		/* --pcap */
extern const struct report report_graph;	/* --graph */
extern const struct report report_markdown;	/* --markdown */
extern const struct report report_markdown_full;	/* --markdown --full */
extern const struct report report_html;		/* --report */

/** report_since_boot - a log may tell no other time than since the machine's start */
static inline bool report_since_boot(uint64_t ns)
{
	return ns < UINT64_C(315532800) * NS_PER_S;	/* 1980 */
}

/** report_time_source - who says so: "packet", "reader", "log", "boot" */
const char *report_time_source(const struct report_env *env, uint64_t ns,
			       bool stamped);

/** report_kernel - on which it was traced, as far as that is known; or "" */
const char *report_kernel(const struct report_env *env);

/** report_hook_name - "PREROUTING" for NF_INET_PRE_ROUTING, ... */
const char *report_hook_name(unsigned int hook);

enum { REPORT_REASON = 768 };

/** report_reason - why a fate is what it is, when no rule is; "" when one is */
size_t report_reason(char *buf, size_t size, const struct journey *j,
		     unsigned int branch);

/** report_late_reason - the same of a packet that was told of before */
size_t report_late_reason(char *buf, size_t size, const struct report_late *l);

#endif
