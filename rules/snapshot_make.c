// SPDX-License-Identifier: GPL-2.0-or-later
/* snapshot_make: reads a family's tables and renders their rules, in a helper child. */
#include "snapshot.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_NFLOG.h>

#include "entry.h"
#include "family.h"
#include "owner.h"
#include "render.h"
#include "table.h"
#include "xt.h"

enum { NOT_A_HOOK = 0xff };

/* Text is at most this many times the size of the rule's bytes, and a bit. */
enum { TEXT_RATIO = 8, TEXT_BASE = 1 << 20 };

/* As many rules are worth a second process; beyond, half the heap is too little. */
enum { TWIN_FROM = 2000, TWIN_TO = 500000 };

static const char *const hook_names[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = "PREROUTING",
	[NF_INET_LOCAL_IN] = "INPUT",
	[NF_INET_FORWARD] = "FORWARD",
	[NF_INET_LOCAL_OUT] = "OUTPUT",
	[NF_INET_POST_ROUTING] = "POSTROUTING",
};

struct job {
	const struct family *f;
	const struct owner *own;
	enum snap_detail detail;
};

/* The state of the child that makes a snapshot. */
struct maker {
	const struct family *f;
	const struct owner *own;
	bool texts;
	struct table_blob t[TABLE_MAX];
	struct snapshot *s;
	char *base;
	struct snap_chain *chain;
	struct snap_rule *rule;
	uint32_t *start;	/* by chain: offset of its first entry */
	uint64_t heap, heap_end;
	uint64_t digest;
	bool failed;
};

const char *snapshot_hook_name(unsigned int hook)
{
	return hook < NF_INET_NUMHOOKS ? hook_names[hook] : "?";
}

static uint64_t mix(uint64_t h, const void *bytes, size_t len)
{
	const char *p = bytes;
	uint64_t w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0x9fb21c651e98df25;
		h ^= h >> 35;
	}
	w = len;
	memcpy(&w, p, len);
	h = (h ^ w) * 0x9fb21c651e98df25;
	return h ^ h >> 35;
}

static void heap_add(struct maker *m, const char *bytes, size_t len)
{
	if (m->heap + len > m->heap_end || m->heap + len -
	    m->s->heap_at > UINT32_MAX) {
		m->failed = true;
		return;
	}
	memcpy(m->base + m->heap, bytes, len);
	m->heap += len;
}

static uint32_t heap_here(const struct maker *m)
{
	return (uint32_t)(m->heap - m->s->heap_at);
}

static bool is_error(const struct xt_entry_target *t)
{
	return strcmp(t->u.user.name, XT_ERROR_TARGET) == 0;
}

static bool is_standard(const struct xt_entry_target *t)
{
	return t->u.user.name[0] == '\0';
}

/* The hook whose builtin chain begins at this offset, or NOT_A_HOOK. */
static uint8_t hook_at(const struct table_blob *t, uint32_t offset)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (t->valid_hooks & (1u << h) && t->hook_entry[h] == offset)
			return (uint8_t)h;
	return NOT_A_HOOK;
}

static void begin_chain(struct maker *m, unsigned int table, const char *name,
			uint8_t hook, uint32_t start)
{
	struct snap_chain *c = &m->chain[m->s->chains];

	m->start[m->s->chains++] = start;
	c->name = heap_here(m);
	c->name_len = (uint32_t)strnlen(name, XT_FUNCTION_MAXNAMELEN);
	c->table = (uint8_t)table;
	c->hook = hook;
	c->first = m->s->rules;
	heap_add(m, name, c->name_len);
	heap_add(m, "", 1);
}

static uint16_t target_index(struct maker *m, const char *name)
{
	struct snapshot *s = m->s;

	for (uint32_t i = 0; i < s->targets; i++)
		if (strcmp(s->target[i], name) == 0)
			return (uint16_t)i;
	if (s->targets == SNAP_TARGETS) {
		m->failed = true;
		return 0;
	}
	snprintf(s->target[s->targets], sizeof(s->target[0]), "%s", name);
	return (uint16_t)s->targets++;
}

