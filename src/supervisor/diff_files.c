// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_files: --diff: two files of --read held against each other, to the exit status. */
#include "supervisor/diff_files.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/msg.h"
#include "cli/options.h"
#include "diff/diff.h"
#include "diff/side.h"
#include "reader/reader_plan.h"
#include "replay/trace_line.h"
#include "supervisor/read.h"
#include "supervisor/results.h"
#include "supervisor/run.h"
#include "supervisor/run_state.h"
#include "supervisor/stats_seen.h"

enum { SIDES = 2 };

static void no_sinks(struct sink_plan sink[SINK_COUNT])
{
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		sink[i] = (struct sink_plan){ .fd = -1, .path = "" };
}

/* What of the command line is this file's: the rules in front of --diff are the first one's. */
static struct options options_of(const struct options *o, unsigned int side)
{
	struct options own = *o;
	unsigned int from = side ? o->rules_before : 0, n = 0;
	unsigned int end = side || !o->rules_before ||
			   !o->rules[o->rules_before] ? OPTIONS_FILES
						      : o->rules_before;

	if (!o->rules[from])
		from = 0;
	own.read = side ? o->diff : o->read;
	own.mask = false;
	/* One more, to know whether there are more. */
	own.count = SIDE_PACKETS + 1;
	memset(own.rules, 0, sizeof(own.rules));
	for (; from < end && o->rules[from]; from++)
		own.rules[n++] = o->rules[from];
	return own;
}

/*
 * What of a file could not be read is said, and does not keep the rest from being compared.
 * @partial: set where there is such
 */
static int judge_file(const struct run *r, int fd, bool *partial)
{
	const struct stats *st = &r->reader.seen;
	const char *path = r->o->read;

	*partial |= read_explain_end(r) != 0;
	if (st->output_error) {
		msg("error: the packets of %s cannot be kept to be compared: %s",
		    path, msg_errno_text(st->output_error));
		return DIFF_TROUBLE;
	}
	if (!st->packets) {
		if (!st->input_end)
			read_explain_nothing(r, fd);
		return DIFF_TROUBLE;
	}
	if (st->refused.count)
		msg("warning: %" PRIu64 " lines or packets of %s make no sense, "
		    "and are left out", st->refused.count, path);
	if (st->strangers)
		msg("warning: %" PRIu64 " trace events of %s are of rules that "
		    "are not in the rules given", st->strangers, path);
	if (st->printed > SIDE_PACKETS)
		msg("warning: of %s the first %d packets are compared", path,
		    SIDE_PACKETS);
	*partial |= st->refused.count || st->printed > SIDE_PACKETS;
	return 0;
}

/* Whatever it is, it is a recording of this program's then.  Return: 0 or DIFF_TROUBLE. */
static int load(const struct options *o, int *to, bool *partial)
{
	struct run r = { 0 };
	int status = run_open(&r, o), fd = -1;

	no_sinks(r.reader.sink);
	*to = memfd_create("nftrace-diff", MFD_CLOEXEC);
	if (*to < 0) {
		msg("error: no memory for %s", o->read);
		status = DIFF_TROUBLE;
	}
	r.reader.sink[SINK_PCAP] = (struct sink_plan){
		.report = &report_pcap, .fd = status ? -1 : dup(*to),
		.path = "",
	};
	if (!status)
		status = read_file(&r, &fd);
	if (!status)
		status = judge_file(&r, fd, partial);
	if (fd > STDERR_FILENO)
		close(fd);
	run_close(&r);
	return status || lseek(*to, 0, SEEK_SET) < 0 ? DIFF_TROUBLE : 0;
}

static const struct report *choose_diff_form(const struct options *o)
{
	return o->json ? &report_diff_json :
	       o->quiet ? &report_diff_line : &report_diff;
}

static int conclude_diff(const struct run *r)
{
	const struct stats *st = &r->reader.seen;
	const struct stats_diff *d = &st->diff;

	if (st->output_error || !d->done) {
		msg(st->output_error ? "error: the result could not be written"
				     : "error: there is no memory to compare them");
		return DIFF_TROUBLE;
	}
	return d->differ || d->only[0] || d->only[1] || d->more[0] ||
	       d->more[1] || d->rules ? DIFF_DIFFER : DIFF_SAME;
}

static int compare(const struct options *o, const int fd[SIDES])
{
	struct run r = { 0 };
	struct diff_setup setup;
	struct reader_plan plan = {
		.input_fd = fd[0], .against_fd = fd[1],
		.snaplen = TRACE_TEXT_PACKET,
	};
	int status = run_open(&r, o);

	no_sinks(r.reader.sink);
	if (!status) {
		r.reader.sink[SINK_STDOUT] = (struct sink_plan){
			.report = choose_diff_form(o), .fd = STDOUT_FILENO,
			.path = "",
		};
		setup = (struct diff_setup){ r.mask, &r.reader.stats->diff };
		plan.printer.stats = r.reader.stats;
		plan.printer.env.diff = &setup;
		status = read_start(&r, &plan);
	}
	if (!status)
		status = read_await(&r);
	if (!status) {
		stats_take(&r.reader.seen, r.reader.stats);
		status = conclude_diff(&r);
	} else {
		status = DIFF_TROUBLE;
	}
	run_close(&r);
	return status;
}

int diff_main(const struct options *o)
{
	struct options plain = *o;
	int fd[SIDES] = { -1, -1 }, status = 0;
	bool partial = false;

	for (unsigned int s = 0; s < SIDES && !status; s++) {
		const struct options own = options_of(o, s);

		status = load(&own, &fd[s], &partial);
	}
	/* --only and -c have chosen already what is compared. */
	plain.only = NULL;
	plain.count = 0;
	if (!status)
		status = compare(&plain, fd);
	if (status == DIFF_SAME && partial) {
		msg("error: nothing differs in what could be read, which is not all");
		status = DIFF_TROUBLE;
	}
	for (unsigned int s = 0; s < SIDES; s++)
		if (fd[s] >= 0)
			close(fd[s]);
	return status;
}
