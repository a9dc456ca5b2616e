/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replayed: what fuzz targets of --read share: a reader without a process, every form of report judged. */
#ifndef TESTS_FUZZ_REPLAYED_H
#define TESTS_FUZZ_REPLAYED_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "capture/ifnames.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "journey/journeys_end.h"
#include "journey/path.h"
#include "judge.h"
#include "mask/mask.h"
#include "mask/mask_journey.h"
#include "mask/mask_text.h"
#include "near.h"
#include "place/place.h"
#include "printer/printer.h"
#include "protocol/stats.h"
#include "replay/line_reader.h"
#include "replay/replay_pcap.h"
#include "replay/replay_state.h"
#include "replay/replay_text.h"
#include "report/path_texts.h"
#include "report/stories.h"
#include "rules/view/ruleset.h"

enum { REPLAYED_OUT = 4 << 20 };

/* One file, or one log, to be read. */
struct replayed_job {
	const void *bytes;
	size_t size;
	const struct snapshot *const *snap;	/* by family_index() */
	void (*fn)(struct replay *r, struct line_reader *in);
	uint32_t snaplen;
	/* May a TRACE line be there, by what was made up?  NULL: not asked. */
	bool (*known)(const char *line, size_t len);
};

/* What lasts from input to input: memory, and nothing that is in it. */
struct replayed {
	const struct replayed_job *job;
	bool again;		/* the pcapng that came out is read in its turn */
	bool all;		/* in every form, masked as well; else in one of the usual ones */
	unsigned int one;	/* that one */
	bool only_masked;	/* not in that form as it is, but masked */
	bool masked;		/* other addresses and names */
	uint64_t seen;		/* TRACE lines and events of the input */
	unsigned int lines, fates;	/* of the block under way */
	struct stats stats;
	struct printer_plan plan;
	struct path_map map;
	struct mask *mask;
	struct printer printer;
	struct journeys *journeys;
	struct misses *misses;	/* NULL: nobody has asked yet */
	struct place_index *index;
	struct ifnames *names;
	struct outbuf text;	/* one record of one form at a time */
	struct outbuf pcap;	/* a whole file */
};

static struct replayed replayed;

/* A line that begins with a number, and what belongs to it below. */
static void replayed_fold_line(void *arg, const char *at, size_t len)
{
	unsigned int *lines = arg;

	JUDGE(len && *at == (*lines ? ' ' : '#'), at, len);
	(*lines)++;
}

static void replayed_fold(const char *bytes, size_t len)
{
	unsigned int lines = 0;

	judge_lines(bytes, len, replayed_fold_line, &lines);
}

static void replayed_text(const char *bytes, size_t len)
{
	judge_lines(bytes, len, NULL, NULL);
}

static const struct replayed_form {
	const struct report *report;
	void (*judge)(const char *bytes, size_t len);	/* each record */
	void (*judge_end)(const char *bytes, size_t len);	/* what comes at last */
	bool verbose, measured, explain;
} replayed_forms[] = {
	{ .report = &report_fold, .judge = replayed_fold },
	{ .report = &report_line, .judge = judge_one_line },
	{ .report = &report_line, .judge = judge_one_line, .verbose = true },
	{ .report = &report_json, .judge = judge_json },
	{ .report = &report_flat, .judge = judge_one_line },
	{ .report = &report_flat, .judge = judge_one_line, .verbose = true },
	{ .report = &report_json_flat, .judge = judge_json_flat },
	/* Judged by the whole of what it writes. */
	{ .report = &report_pcap },
	{ .report = &report_graph, .judge_end = judge_dot },
	{ .report = &report_fold, .judge = replayed_fold, .measured = true,
	  .explain = true },
	{ .report = &report_line, .judge = replayed_text,
	  .measured = true },
	{ .report = &report_block_wrapped, .judge = replayed_text,
	  .measured = true, .explain = true },
	{ .report = &report_flat_wrapped, .judge = replayed_text,
	  .measured = true },
	{ .report = &report_markdown, .judge = replayed_text,
	  .judge_end = replayed_text },
	{ .report = &report_markdown_full, .judge = replayed_text,
	  .judge_end = replayed_text },
	{ .report = &report_html, .judge = judge_html, .judge_end = judge_html },
};

enum { REPLAYED_FORMS = sizeof(replayed_forms) / sizeof(replayed_forms[0]) };

/* The usual ones stand first, and with the first one come blocks. */
enum { REPLAYED_BLOCKS = 0, REPLAYED_PCAP = 7, REPLAYED_USUAL };

