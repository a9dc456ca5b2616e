// SPDX-License-Identifier: GPL-2.0-or-later
/* results: which forms of report a run writes, and into which files. */
#include "supervisor/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/options.h"
#include "supervisor/picture.h"
#include "supervisor/run_facts.h"

/* What is held back while a command has the terminal. */
enum { HELD_MAX = 64 << 20 };

/* Columns of a folded line where nobody says how many there are, and bounds of that. */
enum { WIDTH = 100, WIDTH_MIN = 40, WIDTH_MAX = 1000 };

/* Where results go in the end. */
static bool is_for_terminal(const struct options *o)
{
	return isatty(STDOUT_FILENO) || o->wrapped;
}

static const struct report *choose_form(const struct options *o)
{
	bool terminal = is_for_terminal(o);

	if (o->json)
		return o->flat ? &report_json_flat : &report_json;
	if (o->flat)
		return terminal ? &report_flat_wrapped : &report_flat;
	if (o->markdown)
		return o->full ? &report_markdown_full : &report_markdown;
	if (o->quiet)
		return &report_line;
	if (!o->full && !o->verbose && (o->fold || terminal))
		return &report_fold;
	return terminal ? &report_block_wrapped : &report_block;
}

static bool is_file(int fd, const struct stat *st)
{
	struct stat other;

	return fstat(fd, &other) == 0 && other.st_dev == st->st_dev &&
	       other.st_ino == st->st_ino;
}

/* Is it one of the files written?  Devices and pipes may be given twice. */
static bool is_written(const struct sink_plan sink[], const struct stat *st)
{
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		if (S_ISREG(st->st_mode) && sink[i].report &&
		    (is_file(sink[i].fd, st) ||
		     (sink[i].drawn && is_file(sink[i].picture, st))))
			return true;
	return false;
}

int results_spare(const struct sink_plan sink[], int fd, const char *path)
{
	struct stat st;

	if ((fd < 0 ? stat(path, &st) : fstat(fd, &st)) < 0 ||
	    !is_written(sink, &st))
		return 0;
	msg("error: %s is read and would be written over: results need a file "
	    "of their own", path);
	return STATUS_USAGE;
}

static int add_file(struct sink_plan sink[], enum sink_kind kind,
		    const struct report *report, const char *path)
{
	struct stat st;
	int fd;

	if (!path)
		return 0;
	fd = sink_open_file(path);
	if (fd < 0) {
		msg("error: %s cannot be written: %s", path, strerror(-fd));
		return STATUS_FAILURE;
	}
	if (fd != STDOUT_FILENO && fstat(fd, &st) == 0 &&
	    is_written(sink, &st)) {
		msg("error: %s twice: standard output, --pcap, --graph and "
		    "--report each need a file of their own", path);
		close(fd);
		return STATUS_USAGE;
	}
	sink[kind].report = report;
	sink[kind].path = path;
	sink[kind].fd = fd;
	if (fd != STDOUT_FILENO)
		return 0;
	if (isatty(fd) && kind == SINK_PCAP) {
		msg("error: '--pcap -' writes no packets to a terminal: "
		    "redirect it, e.g. | wireshark -k -i -");
		return STATUS_USAGE;
	}
	/* What stdout takes now is no text. */
	if (!sink[SINK_STDOUT].report) {
		msg("error: of '--pcap -', '--graph -' and '--report -' stdout "
		    "can take one");
		return STATUS_USAGE;
	}
	sink[SINK_STDOUT].report = NULL;
	return 0;
}

static uint64_t held_max(void)
{
#ifdef TEST_POINTS
	const char *bytes = getenv("NFTRACE_HELD_MAX");

	if (bytes)
		return strtoull(bytes, NULL, 10);
#endif
	return HELD_MAX;
}

