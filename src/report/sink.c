// SPDX-License-Identifier: GPL-2.0-or-later
/* sink: a form of report and the file it goes to: stdout, --pcap, --graph, --report. */
#include "report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "report/frame.h"
#include "report/path_texts.h"
#include "report/stories.h"

int sink_open_file(const char *path)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return STDOUT_FILENO;
	/* The file holds what was in packets: whoever shall read it is let in later. */
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	return fd < 0 ? -errno : fd;
}

void sink_truncate(const struct sink_plan *plan)
{
	/* A pipe or a device has nothing to cut off. */
	if (plan->report && plan->fd > STDERR_FILENO &&
	    ftruncate(plan->fd, 0) < 0)
		return;
}

int sink_open(struct sink *k, const struct sink_plan *plan,
	      const struct report_env *env)
{
	int err;

	memset(k, 0, sizeof(*k));
	if (!plan->report)
		return 0;
	k->env = *env;
	/* The status line stands where stdout is, not in a file. */
	k->env.erase &= plan->fd == STDOUT_FILENO;
	err = outbuf_open(&k->out, plan->fd);
	if (err)
		return err;
	k->out.limit = plan->limit;
	k->report = plan->report;
	k->lines = plan->report->lines && !plan->limit && !env->verbose &&
		   !k->env.erase;
	k->env.owners = path_texts_open();
	k->env.stories = stories_open();
	if (!k->env.owners || !k->env.stories)
		return -ENOMEM;
	return k->report->open ? k->report->open(&k->out, &k->env) : 0;
}

static bool flush_if_full(struct sink *k, bool fits)
{
	if (outbuf_full(&k->out))
		outbuf_flush(&k->out);
	return fits;
}

/* Results begin where the supervisor's status line stands: put it out. */
static void begin(struct sink *k)
{
	bool first = outbuf_pending(&k->out) == 0;

	outbuf_begin(&k->out);
	if (k->env.erase && first)
		outbuf_text(&k->out, "\r\033[K");
}

/* A record of its own: the text's bytes are counted from its beginning. */
static void put_frame(struct sink *k, const struct journey *j)
{
	outbuf_begin(&k->out);
	frame_put(&k->out, j);
	outbuf_end(&k->out);
}

bool sink_journey(struct sink *k, const struct journey *j)
{
	bool fits;

	if (!k->report || !k->report->journey)
		return true;
	if (k->env.framed)
		put_frame(k, j);
	begin(k);
	k->report->journey(&k->out, &k->env, j);
	if (k->env.framed)
		frame_put_end(&k->out);
	fits = outbuf_end(&k->out);
	return flush_if_full(k, fits);
}

bool sink_late(struct sink *k, const struct report_late *l)
{
	if (!k->report || !k->report->late)
		return true;
	begin(k);
	k->report->late(&k->out, &k->env, l);
	return flush_if_full(k, outbuf_end(&k->out));
}

bool sink_event(struct sink *k, const struct event *e, const struct place *at,
		uint64_t wall_ns)
{
	if (!k->report || !k->report->event)
		return true;
	begin(k);
	k->report->event(&k->out, &k->env, e, at, wall_ns);
	return flush_if_full(k, outbuf_end(&k->out));
}

void sink_next(struct sink *k)
{
	if (k->report && k->report->next)
		k->report->next(&k->env);
}

void sink_forget(struct sink *k, uint32_t id)
{
	path_texts_forget(k->env.owners);
	stories_forget(k->env.stories);
	if (k->report && k->report->forget)
		k->report->forget(&k->env, id);
}

int sink_flush(struct sink *k)
{
	return k->report ? outbuf_flush(&k->out) : 0;
}

int sink_finish(struct sink *k)
{
	if (!k->report)
		return 0;
	if (k->report->finish && !k->out.error)
		k->report->finish(&k->out, &k->env);
	return outbuf_drain(&k->out);
}

void sink_close(struct sink *k)
{
	if (!k->report)
		return;
	if (k->report->close)
		k->report->close(&k->env);
	path_texts_close(k->env.owners);
	stories_close(k->env.stories);
	outbuf_close(&k->out);
	k->report = NULL;
}