/* As each form has made it for itself. */
static struct report_env replayed_own[REPLAYED_FORMS];

static inline bool replayed_wants(unsigned int form)
{
	if (!replayed.all && form != replayed.one)
		return false;
	return !replayed.again || form == REPLAYED_PCAP;
}

static inline struct outbuf *replayed_out(unsigned int form)
{
	return replayed_forms[form].report == &report_pcap ? &replayed.pcap
							   : &replayed.text;
}

/* Where it was seen the file tells, packet by packet. */
static inline struct report_env replayed_env(const struct report_env *env,
					     unsigned int form)
{
	struct report_env e = replayed_own[form];

	memcpy(e.host, env->host, sizeof(e.host));
	memcpy(e.netns, env->netns, sizeof(e.netns));
	e.traced = env->traced;
	e.log = env->log;
	return e;
}

static int replayed_open(struct outbuf *o, struct report_env *env)
{
	(void)o;
	for (unsigned int i = 0; i < REPLAYED_FORMS; i++) {
		const struct replayed_form *f = &replayed_forms[i];
		struct report_env *own = &replayed_own[i];

		*own = *env;
		own->width = 60;
		own->verbose = f->verbose;
		own->measured = f->measured;
		own->explain = f->explain;
		if (replayed_wants(i) && f->report->open &&
		    f->report->open(replayed_out(i), own) < 0)
			abort();
	}
	replayed.text.head = replayed.text.tail = 0;
	return 0;
}

static void replayed_close(struct report_env *env)
{
	for (unsigned int i = 0; i < REPLAYED_FORMS; i++) {
		const struct report *r = replayed_forms[i].report;
		struct report_env e = replayed_env(env, i);

		if (replayed_wants(i) && r->close)
			r->close(&e);
	}
}

/* A block: a head, events, changes, fates; nothing that looks like more of them. */
static void replayed_block_line(void *arg, const char *at, size_t len)
{
	struct replayed *r = arg;
	bool trace = len > 7 && memcmp(at, "TRACE: ", 7) == 0;
	bool fate = len > 3 && memcmp(at, "=> ", 3) == 0;

	JUDGE(trace || fate || *at == '#' || *at == ' ', at, len);
	r->lines += trace;
	r->fates += fate;
	if (trace && r->job->known && !r->again && !r->masked)
		JUDGE(r->job->known(at, len), at, len);
}

static inline void replayed_block(const struct report_env *env,
				  const struct journey *j, bool verbose)
{
	struct report_env e = *env;
	struct outbuf *o = &replayed.text;

	e.verbose = verbose;
	replayed.lines = replayed.fates = 0;
	outbuf_begin(o);
	report_block.journey(o, &e, j);
	if (outbuf_end(o)) {
		judge_lines(o->buf, o->tail, replayed_block_line, &replayed);
		JUDGE(replayed.lines == journey_kept(j), o->buf, o->tail);
		JUDGE(replayed.fates == j->branches, o->buf, o->tail);
	}
	o->head = o->tail = 0;
}

/* Who decided is one of those who were asked. */
static inline bool replayed_fate_fits(const struct journey *j,
				      const struct fate *f)
{
	if ((f->kind == FATE_DROP || f->kind == FATE_REJECT) &&
	    !journey_kept(j))
		return false;
	for (uint32_t i = 0; f->by && i < journey_kept(j); i++)
		if (j->step[i].place == f->by)
			return true;
	return !f->by || f->by->hidden || j->omitted;
}

static inline void replayed_write(unsigned int i, const struct report_env *env,
				  const struct journey *j,
				  const struct event *e,
				  const struct place *at, uint64_t wall_ns)
{
	const struct report *r = replayed_forms[i].report;
	struct report_env own = replayed_env(env, i);
	struct outbuf *o = replayed_out(i);

	if (!replayed_wants(i) || !(j ? (void *)r->journey : (void *)r->event))
		return;
	outbuf_begin(o);
	if (j)
		r->journey(o, &own, j);
	else
		r->event(o, &own, e, at, wall_ns);
	if (outbuf_end(o) && replayed_forms[i].judge)
		replayed_forms[i].judge(o->buf, o->tail);
	if (o == &replayed.text)
		o->head = o->tail = 0;
}

static void replayed_print(struct outbuf *o, const struct report_env *env,
			   const struct journey *j)
{
	(void)o;
	for (unsigned int b = 0; b < j->branches; b++)
		JUDGE(replayed_fate_fits(j, &j->fate[b]), "", 0);
	if (!replayed.again && (replayed.all || replayed.one == REPLAYED_BLOCKS)) {
		replayed_block(env, j, false);
		replayed_block(env, j, true);
	}
	for (unsigned int i = 0; i < REPLAYED_FORMS; i++)
		replayed_write(i, env, j, NULL, NULL, 0);
}

