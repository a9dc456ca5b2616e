// SPDX-License-Identifier: GPL-2.0-or-later
/* search: who of all processes fits a pod's or a container's name. */
#include "pod/search.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/spelling.h"
#include "pod/claims.h"
#include "pod/peer.h"
#include "pod/proc_dir.h"
#include "rules/base/helper.h"

enum { SHORT_ID = 12 };

/* A network namespace with a process of the pod's name, of whatever namespace. */
struct namesake {
	uint64_t netns;
	pid_t pid;
	char space[POD_SPACE];	/* "": no process shows it */
};

struct search {
	const struct pod_question *q;
	struct pod_answer *a;
	struct claims_reader reader;
	struct spelling spelling;
	char near[POD_NAME];	/* whose distance that is */
	struct namesake namesake[POD_FOUND];
	uint32_t namesakes;
	int here;		/* this network namespace */
	struct helper_out *out;
};

typedef void look_fn(struct search *s, struct claims *c,
		     const struct proc_dir *d);

static void look_at(struct search *s, pid_t pid, look_fn *fn)
{
	struct proc_dir d;
	struct claims c;
	int err = proc_dir_open(&d, pid);

	if (err)
		return;
	if (claims_read(&s->reader, &c, &d))
		fn(s, &c, &d);
	else if (errno == EACCES && s->a)
		s->a->unseen++;
	proc_dir_close(&d);
}

/* In ascending order: a container's first process comes before those that it starts. */
static int walk(struct search *s, look_fn *fn)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;

	if (!proc)
		return -errno;
	claims_reader_open(&s->reader);
	while ((e = readdir(proc)))
		if (isdigit((unsigned char)e->d_name[0]))
			look_at(s, atoi(e->d_name), fn);
	closedir(proc);
	claims_reader_close(&s->reader);
	return 0;
}

static void put_name(char *buf, size_t size, const char *space, const char *name)
{
	snprintf(buf, size, "%s%s%s", space, *space ? "/" : "", name);
}

/* Kept as a text: it goes with the process that says it.  Another of the pod may say more. */
static void look_near(struct search *s, struct claims *c,
		      const struct proc_dir *d)
{
	const char *name = !s->q->container ? claims_pod_name(c) :
			   c->shim.name[0] ? c->shim.name : c->hostname;

	s->spelling.name = NULL;
	spelling_look(&s->spelling, name);
	if (!s->spelling.name && strcmp(name, s->near) != 0)
		return;
	if (!s->q->container)
		claims_read_space(c, d);
	if (!s->spelling.name && !c->space[0])
		return;
	snprintf(s->near, sizeof(s->near), "%s", name);
	put_name(s->a->near, sizeof(s->a->near), c->space, name);
}

static struct pod_found *found_before(struct pod_answer *a, uint64_t netns)
{
	for (uint32_t i = 0; i < a->count && i < POD_FOUND; i++)
		if (a->found[i].netns == netns)
			return &a->found[i];
	return NULL;
}

static void read_command(char command[16], const struct proc_dir *d)
{
	char text[32];
	ssize_t n = proc_dir_read(d, "comm", text, sizeof(text));

	snprintf(command, 16, "%.*s", n > 0 ? (int)n - 1 : 0, text);
}

static void keep(struct search *s, const struct claims *c,
		 const struct proc_dir *d)
{
	struct pod_answer *a = s->a;
	struct pod_found *f = found_before(a, c->net);
	int there;

	/* The first process of a pod (pause) does not show it. */
	if (f && !f->space[0])
		strcpy(f->space, c->space);
	if (f)
		return;
	a->count++;
	if (a->count > POD_FOUND)
		return;
	f = &a->found[a->count - 1];
	f->pid = d->pid;
	f->netns = c->net;
	f->of_node = c->net == s->reader.net;
	read_command(f->command, d);
	strcpy(f->hostname, c->hostname);
	strcpy(f->space, c->space);
	strcpy(f->id, c->id[0] ? c->id : c->shim.id);
	strcpy(f->name, s->q->container ? c->shim.name : claims_pod_name(c));
	there = openat(d->fd, "ns/net", O_RDONLY | O_CLOEXEC);
	f->error = there < 0 ? -errno : f->of_node ? 0 :
		   peer_read(f, there, s->here);
	if (there >= 0)
		close(there);
}

