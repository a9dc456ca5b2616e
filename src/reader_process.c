// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_process: starts the reader with nothing that is not its own. */
#include "reader_process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "hook.h"
#include "out.h"
#include "process.h"
#include "reader.h"
#include "reader_line.h"
#include "reader_plan.h"
#include "sandbox.h"

/*
 * Keep 0, 1, 2, the sockets, the result files and nothing else.  First of all:
 * a copy of the lock or of the keeper's socket in here would outlive the
 * supervisor.
 */
static void close_others(const struct reader_plan *plan, int control)
{
	enum { KEEP = 3 + SINK_COUNT };
	int keep[KEEP] = { plan->capture ? plan->capture->fd : plan->input_fd,
			   plan->capture ? plan->capture->stamp_fd : -1,
			   control };
	int from = STDERR_FILENO + 1;

	for (unsigned int i = 0; i < SINK_COUNT; i++)
		keep[3 + i] = plan->printer.sink[i].report ? plan->printer.sink[i].fd : -1;

	for (;;) {
		int next = -1;

		for (size_t i = 0; i < KEEP; i++)
			if (keep[i] >= from && (next < 0 || keep[i] < next))
				next = keep[i];
		if (next != from)
			syscall(SYS_close_range, from,
				next < 0 ? ~0U : (unsigned int)next - 1, 0);
		if (next < 0)
			return;
		from = next + 1;
	}
}

static void reader_main(const struct reader_plan *plan, int control)
	__attribute__((noreturn));

static void reader_main(const struct reader_plan *plan, int control)
{
	struct reader_plan own = *plan;

	prctl(PR_SET_NAME, "nftrace-reader");
	/* A replay can be interrupted: nothing has to be put back. */
	if (plan->capture)
		process_ignore_signals();
	else
		signal(SIGPIPE, SIG_IGN);
	close_others(plan, control);
	HOOK("reader-start");
	tzset();
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		if (own.printer.sink[i].report)
			out_take_pipe(own.printer.sink[i].fd);
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