static void note_entry(struct maker *m, const struct xt_entry_target *target)
{
	m->chain[m->s->chains - 1].count++;
	m->s->rules++;
	if (!is_standard(target))
		target_index(m, target->u.user.name);
}

/*
 * First pass: the chains, so that jumps can be named in the second; where
 * their rules will stand; and the names of the targets.
 */
static void find_chains(struct maker *m, unsigned int table)
{
	const struct table_blob *t = &m->t[table];
	struct snap_table *st = &m->s->table[table];
	uint32_t rules = m->s->rules;

	st->first_chain = m->s->chains;
	for (uint32_t at = 0; at < t->size; ) {
		const void *e = t->bytes + at;
		const struct xt_entry_target *target = entry_target(m->f, e);
		uint8_t hook = hook_at(t, at);
		uint32_t next = at + entry_next_offset(m->f, e);

		if (is_error(target) && next < t->size)
			begin_chain(m, table, (const char *)target->data,
				    NOT_A_HOOK, next);
		else if (hook != NOT_A_HOOK)
			begin_chain(m, table, hook_names[hook], hook, at);
		if (!is_error(target))
			note_entry(m, target);
		at = next;
	}
	st->chains = m->s->chains - st->first_chain;
	/* Each chain's last entry is its policy or its end. */
	st->rules = m->s->rules - rules - st->chains;
	for (uint32_t c = st->first_chain; c < m->s->chains; c++)
		m->chain[c].count--;
}

static uint32_t chain_at(const struct maker *m, unsigned int table,
			 uint32_t offset)
{
	const struct snap_table *st = &m->s->table[table];
	uint32_t low = st->first_chain, high = low + st->chains;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->start[mid] == offset)
			return mid;
		if (m->start[mid] < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return SNAP_NONE;
}

/* Return: the word behind -j, "" for none, NULL for an extension's. */
static const char *read_standard(struct maker *m, struct snap_rule *r,
				 unsigned int table, const void *e,
				 uint32_t at)
{
	static const struct {
		int verdict;
		uint8_t is;
		const char *word;
	} verdicts[] = {
		{ -NF_ACCEPT - 1, SNAP_ACCEPT, "ACCEPT" },
		{ -NF_DROP - 1, SNAP_DROP, "DROP" },
		{ -NF_QUEUE - 1, SNAP_QUEUE, "QUEUE" },
		{ XT_RETURN, SNAP_RETURN, "RETURN" },
	};
	const struct xt_standard_target *t = (const void *)
		entry_target(m->f, e);

	if (t->verdict < 0) {
		if (entry_unconditional(m->f, e))
			r->flags |= SNAP_UNCONDITIONAL;
		for (size_t i = 0; i < 4; i++) {
			if (verdicts[i].verdict == t->verdict) {
				r->verdict = verdicts[i].is;
				return verdicts[i].word;
			}
		}
		return "?";
	}
	if ((uint32_t)t->verdict == at + entry_next_offset(m->f, e)) {
		r->verdict = SNAP_CONTINUE;
		return "";
	}
	r->chain = chain_at(m, table, (uint32_t)t->verdict);
	r->verdict = entry_is_goto(m->f, e) ? SNAP_GOTO : SNAP_JUMP;
	return r->chain == SNAP_NONE ? "?" :
		m->base + m->s->heap_at + m->chain[r->chain].name;
}

static void read_extension(struct maker *m, struct snap_rule *r,
			   const struct xt_entry_target *t)
{
	r->verdict = SNAP_TARGET;
	r->target = target_index(m, t->u.user.name);
	if (strcmp(t->u.user.name, "TRACE") == 0)
		r->flags |= SNAP_TRACE;
	if (strcmp(t->u.user.name, "NFLOG") == 0 &&
	    ((const struct xt_nflog_info *)t->data)->group == 0)
		r->flags |= SNAP_NFLOG0;
}

