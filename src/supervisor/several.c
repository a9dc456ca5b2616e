// SPDX-License-Identifier: GPL-2.0-or-later
/* several: --netns more than once, --and-node: a run in each namespace, told as one. */
#include "supervisor/several.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/columns.h"
#include "base/escape.h"
#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/options.h"
#include "rules/base/clock.h"
#include "rules/base/helper.h"
#include "rules/base/units.h"
#include "several/cables.h"
#include "several/merge.h"
#include "several/stream.h"
#include "supervisor/netns.h"
#include "supervisor/pod_choose.h"
#include "supervisor/results.h"
#include "supervisor/run.h"

_Static_assert((int)OPTIONS_FILES < (int)CABLES_SPACES,
	       "a namespace each of --netns, and this one");

/* One run. */
struct one {
	pid_t pid;		/* 0: it has ended */
	bool in_pod;		/* where the pod itself is */
	struct stream stream;
	int status;
};

struct several {
	struct options *o;
	uint32_t count;
	int space[CABLES_SPACES];	/* descriptors of the namespaces */
	struct merge_space told[CABLES_SPACES];
	struct one one[CABLES_SPACES];
	struct cables cables;
	struct merge merge;
	int home, signal_fd;
	bool ending;		/* they have been told to */
};

/* @fd is taken; @label: the user's word */
static int add_space(struct several *s, int fd, const char *label, bool in_pod)
{
	struct merge_space *m = &s->told[s->count];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		msg("error: the network namespace of '%s' cannot be opened: %s",
		    label, strerror(errno));
		if (fd >= 0)
			close(fd);
		return STATUS_FAILURE;
	}
	m->inode = st.st_ino;
	escape_text(m->label, sizeof(m->label), label, strlen(label));
	for (uint32_t i = 0; i < s->count; i++) {
		if (s->told[i].inode != m->inode)
			continue;
		msg("error: '%s' and '%s' are one network namespace", label,
		    s->told[i].label);
		close(fd);
		return STATUS_USAGE;
	}
	s->one[s->count] = (struct one) { .in_pod = in_pod,
					  .stream = { .fd = -1 } };
	s->space[s->count++] = fd;
	return 0;
}

/* The process may have ended meanwhile, and its number be another's. */
static int add_pod(struct several *s)
{
	struct options *o = s->o;
	struct pod_found f;
	struct stat st;
	char path[32];
	int fd, status = o->netns[0] ? netns_enter(o->netns[0]) : 0;

	if (!status)
		status = pod_choose(o, &f, NULL, true);
	if (status)
		return status;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)f.pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_ino != f.netns) {
		msg("error: the process by which it was found (pid %d) has "
		    "ended: try again", (int)f.pid);
		if (fd >= 0)
			close(fd);
		return STATUS_FAILURE;
	}
	return add_space(s, fd, o->pod ? o->pod : o->container, true);
}

static int add_home(struct several *s, const char *label)
{
	return add_space(s, open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC),
			 label, false);
}

static int find_spaces(struct several *s)
{
	struct options *o = s->o;
	bool pod = o->pod || o->container;
	int status = pod ? add_pod(s) : 0;

	for (unsigned int i = 0; !pod && o->netns[i] && !status; i++) {
		int fd = netns_open(o->netns[i], &status);

		if (fd >= 0)
			status = add_space(s, fd, o->netns[i], false);
	}
	if (!status && o->and_node)
		status = add_home(s, "node");
	s->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return status;
}

/* What stdout is decides the form, and for the runs it is a pipe. */
static void fix_form(struct options *o)
{
	struct winsize w;
	char columns[16];

	o->framed = true;
	if (o->color == COLOR_AUTO)
		o->color = results_colored() ? COLOR_ALWAYS : COLOR_NEVER;
	if (!isatty(STDOUT_FILENO))
		return;
	o->wrapped = true;
	o->explain |= !o->no_explain;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col) {
		snprintf(columns, sizeof(columns), "%u", w.ws_col);
		setenv("COLUMNS", columns, 0);
	}
}

/* Of "[blue] ". */
static unsigned int label_columns(const char *label)
{
	return (unsigned int)columns_of(label, strlen(label)) +
	       (unsigned int)strlen("[] ");
}

/* In the child; does not return.  It ends when who merges is gone. */
static void run_one(struct several *s, uint32_t i, int out, pid_t parent)
{
	struct options *o = s->o;
	int status = STATUS_FAILURE;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(status);
	setpgid(0, 0);
	close(s->signal_fd);
	for (uint32_t k = 0; k < i; k++)
		close(s->one[k].stream.fd);
	msg_label(s->told[i].label);
	o->label_columns = label_columns(s->told[i].label);
	o->count = 0;
	if (s->one[i].in_pod) {
		o->all |= !o->expressions;
		free(o->pod);
		free(o->container);
		o->pod = o->container = NULL;
	}
	if (dup2(out, STDOUT_FILENO) < 0)
		msg_error("writing into a pipe", -errno);
	else if (setns(s->space[i], CLONE_NEWNET) < 0)
		msg_error("entering the network namespace", -errno);
	else
		status = run_main(o);
	helper_collect(true);
	_exit(status);
}

/*
 * In the child.  In a group of its own it may write to the terminal all the same (stty
 * tostop); what ends a run waits for who reads it there (catch_signals() of run.c).
 */