static void replayed_print_event(struct outbuf *o, const struct report_env *env,
				 const struct event *e, const struct place *at,
				 uint64_t wall_ns)
{
	(void)o;
	replayed.seen++;
	for (unsigned int i = 0; i < REPLAYED_FORMS; i++)
		replayed_write(i, env, NULL, e, at, wall_ns);
}

static void replayed_finish(struct outbuf *o, const struct report_env *env)
{
	struct outbuf *text = &replayed.text;

	(void)o;
	for (unsigned int i = 0; i < REPLAYED_FORMS; i++) {
		const struct replayed_form *f = &replayed_forms[i];
		struct report_env e = replayed_env(env, i);

		if (!f->judge_end || !replayed_wants(i))
			continue;
		f->report->finish(text, &e);
		f->judge_end(text->buf + text->head, text->tail - text->head);
		text->head = text->tail = 0;
	}
}

/* All forms as one, so that an input is read once for them. */
static const struct report replayed_report = {
	.name = "all",
	.journey = replayed_print,
	.event = replayed_print_event,
	.finish = replayed_finish,
};

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
/*
 * Each input asks for some hundred KiB anew.  With the usual 256 MiB kept for late use of what
 * was freed each of its pages comes from the kernel, which takes longer than all else; in two
 * a block lies for the rest of its input.  Nor is what is free given back to the kernel.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=2:malloc_context_size=8:"
	       "allocator_release_to_os_interval_ms=-1";
}
#endif

static bool replayed_journey(void *arg, struct journey *j)
{
	struct replayed *r = arg;

	/* A recording has its own. */
	if (!r->again)
		near_find(&r->misses, j, r->job->snap, r->index, r->names);
	printer_journey(&r->printer, j);
	j->fate[0].near = NULL;
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

static void replayed_origin(void *arg, uint32_t origin)
{
	journeys_origin(((struct replayed *)arg)->journeys, origin);
}

static void replayed_silence(void *arg, uint64_t now_ns)
{
	journeys_expire(((struct replayed *)arg)->journeys, now_ns);
}

static void replayed_news(void *arg, enum printer_news news)
{
	(void)arg, (void)news;
}

/* Nobody reads it: what is too much for it is thrown away. */
static inline void replayed_make_out(struct outbuf *o, int fd)
{
	o->buf = malloc(REPLAYED_OUT);
	o->size = REPLAYED_OUT;
	o->fd = fd;
	o->at_once = true;
	if (!o->buf)
		abort();
}

/* Once: the kernel takes longer to give memory than we to read an input. */
static inline void replayed_set_up(struct replayed *r)
{
	int null;

	if (r->text.buf)
		return;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	replayed_make_out(&r->text, null);
	replayed_make_out(&r->pcap, null);
	r->plan.stats = &r->stats;
	r->plan.sink[SINK_STDOUT] = (struct sink_plan){
		.report = &replayed_report, .fd = null, .path = "",
	};
	r->mask = mask_open();
	if (null < 0 || !r->mask || mask_text_begin() ||
	    printer_open(&r->printer, &r->plan, NULL, replayed_news, r))
		abort();
}

/* No form sees anything but what it makes. */
static inline void replayed_mask(struct replayed *r, struct report_env *env)
{
	r->printer.masker = r->masked ? masker_open(r->mask, r->names) : NULL;
	if (!r->masked)
		return;
	if (!r->printer.masker)
		abort();
	env->names = masker_names(r->printer.masker);
}

static inline void replayed_begin(struct replayed *r, uint32_t snaplen)
{
	struct report_env *env = &r->printer.sink[SINK_STDOUT].env;
	const struct ruleset rules = {
		{ r->job->snap[0], r->job->snap[1] }, NULL,
	};

	memset(&r->stats, 0, sizeof(r->stats));
	r->pcap.head = r->pcap.tail = r->pcap.total = 0;
	r->names = ifnames_new();
	r->printer.names = r->names;
	path_map_fill(&r->map, r->job->snap);
	r->map.excerpt = true;
	r->index = place_index_open(&rules, &r->map);
	r->journeys = journeys_open(&r->map, snaplen, false, false,
				    &replayed_ops, r);
	if (!r->names || !r->index || !r->journeys)
		abort();
	/* What was kept of another input speaks of places that are no more. */
	path_texts_forget(env->owners);
	stories_forget(env->stories);
	*env = (struct report_env){
		.names = r->names, .owners = env->owners, .stories = env->stories,
	};
	replayed_mask(r, env);
	replayed_open(NULL, env);
}