/* A file without a name; where there can be none, memory. */
static int open_nameless(void)
{
	int fd = open(P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : memfd_create("nftrace-held", MFD_CLOEXEC);
}

/* A command on the terminal is not written into. */
static int hold_back(struct sink_plan *plan)
{
	plan->fd = open_nameless();
	plan->limit = held_max();
	if (plan->fd >= 0)
		return 0;
	msg_error("opening a file to hold the results back", -errno);
	return STATUS_FAILURE;
}

/* "ways.dot" of "ways.svg"; NULL: no memory */
static char *dot_path(const char *svg)
{
	char *path = strdup(svg);

	if (path)
		memcpy(path + strlen(path) - 4, ".dot", 4);
	return path;
}

/* Nobody has named this file: what is there is not written over. */
static int spare_path(const char *path, const char *svg)
{
	if (access(path, F_OK) < 0)
		return 0;
	msg("error: without graphviz (apt-get install graphviz) %s would get the "
	    "graph, and is there already: say --graph %s to write it over, or "
	    "another name than %s", path, path, svg);
	return STATUS_USAGE;
}

static int add_undrawn(struct sink_plan sink[], const char *svg)
{
	struct sink_plan *plan = &sink[SINK_GRAPH];
	int status;

	plan->own_path = dot_path(svg);
	if (!plan->own_path)
		return STATUS_FAILURE;
	status = spare_path(plan->own_path, svg);
	if (status)
		return status;
	msg("note: graphviz draws pictures, and is not here: %s gets the graph. "
	    "apt-get install graphviz, then dot -Tsvg %s >%s", plan->own_path,
	    plan->own_path, svg);
	return add_file(sink, SINK_GRAPH, &report_graph, plan->own_path);
}

static int add_drawn(struct sink_plan sink[], const char *svg)
{
	struct sink_plan *plan = &sink[SINK_GRAPH];
	int status = add_file(sink, SINK_GRAPH, &report_graph, svg);

	if (status)
		return status;
	plan->picture = plan->fd;
	plan->drawn = true;
	plan->fd = open_nameless();
	if (plan->fd >= 0)
		return 0;
	msg_error("opening a file for the graph", -errno);
	return STATUS_FAILURE;
}

static int add_graph(struct sink_plan sink[], const char *path)
{
	size_t len = path ? strlen(path) : 0;

	if (len < 5 || strcmp(path + len - 4, ".svg") != 0)
		return add_file(sink, SINK_GRAPH, &report_graph, path);
	return picture_program() ? add_drawn(sink, path)
				 : add_undrawn(sink, path);
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

void results_show(struct sink_plan sink[])
{
	struct sink_plan *plan = &sink[SINK_STDOUT];
	char bytes[16384];
	off_t at = 0;
	ssize_t n;

	if (!plan->report || !plan->limit)
		return;
	while ((n = pread(plan->fd, bytes, sizeof(bytes), at)) > 0) {
		if (write_all(STDOUT_FILENO, bytes, (size_t)n) < 0)
			return;
		at += n;
	}
}

int results_open(struct sink_plan sink[], const struct options *o)
{
	int status;

	for (unsigned int i = 0; i < SINK_COUNT; i++)
		sink[i] = (struct sink_plan){ .fd = -1, .path = "" };
	sink[SINK_STDOUT].report = choose_form(o);
	sink[SINK_STDOUT].fd = STDOUT_FILENO;
	if (o->command && isatty(STDOUT_FILENO) &&
	    (status = hold_back(&sink[SINK_STDOUT])))
		return status;
	status = add_file(sink, SINK_PCAP, &report_pcap, o->pcap);
	if (!status)
		status = add_graph(sink, o->graph);
	if (!status)
		status = add_file(sink, SINK_REPORT, &report_html, o->report);
	return status;
}

void results_close(struct sink_plan sink[])
{
	for (unsigned int i = 0; i < SINK_COUNT; i++) {
		if (sink[i].report && sink[i].fd > STDERR_FILENO)
			close(sink[i].fd);
		if (sink[i].drawn)
			close(sink[i].picture);
		free(sink[i].own_path);
	}
}

/* The graph's text, where nothing drew it: for who can do better.  Return: its name, or NULL. */
static char *keep_graph(int fd, const char *svg)
{
	char *path = dot_path(svg), bytes[16384];
	int to = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			     0600) : -1;
	off_t at = 0;
	ssize_t n = 0;

	while (to >= 0 && (n = pread(fd, bytes, sizeof(bytes), at)) > 0 &&
	       write_all(to, bytes, (size_t)n) == 0)
		at += n;
	if (to >= 0)
		close(to);
	if (to >= 0 && n == 0)
		return path;
	free(path);
	return NULL;
}

int results_draw(const struct sink_plan sink[])
{
	const struct sink_plan *plan = &sink[SINK_GRAPH];
	char *path;
	int err;

	if (!plan->drawn)
		return 0;
	err = picture_draw(plan->fd, plan->picture);
	if (!err)
		return 0;
	path = keep_graph(plan->fd, plan->path);
	msg("error: %s was not drawn: %s%s%s%s", plan->path,
	    err == -ETIMEDOUT ? "graphviz takes more than half a minute" :
	    err == -EINTR ? "interrupted" : err == -EPROTO ? "graphviz has failed" : strerror(-err),
	    path ? "; the graph is in " : "", path ? path : "",
	    path ? ": try sfdp -Tsvg, which is faster" : "");
	free(path);
	return STATUS_FAILURE;
}

/* Of a number that somebody gave or a terminal told, what lines can be made of. */
static unsigned int fit_width(unsigned long columns)
{
	return columns < WIDTH_MIN ? WIDTH_MIN :
	       columns > WIDTH_MAX ? WIDTH_MAX : (unsigned int)columns;
}

/* What the user says goes before what the terminal does. */
static unsigned int find_width(bool *measured)
{
	const char *text = getenv("COLUMNS");
	/* What is no number is none, and less than none is as well. */
	unsigned long columns = text && *text != '-' ? strtoul(text, NULL, 10) : 0;
	struct winsize w;

	*measured = true;
	if (columns)
		return fit_width(columns);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col)
		return fit_width(w.ws_col);
	*measured = isatty(STDOUT_FILENO);
	return WIDTH;
}

bool results_colored(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) &&
	       !(term && strcmp(term, "dumb") == 0);
}

void results_env(struct report_env *env, const struct options *o)
{
	struct stat st;

	if (gethostname(env->host, sizeof(env->host) - 1) < 0)
		snprintf(env->host, sizeof(env->host), "?");
	if (stat("/proc/self/ns/net", &st) == 0)
		snprintf(env->netns, sizeof(env->netns), "%llu",
			 (unsigned long long)st.st_ino);
	env->run = run_facts(o);
	env->verbose = o->verbose;
	env->framed = o->framed;
	env->color = o->color == COLOR_ALWAYS ||
		(o->color == COLOR_AUTO && results_colored());
	env->width = find_width(&env->measured);
	env->terminal = is_for_terminal(o);
	env->lead = o->wrapped ? o->label_columns : 0;
	/* Of a packet that is one line nothing is wider. */
	if (o->quiet && env->width > WIDTH_MIN + env->lead)
		env->width -= env->lead;
	env->explain = o->explain || (isatty(STDOUT_FILENO) && !o->no_explain);
	env->erase = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}
