// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_process: starts the reader with nothing that is not its own. */
#include "reader/reader_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/outbuf.h"
#include "base/sandbox.h"
#include "capture/capture.h"
#include "protocol/reader_ipc.h"
#include "reader/reader.h"
#include "reader/reader_plan.h"
#include "rules/base/process.h"
#include "rules/base/testpoint.h"

enum { KEEP = 5 + SINK_COUNT };

static void fill_keep(int keep[KEEP], const struct reader_plan *plan,
		      int control)
{
	keep[0] = plan->capture ? plan->capture->fd : plan->input_fd;
	keep[1] = plan->capture ? plan->capture->stamp_fd : -1;
	keep[2] = control;
	keep[3] = plan->capture ? plan->lock_watch : -1;
	keep[4] = plan->capture ? -1 : plan->against_fd;
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		keep[5 + i] = plan->printer.sink[i].report ?
			plan->printer.sink[i].fd : -1;
}

static bool is_kept(const int keep[KEEP], int fd)
{
	for (size_t i = 0; i < KEEP; i++)
		if (keep[i] == fd)
			return true;
	return false;
}

/* All that it keeps, but what it writes to. */
static void choose_reads(const int keep[KEEP])
{
	for (unsigned int i = 0; i < KEEP - SINK_COUNT; i++)
		sandbox_reads(keep[i]);
}

/* What is typed is not the reader's, and it says nothing itself. */
static void empty_standard_files(const int keep[KEEP])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* A sanitizer's findings go to stderr. */
		if (is_kept(keep, fd) ||
		    (fd == STDERR_FILENO && sandbox_is_wide()))
			continue;
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	}
	if (null > STDERR_FILENO)
		close(null);
}

static void reader_main(const struct reader_plan *plan, int control)
	__attribute__((noreturn));

static void reader_main(const struct reader_plan *plan, int control)
{
	struct reader_plan own = *plan;
	int keep[KEEP];

	prctl(PR_SET_NAME, "nftrace-reader");
	/* A replay can be interrupted: nothing has to be put back. */
	if (plan->capture)
		process_ignore_signals();
	else
		signal(SIGPIPE, SIG_IGN);
	fill_keep(keep, plan, control);
	/*
	 * The sockets, the file to be read, the result files and nothing else.  First
	 * of all: a copy of the lock or of the keeper's socket in here would outlive
	 * the supervisor.
	 */
	process_close_others(keep, KEEP);
	empty_standard_files(keep);
	TESTPOINT("reader-start");
	tzset();
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		if (own.printer.sink[i].report)
			outbuf_take_pipe(own.printer.sink[i].fd);
	memory_bound(plan->snaplen);
	choose_reads(keep);
	sandbox_prepare();
	reader_run(&own, control, sandbox_enter);
	/* Nothing is left to flush; LeakSanitizer cannot work in a sandbox. */
	_exit(0);
}

int reader_start(struct reader *r, const struct reader_plan *plan)
{
	int pair[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	fflush(NULL);
	r->pid = fork();
	if (r->pid < 0) {
		err = -errno;
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	if (r->pid == 0) {
		close(pair[0]);
		reader_main(plan, pair[1]);
	}
	close(pair[1]);
	r->fd = pair[0];
	return 0;
}