static bool is_own(const struct maker *m, const void *e)
{
	const char *comment = m->own ? entry_comment(m->f, e) : NULL;
	struct owner o;

	return comment && owner_parse(&o, comment) &&
	       owner_same_run(&o, m->own);
}

/* What an entry says, whatever it counts and wherever it lies. */
static void digest_entry(struct maker *m, const void *e, const char *jump)
{
	const struct xt_entry_target *t = entry_target(m->f, e);
	const char *begin = (const char *)e + m->f->entry_size;

	m->digest = mix(m->digest, e, m->f->ip_size);
	m->digest = mix(m->digest, begin,
			(size_t)((const char *)t - begin));
	if (jump)
		m->digest = mix(m->digest, jump, strlen(jump));
	else
		m->digest = mix(m->digest, t, t->u.target_size);
}

static void write_rule(struct maker *m, const struct snap_chain *c,
		       struct snap_rule *r, const void *e, const char *jump)
{
	const char *name = m->base + m->s->heap_at + c->name;
	const char *rest;
	size_t len;

	if (!m->texts)
		return;
	rest = render_entry(m->f, e, jump, &len);
	r->text = heap_here(m);
	heap_add(m, "-A ", 3);
	heap_add(m, name, c->name_len);
	heap_add(m, rest, len);
	r->len = heap_here(m) - r->text;
}

static void write_policy(struct maker *m, const struct snap_chain *c,
			 struct snap_rule *r, const char *verdict)
{
	const char *name = m->base + m->s->heap_at + c->name;

	if (c->hook == NOT_A_HOOK)
		return;
	r->text = heap_here(m);
	heap_add(m, "-P ", 3);
	heap_add(m, name, c->name_len);
	heap_add(m, " ", 1);
	heap_add(m, verdict, strlen(verdict));
	r->len = heap_here(m) - r->text;
}

static void read_rule(struct maker *m, struct snap_chain *c, uint32_t at,
		      uint32_t number)
{
	const void *e = m->t[c->table].bytes + at;
	const struct xt_entry_target *t = entry_target(m->f, e);
	struct snap_rule *r = &m->rule[c->first + number - 1];
	const char *jump = NULL;

	r->chain = SNAP_NONE;
	if (is_standard(t))
		jump = read_standard(m, r, c->table, e, at);
	else
		read_extension(m, r, t);
	if (number > c->count) {
		write_policy(m, c, r, jump ? jump : "?");
	} else {
		write_rule(m, c, r, e, jump);
		if (is_own(m, e)) {
			r->flags |= SNAP_OWN;
			if (c->own_before == number - 1)
				c->own_before = (uint16_t)number;
			return;
		}
	}
	digest_entry(m, e, jump);
}

/* Second pass: the rules of some chains. */
static void read_chains(struct maker *m, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to && !m->failed; i++) {
		struct snap_chain *c = &m->chain[i];
		uint32_t at = m->start[i];

		m->digest = mix(0, m->base + m->s->heap_at + c->name,
				c->name_len);
		for (uint32_t n = 1; n <= c->count + 1; n++) {
			read_rule(m, c, at, n);
			at += entry_next_offset(m->f,
						m->t[c->table].bytes + at);
		}
		c->digest = m->digest;
	}
}

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
	twin.heap = heap;
	read_chains(&twin, from, m->s->chains);
	twin.s->end = twin.heap;
	_exit(twin.failed);
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
	uint64_t heap = m->heap + (m->heap_end - m->heap) / 2;
	pid_t twin = middle < m->s->chains ? start_twin(m, middle, heap) : -1;

	if (twin < 0) {
		read_chains(m, 0, m->s->chains);
		m->s->end = m->heap;
		return;
	}
	m->heap_end = heap;
	read_chains(m, 0, middle);
	m->failed |= twin_failed(twin);
}

