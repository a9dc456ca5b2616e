// SPDX-License-Identifier: GPL-2.0-or-later
/* snapshot_make: reads a family's tables and renders their rules, in a helper child. */
#include "rules/legacy/snapshot_make.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"
#include "rules/base/testpoint.h"
#include "rules/legacy/snapshot_read.h"
#include "rules/legacy/table_digest.h"
#include "rules/xtables/render.h"
#include "rules/xtables/xt.h"

/* Text is at most this many times the size of the rule's bytes, and a bit. */
enum { TEXT_RATIO = 8, TEXT_BASE = 1 << 20 };

/* As many rules are worth a second process; beyond, half the heap is too little. */
enum { TWIN_FROM = 2000, TWIN_TO = 500000 };

struct job {
	const struct family *f;
	const struct owner *own;
	enum snap_detail detail;
	bool hold;		/* it begins early, and is told when to go on */
};

/* A second process, as libxtables knows no threads: it reads from @from on. */
static pid_t start_twin(const struct maker *m, uint32_t from, uint64_t heap)
{
	struct maker twin = *m;
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	twin.heap.used = heap;
	maker_read_chains(&twin, from, m->s->chains);
	twin.s->end = twin.s->heap_at + twin.heap.used;
	_exit(twin.heap.full);
}

static bool twin_failed(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return true;
	return status != 0;
}

/* The chain at which half of the rules are done. */
static uint32_t halfway(const struct maker *m)
{
	uint32_t i = 0;

	while (i < m->s->chains && m->chain[i].first < m->s->rules / 2)
		i++;
	return i;
}

static void read_rules(struct maker *m)
{
	bool large = m->texts && m->s->rules >= TWIN_FROM &&
		m->s->rules <= TWIN_TO;
	uint32_t middle = large ? halfway(m) : m->s->chains;
	uint64_t heap = m->heap.used + (m->heap.end - m->heap.used) / 2;
	pid_t twin = middle < m->s->chains ? start_twin(m, middle, heap) : -1;

	if (twin < 0) {
		maker_read_chains(m, 0, m->s->chains);
		m->s->end = m->s->heap_at + m->heap.used;
		return;
	}
	m->heap.end = heap;
	maker_read_chains(m, 0, middle);
	m->heap.full |= twin_failed(twin);
}

static void fill_digests(struct maker *m)
{
	for (uint32_t i = 0; i < m->s->chains; i++) {
		const struct snap_chain *c = &m->chain[i];
		uint64_t *digest = &m->s->table[c->table].digest;

		*digest = hash_bytes(*digest, &c->digest, sizeof(c->digest));
	}
}

static uint64_t count_entries(const struct maker *m)
{
	uint64_t entries = 0;

	for (unsigned int i = 0; i < m->tables; i++)
		entries += m->t[i].num_entries;
	return entries;
}

static void digest_bytes(struct maker *m)
{
	if (count_entries(m) > TABLE_DIGEST_ENTRIES)
		return;
	for (unsigned int i = 0; i < m->tables; i++)
		m->s->bytes += table_blob_digest(m->f, &m->t[i]);
}

/* Bounds for every array; what is not touched costs nothing. */
static bool lay_out_snapshot(struct maker *m, struct helper_out *out)
{
	uint64_t entries = count_entries(m), bytes = 0, end = sizeof(struct snapshot), room;
	struct snapshot plan = { .nfproto = m->f->nfproto, .tables = m->tables };

	for (unsigned int i = 0; i < m->tables; i++) {
		struct snap_table *st = &plan.table[i];

		memcpy(st->name, m->t[i].name, sizeof(st->name));
		st->valid_hooks = m->t[i].valid_hooks;
		bytes += m->t[i].size;
	}
	plan.hash_mask = shm_mask(entries / 2);
	plan.hash_at = shm_array(&end, plan.hash_mask + 1ull, sizeof(uint32_t));
	plan.chain_at = shm_array(&end, entries + 1, sizeof(struct snap_chain));
	plan.rule_at = shm_array(&end, entries + 1, sizeof(struct snap_rule));
	plan.heap_at = shm_array(&end, 0, 0);
	room = bytes * TEXT_RATIO + TEXT_BASE;
	m->base = helper_reserve(out, plan.heap_at + room);
	m->start = calloc(entries + 1, sizeof(*m->start));
	if (!m->base || !m->start)
		return false;
	helper_populate(m->base, plan.chain_at);
	helper_populate(m->base + plan.rule_at, plan.heap_at - plan.rule_at);
	m->s = (struct snapshot *)m->base;
	*m->s = plan;
	m->chain = (struct snap_chain *)(m->base + plan.chain_at);
	m->rule = (struct snap_rule *)(m->base + plan.rule_at);
	shm_heap_open(&m->heap, m->base + plan.heap_at, room, true);
	return true;
}