static void keep_namesake(struct search *s, const struct claims *c, pid_t pid)
{
	struct namesake *n = s->namesake;

	while (n < s->namesake + s->namesakes && n->netns != c->net)
		n++;
	if (n == s->namesake + POD_FOUND)
		return;
	if (n == s->namesake + s->namesakes) {
		*n = (struct namesake) { .netns = c->net, .pid = pid };
		s->namesakes++;
	}
	if (c->space[0])
		strcpy(n->space, c->space);
}

/* Nothing was found: what is said of those that have the name. */
static void tell_namesakes(struct search *s)
{
	if (s->namesakes && !s->q->container)
		s->a->near[0] = '\0';
	for (uint32_t i = 0; i < s->namesakes; i++) {
		const struct namesake *n = &s->namesake[i];

		if (n->space[0])
			put_name(s->a->near, sizeof(s->a->near), n->space,
				 s->q->name);
		else if (!s->q->container)
			s->a->spaceless = n->pid;
	}
}

/* Of a pod a process without the namespace's file (pause) does not count. */
static bool fits(struct search *s, struct claims *c, const struct proc_dir *d)
{
	if (!claims_fit(c, s->q) || claims_of_search(&s->reader, d))
		return false;
	if (!s->q->container)
		claims_read_space(c, d);
	if (c->own_uts)
		keep_namesake(s, c, d->pid);
	return !s->q->space[0] || strcmp(c->space, s->q->space) == 0;
}

/* Of a pod without a network of its own nothing but its namespace is known. */
static bool is_node_pod(struct search *s, struct claims *c,
			const struct proc_dir *d)
{
	if (s->q->container || !c->of_pod || c->net != s->reader.net)
		return false;
	claims_read_space(c, d);
	return c->space[0] && strcmp(c->space, s->q->space) == 0;
}

/* Files of a process's own root are opened only where its name is the one, or near. */
static void look_found(struct search *s, struct claims *c,
		       const struct proc_dir *d)
{
	/* One that is gone meanwhile is none that could be traced. */
	if (fits(s, c, d) && proc_dir_parent(d)) {
		keep(s, c, d);
	} else if (!s->a->of_node && is_node_pod(s, c, d)) {
		s->a->of_node = d->pid;
		read_command(s->a->of_node_command, d);
	} else if (c->own_uts) {
		look_near(s, c, d);
	}
}

int search_find(const void *arg, struct helper_out *out)
{
	struct search s = { .q = arg, .out = out };
	int err;

	s.a = helper_reserve(out, sizeof(*s.a));
	s.here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (!s.a || s.here < 0)
		return errno;
	out->used = sizeof(*s.a);
	spelling_begin(&s.spelling, s.q->name, strlen(s.q->name));
	err = walk(&s, look_found);
	close(s.here);
	tell_namesakes(&s);
	return helper_status(err);
}

static void put_line(struct search *s, const char *space, const char *name)
{
	char line[POD_SPACE + POD_NAME + 2];
	int n = snprintf(line, sizeof(line), "%s%s%s\n", space,
			 *space ? "/" : "", name);

	/* Else it would be two. */
	if (*name && !strchr(name, '\n') && !strchr(space, '\n'))
		helper_append(s->out, line, (size_t)n);
}

static void look_listed(struct search *s, struct claims *c,
			const struct proc_dir *d)
{
	char brief[SHORT_ID + 1];

	if (c->net == s->reader.net)
		return;
	if (!s->q->container) {
		claims_read_space(c, d);
		if (c->space[0])
			put_line(s, c->space, claims_pod_name(c));
		return;
	}
	snprintf(brief, sizeof(brief), "%.*s", SHORT_ID, c->id);
	put_line(s, "", brief);
	put_line(s, "", c->shim.name[0] ? c->shim.name : c->shim.id);
}

int search_list(const void *arg, struct helper_out *out)
{
	struct search s = { .q = arg, .out = out };

	return helper_status(walk(&s, look_listed));
}
