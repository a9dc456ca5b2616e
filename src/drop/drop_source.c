// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_source: the kernel's word on the packets that it drops, from the start to the end of a run. */
#include "drop/drop_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "drop/load.h"
#include "rules/base/hand.h"

enum { LOAD_MS = 10000 };	/* 6 on an idle machine */

void drop_source_open(struct drop_source *s)
{
	memset(s, 0, sizeof(*s));
	s->helper.pid = s->symbols.pid = s->link_fd = -1;
}

static void close_job(struct drop_source *s)
{
	if (s->job)
		munmap(s->job, sizeof(*s->job));
	s->job = NULL;
}

/* A page of its own, so that who is forked later can do without it. */
static bool open_job(struct drop_source *s)
{
	uint64_t secret;
	void *page = mmap(NULL, sizeof(*s->job), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return false;
	s->job = page;
	return getrandom(&s->job->secret, sizeof(secret), 0) == sizeof(secret);
}

void drop_source_start(struct drop_source *s)
{
	if (!open_job(s) || helper_start(&s->helper, drop_load, s->job) < 0) {
		s->helper.pid = -1;
		close_job(s);
		return;
	}
	/* What the reader could know of the kernel's addresses ends here. */
	if (madvise(s->job, sizeof(*s->job), MADV_DONTFORK) == 0)
		return;
	helper_cancel(&s->helper);
	close_job(s);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* @fd: of a helper that has handed all of them over. */
static void keep(struct drop_source *s, int fd[DROP_FDS])
{
	if (drop_ring_map(&s->ring, fd[DROP_RING_FD], DROP_RING_BYTES,
			  fd[DROP_LOST_FD]) == 0) {
		s->link_fd = fd[DROP_LINK_FD];
		fd[DROP_LINK_FD] = -1;
	}
	for (int i = 0; i < DROP_FDS; i++)
		close_fd(&fd[i]);
}

void drop_source_take(struct drop_source *s)
{
	int fd[DROP_FDS], err;

	if (s->helper.pid <= 0)
		return;
	err = hand_take(s->helper.line, LOAD_MS, fd, DROP_FDS);
	if (err == -ETIMEDOUT) {
		helper_cancel(&s->helper);
		return;
	}
	if (!err)
		keep(s, fd);
	if (helper_finish(&s->helper, LOAD_MS, &s->result) == 0 &&
	    s->result.status == 0 && s->result.len == sizeof(*s->loaded))
		s->loaded = s->result.data;
	s->helper.pid = -1;
}

struct drop_ring *drop_source_ring(struct drop_source *s)
{
	return s->link_fd >= 0 ? &s->ring : NULL;
}

void drop_source_handed(struct drop_source *s)
{
	drop_ring_unmap(&s->ring);
}

bool drop_source_worked(const struct drop_source *s)
{
	return s->loaded && s->loaded->fault == DROP_LOADED;
}

const struct drop_reasons *drop_source_reasons(const struct drop_source *s)
{
	return s->loaded ? &s->loaded->reasons : NULL;
}

uint64_t drop_source_address(const struct drop_source *s, uint64_t location)
{
	return s->job ? location - s->job->secret : 0;
}

void drop_source_tell(char *buf, size_t size, const struct drop_source *s)
{
	if (s->loaded)
		drop_load_tell(buf, size, s->loaded);
	else if (s->result.status > 0 && s->result.status < HELPER_BROKEN)
		snprintf(buf, size, "the helper that asks it has failed: %s",
			 strerror(s->result.status));
	else if (s->result.status > 0)
		helper_tell_end(buf, size, &s->result);
	else
		snprintf(buf, size, "the helper that asks it has failed");
}

void drop_source_end(struct drop_source *s)
{
	close_fd(&s->link_fd);
}

void drop_source_close(struct drop_source *s)
{
	if (s->helper.pid > 0)
		helper_cancel(&s->helper);
	if (s->symbols.pid > 0)
		helper_cancel(&s->symbols);
	drop_source_end(s);
	drop_ring_unmap(&s->ring);
	helper_release(&s->result);
	s->loaded = NULL;
	close_job(s);
}
