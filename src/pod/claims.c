// SPDX-License-Identifier: GPL-2.0-or-later
/* claims: what one process shows of the pod and the container that it is in. */
#include "pod/claims.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pod/proc_dir.h"

enum {
	PREFIX_MIN = 3,		/* digits of an id that name a container */
	HOST_MAX = 63,		/* bytes of a pod's hostname */
};

static const char space_file[] =
	"var/run/secrets/kubernetes.io/serviceaccount/namespace";

static uint64_t own_space(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

void claims_reader_open(struct claims_reader *r)
{
	struct proc_dir self;

	memset(r, 0, sizeof(*r));
	if (proc_dir_open(&self, getpid()) == 0)
		proc_dir_read(&self, "cgroup", r->cgroup, sizeof(r->cgroup));
	proc_dir_close(&self);
	r->net = own_space("/proc/self/ns/net");
	r->uts = own_space("/proc/self/ns/uts");
	r->program = own_space("/proc/self/exe");
	r->home = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
}

void claims_reader_close(struct claims_reader *r)
{
	if (r->home >= 0)
		close(r->home);
}

bool claims_of_search(const struct claims_reader *r, const struct proc_dir *d)
{
	return r->program && proc_dir_space(d, "exe") == r->program;
}

static void read_hostname(struct claims_reader *r, struct claims *c,
			  const struct proc_dir *d)
{
	uint64_t uts = proc_dir_space(d, "ns/uts");
	int fd;

	c->own_uts = uts && uts != r->uts;
	if (!c->own_uts)
		return;
	if (uts != r->uts_seen) {
		fd = openat(d->fd, "ns/uts", O_RDONLY | O_CLOEXEC);
		r->uts_seen = 0;
		r->hostname[0] = '\0';
		if (fd >= 0 && setns(fd, CLONE_NEWUTS) == 0 &&
		    gethostname(r->hostname, sizeof(r->hostname)) == 0)
			r->uts_seen = uts;
		r->hostname[sizeof(r->hostname) - 1] = '\0';
		/* Others, who search as well, are not to take it for a guest. */
		setns(r->home, CLONE_NEWUTS);
		if (fd >= 0)
			close(fd);
	}
	strcpy(c->hostname, r->hostname);
}

bool claims_read(struct claims_reader *r, struct claims *c,
		 const struct proc_dir *d)
{
	char text[CLAIMS_CGROUP];

	memset(c, 0, sizeof(*c));
	c->net = proc_dir_space(d, "ns/net");
	if (!c->net)
		return false;
	read_hostname(r, c, d);
	if (proc_dir_read(d, "cgroup", text, sizeof(text)) > 0) {
		cgroup_id(text, r->cgroup, c->id);
		c->of_pod = cgroup_is_pod(text);
	}
	if (shim_of(&c->shim, d))
		shim_pod(c->shim.name, c->pod, c->space);
	return true;
}

void claims_read_space(struct claims *c, const struct proc_dir *d)
{
	char text[POD_SPACE + 1];
	ssize_t n;

	if (c->space[0])
		return;
	n = proc_dir_read_root(d, space_file, text, sizeof(text));
	while (n > 0 && strchr(" \n", text[n - 1]))
		text[--n] = '\0';
	if (n > 0 && strlen(text) < sizeof(c->space))
		strcpy(c->space, text);
}

const char *claims_pod_name(const struct claims *c)
{
	return c->pod[0] ? c->pod : c->hostname;
}

static bool is_cut_name(const char *hostname, const char *name)
{
	size_t len = HOST_MAX;

	if (strlen(name) <= HOST_MAX)
		return false;
	while (len && strchr("-.", name[len - 1]))
		len--;
	return strlen(hostname) == len && memcmp(hostname, name, len) == 0;
}

/* The digits of an id, or the first of them. */
static bool is_id(const char *id, const char *word)
{
	size_t len = strlen(word);

	return len >= PREFIX_MIN && strspn(word, "0123456789abcdef") == len &&
	       strncmp(id, word, len) == 0;
}

static bool fits_container(const struct claims *c, const char *word)
{
	return is_id(c->id, word) || is_id(c->shim.id, word) ||
	       strcmp(c->shim.id, word) == 0 ||
	       strcmp(c->shim.name, word) == 0 ||
	       strcmp(c->hostname, word) == 0;
}

bool claims_fit(const struct claims *c, const struct pod_question *q)
{
	const char *name = claims_pod_name(c);

	if (q->container)
		return fits_container(c, q->name);
	return strcmp(name, q->name) == 0 || is_cut_name(name, q->name);
}