static void keep_blocked(void)
{
	static const int kept[] = { SIGTTOU, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		sigaddset(&set, kept[i]);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

static int start_one(struct several *s, uint32_t i)
{
	pid_t parent = getpid();
	int pipe_fd[2];

	if (pipe2(pipe_fd, O_CLOEXEC) < 0)
		return -errno;
	fflush(NULL);
	s->one[i].pid = fork();
	if (s->one[i].pid == 0) {
		keep_blocked();
		run_one(s, i, pipe_fd[1], parent);
	}
	close(pipe_fd[1]);
	stream_open(&s->one[i].stream, pipe_fd[0]);
	return s->one[i].pid < 0 ? -errno : 0;
}

/* An interrupt is a normal end of each; a second one has it leave out the rest. */
static void end_all(struct several *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (s->one[i].pid > 0)
			kill(s->one[i].pid, SIGINT);
	s->ending = s->merge.patient = true;
}

static int worst(int a, int b)
{
	/* In the order of the manual; a run that traced nothing is one of several. */
	static const int order[] = {
		STATUS_USAGE, STATUS_BUSY, STATUS_FAILURE, STATUS_UNEXPECTED,
		STATUS_INCOMPLETE, STATUS_TRACED, STATUS_NOTHING,
	};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return STATUS_FAILURE;
}

static void reap(struct several *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		struct one *one = &s->one[i];
		int status;

		if (one->pid <= 0 || waitpid(one->pid, &status, WNOHANG) <= 0)
			continue;
		one->pid = 0;
		one->status = WIFEXITED(status) ? WEXITSTATUS(status)
						: STATUS_FAILURE;
		/* Without it the others would tell half of the story. */
		if (!s->ending && (one->status == STATUS_FAILURE ||
				   one->status == STATUS_USAGE ||
				   one->status == STATUS_BUSY))
			end_all(s);
	}
}

static void take_signals(struct several *s)
{
	struct signalfd_siginfo si;

	while (read(s->signal_fd, &si, sizeof(si)) == sizeof(si))
		if (si.ssi_signo != SIGCHLD)
			end_all(s);
	reap(s);
}

/* What a stream's packets are added to. */
struct adding {
	struct several *s;
	uint32_t space;
	int err;
};

static void add_several_text(void *arg, const struct frame *f, const char *text,
			     size_t len)
{
	struct adding *a = arg;

	if (!a->err)
		a->err = merge_add(&a->s->merge, a->space, f, text, len,
				   clock_monotonic_ns() / NS_PER_MS);
}

static int take_text(struct several *s, uint32_t i)
{
	struct adding a = { s, i, 0 };
	int err = stream_read(&s->one[i].stream, add_several_text, &a);

	if (err > 0)
		merge_over(&s->merge, i);
	return err < 0 ? err : a.err;
}

static bool is_over(const struct several *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (s->one[i].pid > 0 || s->one[i].stream.fd >= 0)
			return false;
	return true;
}

/* Until all have ended; 0 or -errno. */
static int listen_all(struct several *s)
{
	struct pollfd p[CABLES_SPACES + 1];
	int wait = -1, err = 0;

	while (!is_over(s) && !err) {
		for (uint32_t i = 0; i < s->count; i++)
			p[i] = (struct pollfd) { s->one[i].stream.fd, POLLIN, 0 };
		p[s->count] = (struct pollfd) { s->signal_fd, POLLIN, 0 };
		if (poll(p, s->count + 1, wait) < 0 && errno != EINTR)
			return -errno;
		for (uint32_t i = 0; i < s->count && !err; i++)
			if (p[i].revents)
				err = take_text(s, i);
		take_signals(s);
		wait = merge_print(&s->merge, clock_monotonic_ns() / NS_PER_MS);
		if (!s->ending && (ferror(stdout) || (s->merge.most &&
		    s->merge.printed >= s->merge.most)))
			end_all(s);
	}
	return err;
}

static int catch_several_signals(struct several *s)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
				     SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		sigaddset(&set, taken[i]);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signal_fd < 0 ? -errno : 0;
}

static int run_all(struct several *s)
{
	int err = cables_read(&s->cables, s->space, s->count, s->home), status;

	if (!err)
		err = merge_open(&s->merge, s->told, s->count, &s->cables,
				 s->o->json ? MERGE_JSON :
				 s->o->quiet ? MERGE_LINE : MERGE_BLOCK);
	s->merge.most = s->o->count;
	fix_form(s->o);
	if (!err)
		err = catch_several_signals(s);
	for (uint32_t i = 0; i < s->count && !err; i++)
		err = start_one(s, i);
	if (!err)
		err = listen_all(s);
	if (err) {
		msg_error("running in several network namespaces", err);
		return STATUS_FAILURE;
	}
	status = s->one[0].status;
	for (uint32_t i = 1; i < s->count; i++)
		status = worst(status, s->one[i].status);
	return status;
}

bool several_asked(const struct options *o)
{
	return o->and_node || o->netns[1];
}

int several_main(struct options *o)
{
	struct several s = { .o = o, .home = -1, .signal_fd = -1 };
	int status = find_spaces(&s);

	if (!status)
		status = run_all(&s);
	if (s.signal_fd >= 0)
		close(s.signal_fd);
	for (uint32_t i = 0; i < s.count; i++) {
		close(s.space[i]);
		stream_close(&s.one[i].stream);
	}
	if (s.home >= 0)
		close(s.home);
	free(s.cables.cable);
	merge_close(&s.merge);
	return status;
}
