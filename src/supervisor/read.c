// SPDX-License-Identifier: GPL-2.0-or-later
/* read: --read: a run without a capture, from the file to the exit status. */
#include "supervisor/read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/memory.h"
#include "base/msg.h"
#include "reader/reader_plan.h"
#include "reader/reader_process.h"
#include "replay/pcap_file.h"
#include "replay/replay_state.h"
#include "replay/rules_text.h"
#include "replay/trace_line.h"
#include "rules/base/process.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"
#include "supervisor/expect.h"
#include "supervisor/results.h"
#include "supervisor/run.h"
#include "supervisor/run_state.h"
#include "supervisor/stats_seen.h"
#include "supervisor/summary_read.h"

enum { READ_STUCK_MS = 5000 };	/* for a reader that has said its last word to end */

static int open_input(const char *path)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return STDIN_FILENO;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		msg("error: %s cannot be read: %s", path, strerror(errno));
	return fd;
}

static int spare_inputs(const struct run *r, int fd)
{
	int status = results_spare(r->reader.sink, fd, r->o->read);

	for (unsigned int i = 0; !status && r->o->rules[i]; i++)
		status = results_spare(r->reader.sink, -1, r->o->rules[i]);
	return status;
}

/*
 * The target TRACE can stand in raw alone, so that a packet's first event is in
 * PREROUTING or OUTPUT of it: but from a chain that those call, or where raw is
 * not in the rules and something else turns tracing on.
 */
static bool begins_anywhere(const struct snapshot *s)
{
	if (snapshot_table(s, "raw", 3) < 0)
		return true;
	for (uint32_t c = 0; c < s->chains; c++) {
		const struct snap_chain *chain = snapshot_chain(s, c);

		for (uint32_t i = 0; chain->hook == NOT_A_HOOK &&
		     i < chain->count; i++)
			if (snapshot_rule(s, chain->first + i)->flags &
			    SNAP_TRACE)
				return true;
	}
	return false;
}

static bool may_begin_anywhere(const struct snapshot *const snaps[])
{
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		if (snaps[f] && begins_anywhere(snaps[f]))
			return true;
	return false;
}

int read_start(struct run *r, struct reader_plan *plan)
{
	int err;

	results_env(&plan->printer.env, r->o);
	/* The file tells where it was written, or nobody does. */
	plan->printer.env.host[0] = plan->printer.env.netns[0] = '\0';
	for (unsigned int i = 0; i < SINK_COUNT; i++) {
		plan->printer.sink[i] = r->reader.sink[i];
		sink_truncate(&r->reader.sink[i]);
	}
	plan->rules = r->snapshots.rules;
	err = reader_start(&r->reader.process, plan);
	if (err)
		msg_error("starting the reader", err);
	return err ? STATUS_FAILURE : 0;
}

static int start_replay(struct run *r, int fd, struct strview nft)
{
	struct reader_plan plan = {
		.input_fd = fd,
		.against_fd = -1,
		.printer = {
			.stats = r->reader.stats,
			.only = r->o->only ? &r->reader.only : NULL,
			.count = r->o->count,
			.expect = r->reader.expect,
			.mask = r->mask,
		},
		.snaplen = TRACE_TEXT_PACKET,
		.flat = r->o->flat,
		.nft_text = nft,
		.foreign_trace =
			may_begin_anywhere(r->snapshots.rules.legacy),
	};

	return read_start(r, &plan);
}

int read_await(struct run *r)
{
	char word[READER_MESSAGE];
	ssize_t n = recv(r->reader.process.fd, word, sizeof(word), 0);
	bool failed = !reader_ready(word, n, sizeof(word));

	while (n > 0)
		n = recv(r->reader.process.fd, word, sizeof(word), 0);
	close(r->reader.process.fd);
	if (!process_wait(r->reader.process.pid, READ_STUCK_MS, &r->reader.status)) {
		msg("warning: the reader has printed all and does not end: "
		    "ending it");
		r->reader.status = SIGKILL;
		process_end(r->reader.process.pid, &r->reader.status);
	}
	if (r->reader.status && !failed)
		msg("error: the reader ended too soon: what is printed is not all");
	return failed || r->reader.status ? STATUS_FAILURE : 0;
}

