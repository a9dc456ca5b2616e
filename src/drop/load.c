// SPDX-License-Identifier: GPL-2.0-or-later
/* load: has the kernel run the program, in a helper that hands over what keeps it there. */
#include "drop/load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "drop/bpf_call.h"
#include "drop/denied.h"
#include "drop/fields.h"
#include "drop/program.h"
#include "drop/types.h"
#include "rules/base/hand.h"
#include "rules/base/helper.h"
#include "rules/base/units.h"

enum { LOG_BYTES = 1 << 16 };

/* How far the job has come. */
struct loading {
	const struct drop_job *job;
	struct drop_fields fields;
	struct drop_program_values values;
	int fd[DROP_FDS];
	struct drop_loaded *out;
	char log[LOG_BYTES];	/* the verifier's */
};

static enum drop_fault fail(struct loading *s, enum drop_fault fault, int err,
			    const char *what)
{
	s->out->err = err;
	snprintf(s->out->what, sizeof(s->out->what), "%s", what);
	return fault;
}

/* bpf(2) has failed with errno. */
static enum drop_fault fail_bpf(struct loading *s, const char *what)
{
	int err = errno;

	/* Then the kernel does not even know the function that does. */
	if (err == EPERM || drop_denied_reading())
		return fail(s, DROP_DENIED, -err, drop_denied_why());
	return fail(s, DROP_REFUSED, -err, *what ? what : strerror(err));
}

static enum drop_fault check_width(struct loading *s)
{
	/* Positions in the ring have the kernel's width, not this program's. */
	return sizeof(long) < sizeof(uint64_t) ?
		fail(s, DROP_NARROW, -EOPNOTSUPP, "") : DROP_LOADED;
}

static enum drop_fault find_namespace(struct loading *s)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st) < 0)
		return fail(s, DROP_NO_NAMESPACE, -errno, strerror(errno));
	s->values.net = (uint32_t)st.st_ino;
	return DROP_LOADED;
}

static enum drop_fault read_types(struct loading *s, struct types *t,
				  const struct type_wanted *w)
{
	const char *missing = "";
	int err = drop_fields_find(&s->fields, &s->out->reasons, t, w,
				   &missing);

	if (err == -ESRCH)
		return fail(s, DROP_NO_TRACEPOINT, err, "");
	if (err)
		return fail(s, DROP_NO_FIELD, err, missing);
	s->out->reasons_told = s->fields.arguments > 2;
	return DROP_LOADED;
}

/* Kernels before 6.16 let nobody map it.  It stays; NULL with errno set. */
static const void *map_or_read(int fd, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	size_t n = 0;

	if (at != MAP_FAILED)
		return at;
	at = calloc(1, size);
	while (at && n < size) {
		ssize_t more = read(fd, (char *)at + n, size - n);

		if (more <= 0)
			break;
		n += (size_t)more;
	}
	/* What is cut off is found to be so. */
	return at;
}

static enum drop_fault find_types(struct loading *s)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC), err;
	const void *data = NULL;
	struct type_wanted w[DROP_TYPES];
	enum drop_fault fault;
	struct types t;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0)
		data = map_or_read(fd, (size_t)st.st_size);
	if (!data)
		return fail(s, DROP_NO_BTF, -errno, strerror(errno));
	drop_fields_want(w);
	err = types_open(&t, data, (size_t)st.st_size, w, DROP_TYPES);
	fault = err ? fail(s, DROP_NO_BTF, err, strerror(-err)) :
		read_types(s, &t, w);
	types_close(&t);
	close(fd);
	/* The mapping goes with the helper. */
	return fault;
}

static enum drop_fault make_maps(struct loading *s)
{
	static const struct bpf_map_wanted ring = {
		.name = "nftrace_drops",
		.type = BPF_MAP_TYPE_RINGBUF,
		.max_entries = DROP_RING_BYTES,
	}, lost = {
		.name = "nftrace_lost",
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(uint64_t),
		.max_entries = 1,
		.flags = BPF_F_MMAPABLE,
	};

	s->fd[DROP_RING_FD] = bpf_map_make(&ring);
	if (s->fd[DROP_RING_FD] < 0)
		return fail_bpf(s, "");
	s->fd[DROP_LOST_FD] = bpf_map_make(&lost);
	return s->fd[DROP_LOST_FD] < 0 ? fail_bpf(s, "") : DROP_LOADED;
}

/* The last line that the verifier wrote but the one in which it counts. */
static const char *last_words(char *log)
{
	const char *last = "";
	char *line, *rest;

	for (line = strtok_r(log, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (strncmp(line, "processed ", 10) != 0)
			last = line;
	return last;
}

static enum drop_fault attach(struct loading *s)
{
	struct drop_program program;
	struct bpf_program_wanted wanted = {
		.name = "nftrace_drop",
		.insn = program.insn,
		.tracepoint = s->fields.tracepoint,
		.log = s->log,
		.log_size = sizeof(s->log),
	};
	int fd;

	s->values.ring_fd = s->fd[DROP_RING_FD];
	s->values.lost_fd = s->fd[DROP_LOST_FD];
	s->values.secret = s->job->secret;
	drop_program_make(&program, &s->fields, &s->values);
	wanted.count = (uint32_t)program.count;
	fd = bpf_program_load(&wanted);
	if (fd < 0)
		return fail_bpf(s, last_words(s->log));
	s->fd[DROP_LINK_FD] = bpf_program_attach(fd);
	if (s->fd[DROP_LINK_FD] < 0)
		return fail_bpf(s, "");
	/* The link has the program. */
	close(fd);
	return DROP_LOADED;
}

static enum drop_fault take_steps(struct loading *s)
{
	static enum drop_fault (*const steps[])(struct loading *s) = {
		check_width, find_namespace, find_types, make_maps, attach,
	};
	enum drop_fault fault = DROP_LOADED;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && fault == DROP_LOADED; i++)
		fault = steps[i](s);
	return fault;
}

int drop_load(const void *arg, struct helper_out *out)
{
	struct drop_loaded *loaded = helper_reserve(out, sizeof(*loaded));
	struct loading *s = calloc(1, sizeof(*s));
	int err = -errno;

	if (s && loaded) {
		s->job = arg;
		s->out = loaded;
		loaded->fault = take_steps(s);
		err = hand_over(out->line, s->fd,
				loaded->fault == DROP_LOADED ? DROP_FDS : 0);
	}
	free(s);
	return helper_status(err);
}

void drop_load_tell(char *buf, size_t size, const struct drop_loaded *l)
{
	static const char *const sentences[DROP_FAULTS] = {
		[DROP_NARROW] = "this nftrace has addresses of 32 bits, and "
				"the kernel's ring buffer wants 64",
		[DROP_NO_BTF] = "this kernel does not describe its types "
				"(/sys/kernel/btf/vmlinux)",
		[DROP_NO_TRACEPOINT] = "this kernel has no tracepoint "
				       "kfree_skb for programs",
		[DROP_NO_FIELD] = "this kernel's types lack",
		[DROP_NO_NAMESPACE] = "/proc/self/ns/net cannot be read",
		[DROP_DENIED] = "loading a BPF program is not permitted",
		[DROP_REFUSED] = "the kernel refuses the BPF program",
	};
	const char *sentence = l->fault < DROP_FAULTS && sentences[l->fault] ?
		sentences[l->fault] : "";

	if (l->fault == DROP_LOADED && !l->reasons_told)
		sentence = "this kernel tells only where, not why";
	snprintf(buf, size, "%s%s%s", sentence,
		 *l->what ? l->fault == DROP_NO_FIELD ? " " : ": " : "",
		 l->what);
}