static inline void replayed_end(struct replayed *r)
{
	struct report_env *env = &r->printer.sink[SINK_STDOUT].env;

	journeys_finish(r->journeys);
	misses_close(r->misses);
	r->misses = NULL;
	printer_finish(&r->printer);
	replayed_close(env);
	masker_close(r->printer.masker);
	r->printer.masker = NULL;
	/* Much memory, mostly as it was. */
	if (r->printer.drops.ways) {
		drop_counts_close(&r->printer.drops);
		if (!drop_counts_open(&r->printer.drops))
			abort();
	}
	journeys_close(r->journeys);
	place_index_close(r->index);
	ifnames_close(r->names);
}

static inline void replayed_read(
	struct replayed *r, const void *bytes, size_t size,
	const struct snapshot *const *snap,
	void (*fn)(struct replay *r, struct line_reader *in), uint32_t snaplen)
{
	struct line_reader in = {
		.fd = -1, .end = true, .size = size, .tail = size
	};
	struct replay replay = {
		.fd = -1, .snap = snap, .stats = &r->stats,
		/* Lines by themselves, and whole packets besides. */
		.flat = true, .printer = &r->printer,
		.event = replayed_event, .gap = replayed_gap,
		.hole = replayed_hole, .origin = replayed_origin,
		.silence = replayed_silence, .arg = r,
	};

	replayed_begin(r, snaplen);
	replay.index = r->index;
	replay.map = &r->map;
	replay.names = r->names;
	/* A block of its own size, so that a sanitizer sees its end. */
	in.buf = malloc(size ? size : 1);
	if (!in.buf)
		abort();
	memcpy(in.buf, bytes, size);
	fn(&replay, &in);
	free(in.buf);
	replayed_end(r);
}

/*
 * While fuzzing each input is for one form, as it is or masked: the next one that is nearly
 * the same is for another, and thirty times as many are read.  Seeds are for every form, in
 * `make check`.  What each packet must have, all of them ask.
 */
static inline void replayed_choose(struct replayed *r,
				   const struct replayed_job *job)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	const uint8_t *b = job->bytes;
	uint32_t hash = 0;

	for (size_t i = 0; i < job->size; i++)
		hash = (hash ^ b[i]) * 16777619;
	hash >>= 16;
	r->all = false;
	r->only_masked = hash % 16 == 0;
	hash /= 16;
	/* The usual ones twice as often as the others. */
	r->one = hash % (REPLAYED_USUAL + REPLAYED_FORMS) % REPLAYED_FORMS;
#else
	(void)job;
	r->all = true;
	r->only_masked = false;
#endif
}

/* Once more with other addresses and names, in every form. */
static inline void replayed_masked(struct replayed *r,
				   const struct replayed_job *job)
{
	r->masked = true;
	r->seen = 0;
	replayed_read(r, job->bytes, job->size, job->snap, job->fn,
		      job->snaplen);
	r->masked = false;
}

/* What it wrote as a pcapng, read again, gives that pcapng. */
static inline void replayed_again(struct replayed *r,
				  const struct replayed_job *job)
{
	static const struct snapshot *const none[FAMILY_COUNT];
	size_t len = r->pcap.tail;
	char *pcap = malloc(len ? len : 1);

	if (!pcap)
		abort();
	memcpy(pcap, r->pcap.buf, len);
	r->again = true;
	replayed_read(r, pcap, len, none, replay_pcap, job->snaplen);
	r->again = false;
	JUDGE(!r->stats.refused.count, r->stats.refused.word,
	      sizeof(r->stats.refused.word));
	JUDGE(r->pcap.tail == len && memcmp(r->pcap.buf, pcap, len) == 0, pcap,
	      len);
	free(pcap);
}

/* One form of an input, or every one. */
static inline void replayed_run(const struct replayed_job *job)
{
	struct replayed *r = &replayed;

	replayed_set_up(r);
	r->job = job;
	replayed_choose(r, job);
	if (r->all || r->only_masked)
		replayed_masked(r, job);
	if (r->only_masked)
		return;
	r->seen = 0;
	replayed_read(r, job->bytes, job->size, job->snap, job->fn,
		      job->snaplen);
	/* No packet is made up: each has an event of its own. */
	JUDGE(job->fn != replay_text || r->stats.packets <= r->seen, "", 0);
	if (r->all || r->one == REPLAYED_PCAP)
		replayed_again(r, job);
}

#endif