int read_explain_end(const struct run *r)
{
	const struct stats *st = &r->reader.seen;
	const char *path = r->o->read;

	switch (st->input_end) {
	case REPLAY_BROKEN:
		msg("warning: %s is cut off or damaged at byte %" PRIu64
		    ": what is behind it was not read", path, st->input_offset);
		return STATUS_INCOMPLETE;
	case REPLAY_MEMORY:
		msg("warning: %s takes more memory than the reader may have (%u "
		    "MiB, or what ulimit -d allows): what is behind byte %" PRIu64
		    " was not read", path, MEMORY_MIB, st->input_offset);
		return STATUS_INCOMPLETE;
	case REPLAY_OLD_PCAP:
		msg("error: %s is a pcap file without journeys: --read takes "
		    "pcapng files of nftrace's --pcap, and text", path);
		return STATUS_FAILURE;
	case REPLAY_NO_EVENTS:
		msg("error: %s does not hold a packet's headers at each event, "
		    "as '--flat' with '--json' or '-v' prints them: leave out "
		    "--flat", path);
		return STATUS_USAGE;
	case REPLAY_ERROR:
		msg("error: reading %s: %s", path, strerror(-st->input_error));
		return STATUS_FAILURE;
	}
	return 0;
}

static const char UTF16[] = "iconv -f UTF-16 -t UTF-8";

/* By what a file begins with; the program that prints what is in there. */
static const char *unpacker(const unsigned char *first, size_t len)
{
	static const struct {
		const char *magic, *program;
	} kinds[] = {
		{ "\x1f\x8b", "zcat" }, { "\xfd" "7zXZ", "xzcat" },
		{ "BZh", "bzcat" }, { "\x28\xb5\x2f\xfd", "zstdcat" },
		/* As Windows' PowerShell writes what a program prints. */
		{ "\xff\xfe", UTF16 }, { "\xfe\xff", UTF16 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (len >= strlen(kinds[i].magic) &&
		    memcmp(first, kinds[i].magic, strlen(kinds[i].magic)) == 0)
			return kinds[i].program;
	return NULL;
}

void read_explain_nothing(const struct run *r, int fd)
{
	const char *path = fd == STDIN_FILENO ? "standard input" : r->o->read;
	const char *program;
	unsigned char first[8];
	/* A pipe has kept nothing. */
	ssize_t n = pread(fd, first, sizeof(first), 0);
	size_t len = n > 0 ? (size_t)n : 0;

	if (r->reader.seen.input_offset == 0 && !r->reader.seen.passed_over)
		msg("nothing was found: %s is empty", path);
	else if ((program = unpacker(first, len)))
		msg("nothing was found: %s is %s: try %s %s | nftrace "
		    "--read -", path, program == UTF16 ? "UTF-16" :
		    "compressed", program, path);
	else if (pcap_file_type((const char *)first, len) == PCAP_FILE_NG)
		msg("nothing was found: no packet of %s has a journey with it, "
		    "as those of --pcap have", path);
	else
		msg("nothing was found: %s has no TRACE line of the kernel's "
		    "(only the logger nf_log_syslog writes them), and none of "
		    "'nft monitor trace' or 'xtables-monitor --trace'", path);
}

static int conclude_replay(struct run *r, int fd)
{
	const struct stats *st = &r->reader.seen;
	int status = read_explain_end(r);

	/* A file that breaks off in a read may have held something. */
	if ((status != STATUS_FAILURE && status != STATUS_USAGE) || st->packets)
		summary_read(r);
	if (status == STATUS_FAILURE || status == STATUS_USAGE)
		return status;
	if (!status && !st->packets && !st->events && !st->lost &&
	    !st->refused.count && !st->strangers)
		read_explain_nothing(r, fd);
	if ((st->output_error && st->output_error != -EPIPE) ||
	    r->outcome.drawing)
		return STATUS_FAILURE;
	if (status || st->lost || st->strangers || st->refused.count ||
	    st->incomplete || st->text.older > st->text.newer ||
	    st->misfit.chains || st->misfit.unproved)
		return expect_status(r, STATUS_INCOMPLETE);
	return expect_status(r, st->packets ? STATUS_TRACED : STATUS_NOTHING);
}

int read_file(struct run *r, int *fd)
{
	struct strview nft = { NULL, 0 };
	int status;

	*fd = open_input(r->o->read);
	status = *fd < 0 ? STATUS_FAILURE : spare_inputs(r, *fd);
	if (!status)
		status = rules_text_load(r->o->rules, r->snapshots.snap_res,
					 r->snapshots.rules.legacy, &nft);
	if (!status)
		status = start_replay(r, *fd, nft);
	if (!status)
		status = read_await(r);
	if (!status)
		stats_take(&r->reader.seen, r->reader.stats);
	free((char *)nft.at);
	return status;
}

int read_main(const struct options *o)
{
	struct run r = { 0 };
	int status = run_open(&r, o), fd = -1;

	if (!status)
		status = results_open(r.reader.sink, o);
	if (!status)
		status = read_file(&r, &fd);
	if (!status)
		r.outcome.drawing = results_draw(r.reader.sink);
	if (!status)
		status = conclude_replay(&r, fd);
	if (fd > STDERR_FILENO)
		close(fd);
	run_close(&r);
	return status;
}