/* Out of @t, where it was read before; else an empty one. */
static struct table_blob take_table(struct table_blob *t, unsigned int count,
				    const char *name)
{
	struct table_blob taken = { .mapping = NULL };

	for (unsigned int i = 0; i < count; i++) {
		if (!t[i].mapping || strcmp(t[i].name, name) != 0)
			continue;
		taken = t[i];
		t[i].mapping = NULL;
	}
	return taken;
}

/* All that there are, but for @but, and for those that have been read. */
static int read_tables(struct maker *m, const char *but)
{
	struct table_blob had[TABLE_MAX];
	unsigned int count = m->tables;
	struct table_names names;
	int sock, err = table_names(m->f, &names);

	if (err)
		return err;
	sock = names.count ? table_socket(m->f) : -1;
	if (names.count && sock < 0)
		return sock;
	memcpy(had, m->t, sizeof(had));
	m->tables = 0;
	for (unsigned int i = 0; i < names.count && !err; i++) {
		struct table_blob *t = &m->t[m->tables];

		if (but && strcmp(names.name[i], but) == 0)
			continue;
		*t = take_table(had, count, names.name[i]);
		if (!t->mapping)
			err = table_read(m->f, sock, names.name[i], t);
		m->tables += !err;
	}
	for (unsigned int i = 0; i < count; i++)
		table_release(&had[i]);
	if (sock >= 0)
		close(sock);
	return err;
}

/* What can be read before the rules of this run are in raw; then raw; then it waits. */
static int read_in_turns(struct maker *m, const struct helper_out *out)
{
	int err = helper_hold() ? read_tables(m, "raw") : -ECANCELED;

	if (!err)
		err = helper_hold() ? read_tables(m, NULL) : -ECANCELED;
	if (err)
		return err;
	helper_tell(out, count_entries(m));
	return helper_hold() ? 0 : -ECANCELED;
}

static void open_renderer(const struct maker *m)
{
	static const struct option no_options[] = { { .name = NULL } };

	if (!m->texts)
		return;
	xt_open(m->f, no_options, XT_LEGACY);
	render_open(m->f);
}

/* Of tables that have been read. */
static int fill(struct maker *m, struct helper_out *out)
{
	if (m->texts)
		TESTPOINT("before-texts");
	open_renderer(m);
	if (!lay_out_snapshot(m, out))
		return -errno;
	for (unsigned int i = 0; i < m->tables; i++)
		maker_find_chains(m, i);
	read_rules(m);
	fill_digests(m);
	digest_bytes(m);
	snapshot_clear_hash(m->s);
	for (uint32_t i = 0; i < m->s->chains; i++)
		snapshot_link_chain(m->s, i);
	out->used = m->s->end;
	return m->heap.full ? -EOVERFLOW : 0;
}

/* Exit status of the child: 0, or the errno. */
static int make(const void *arg, struct helper_out *out)
{
	const struct job *job = arg;
	struct maker m = {
		.f = job->f, .own = job->own,
		.texts = job->detail == SNAP_TEXTS,
	};
	int err = job->hold ? read_in_turns(&m, out) : read_tables(&m, NULL);

	if (!err)
		err = fill(&m, out);
	for (unsigned int i = 0; i < m.tables; i++)
		table_release(&m.t[i]);
	free(m.start);
	return helper_status(err);
}

int snapshot_start(struct helper *h, const struct family *f,
		   const struct owner *own, enum snap_detail detail)
{
	struct job job = { .f = f, .own = own, .detail = detail };

	return helper_start(h, make, &job);
}

void snapshot_then(struct helper_then *then, struct helper *h,
		   const struct family *f, const struct owner *own)
{
	/* One for each family: the child that is forked soon has it as it is then. */
	static struct job behind[FAMILY_COUNT];
	struct job *job = &behind[family_index(f)];

	*job = (struct job){
		.f = f, .own = own, .detail = SNAP_TEXTS, .hold = true,
	};
	*then = (struct helper_then){ h, make, job };
}

int snapshot_prepare(struct helper *h, const struct family *f,
		     const struct owner *own)
{
	struct job job = {
		.f = f, .own = own, .detail = SNAP_TEXTS, .hold = true,
	};

	return helper_start(h, make, &job);
}

int snapshot_read(const struct family *f, const struct owner *own,
		  struct helper_result *res, const struct snapshot **snap, int *fd)
{
	struct job job = { .f = f, .own = own, .detail = SNAP_DIGESTS };
	int err = helper_run_here(make, &job, res, fd);

	*snap = err ? NULL : res->data;
	return err;
}