static void fill_digests(struct maker *m)
{
	for (uint32_t i = 0; i < m->s->chains; i++) {
		const struct snap_chain *c = &m->chain[i];
		uint64_t *digest = &m->s->table[c->table].digest;

		*digest = mix(*digest, &c->digest, sizeof(c->digest));
	}
}

static uint64_t round_up(uint64_t n)
{
	return (n + 63) / 64 * 64;
}

/* Bounds for every array; what is not touched costs nothing. */
static bool lay_out(struct maker *m, struct helper_out *out,
		    unsigned int tables)
{
	uint64_t entries = 0, bytes = 0, at = round_up(sizeof(struct snapshot));
	uint32_t mask = 63;
	struct snapshot plan = { .nfproto = m->f->nfproto, .tables = tables };

	for (unsigned int i = 0; i < tables; i++) {
		struct snap_table *st = &plan.table[i];

		memcpy(st->name, m->t[i].name, sizeof(st->name));
		st->valid_hooks = m->t[i].valid_hooks;
		entries += m->t[i].num_entries;
		bytes += m->t[i].size;
	}
	while (mask < entries / 2)
		mask = mask * 2 + 1;
	plan.hash_mask = mask;
	plan.hash_at = at;
	at = round_up(at + (mask + 1ull) * sizeof(uint32_t));
	plan.chain_at = at;
	at = round_up(at + (entries + 1) * sizeof(struct snap_chain));
	plan.rule_at = at;
	at = round_up(at + (entries + 1) * sizeof(struct snap_rule));
	plan.heap_at = at;
	m->heap = at;
	m->heap_end = at + bytes * TEXT_RATIO + TEXT_BASE;
	m->base = helper_reserve(out, m->heap_end);
	m->start = calloc(entries + 1, sizeof(*m->start));
	if (!m->base || !m->start)
		return false;
	m->s = (struct snapshot *)m->base;
	*m->s = plan;
	m->chain = (struct snap_chain *)(m->base + plan.chain_at);
	m->rule = (struct snap_rule *)(m->base + plan.rule_at);
	return true;
}

static int read_tables(const struct family *f, struct table_blob *t,
		       unsigned int *count)
{
	struct table_names names;
	int sock, err = table_names(f, &names);

	*count = 0;
	if (err)
		return err;
	sock = names.count ? table_socket(f) : -1;
	if (names.count && sock < 0)
		return sock;
	for (unsigned int i = 0; i < names.count && !err; i++) {
		err = table_read(f, sock, names.name[i], &t[i]);
		*count += !err;
	}
	if (sock >= 0)
		close(sock);
	return err;
}

/* Exit status of the child: 0, or the errno. */
static int make(const void *arg, struct helper_out *out)
{
	static const struct option no_options[] = { { .name = NULL } };
	const struct job *job = arg;
	struct maker m = {
		.f = job->f, .own = job->own,
		.texts = job->detail == SNAP_TEXTS,
	};
	unsigned int count;
	int err = read_tables(job->f, m.t, &count);

	if (err)
		return -err < 98 ? -err : EIO;
	if (m.texts) {
		xt_open(m.f, no_options, XT_LEGACY);
		render_open(m.f);
	}
	if (!lay_out(&m, out, count))
		return ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		find_chains(&m, i);
	read_rules(&m);
	fill_digests(&m);
	snapshot_clear_hash(m.s);
	for (uint32_t i = 0; i < m.s->chains; i++)
		snapshot_link_chain(m.s, i);
	out->used = m.s->end;
	for (unsigned int i = 0; i < count; i++)
		table_release(&m.t[i]);
	free(m.start);
	return m.failed ? EOVERFLOW : 0;
}

int snapshot_start(struct helper *h, const struct family *f,
		   const struct owner *own, enum snap_detail detail)
{
	struct job job = { .f = f, .own = own, .detail = detail };

	return helper_start(h, make, &job);
}
