// SPDX-License-Identifier: GPL-2.0-or-later
/* snapshot_read: a table's bytes -> its chains and rules in a snapshot under construction. */
#include "rules/legacy/snapshot_read.h"

#include <stdio.h>
#include <string.h>

#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_NFLOG.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"
#include "rules/base/owner.h"
#include "rules/xtables/render.h"

static bool is_error(const struct xt_entry_target *t)
{
	return strcmp(t->u.user.name, XT_ERROR_TARGET) == 0;
}

static bool is_standard(const struct xt_entry_target *t)
{
	return t->u.user.name[0] == '\0';
}

static void begin_chain(struct maker *m, unsigned int table, const char *name,
			uint8_t hook, uint32_t start)
{
	struct snap_chain *c = &m->chain[m->s->chains];

	m->start[m->s->chains++] = start;
	c->name_len = (uint32_t)strnlen(name, XT_FUNCTION_MAXNAMELEN);
	c->name = shm_heap_add(&m->heap, name, c->name_len);
	c->table = (uint8_t)table;
	c->hook = hook;
	c->first = m->s->rules;
	shm_heap_add(&m->heap, "", 1);
}

static uint16_t target_index(struct maker *m, const char *name)
{
	struct snapshot *s = m->s;

	for (uint32_t i = 0; i < s->targets; i++)
		if (strcmp(s->target[i], name) == 0)
			return (uint16_t)i;
	if (s->targets == SNAP_TARGETS) {
		m->heap.full = true;
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

void maker_find_chains(struct maker *m, unsigned int table)
{
	const struct table_blob *t = &m->t[table];
	struct snap_table *st = &m->s->table[table];
	uint32_t rules = m->s->rules;

	st->first_chain = m->s->chains;
	for (uint32_t at = 0; at < t->size; ) {
		const void *e = t->bytes + at;
		const struct xt_entry_target *target = entry_target(m->f, e);
		uint8_t hook = table_hook_at(t, at);
		uint32_t next = at + entry_next_offset(m->f, e);

		if (is_error(target) && next < t->size)
			begin_chain(m, table, (const char *)target->data,
				    NOT_A_HOOK, next);
		else if (hook != NOT_A_HOOK)
			begin_chain(m, table, snapshot_hook_name(hook), hook,
				    at);
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
		m->heap.start + m->chain[r->chain].name;
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

	m->digest = hash_bytes(m->digest, e, m->f->ip_size);
	m->digest = hash_bytes(m->digest, begin,
			(size_t)((const char *)t - begin));
	if (jump)
		m->digest = hash_bytes(m->digest, jump, strlen(jump));
	else
		m->digest = hash_bytes(m->digest, t, t->u.target_size);
}

static void write_rule(struct maker *m, const struct snap_chain *c,
		       struct snap_rule *r, const void *e, const char *jump)
{
	const char *name = m->heap.start + c->name;
	const char *rest;
	size_t len;

	if (!m->texts)
		return;
	rest = render_entry(m->f, e, jump, &len);
	r->text = shm_heap_add(&m->heap, "-A ", 3);
	shm_heap_add(&m->heap, name, c->name_len);
	shm_heap_add(&m->heap, rest, len);
	r->len = shm_heap_here(&m->heap) - r->text;
}

static void write_policy(struct maker *m, const struct snap_chain *c,
			 struct snap_rule *r, const char *verdict)
{
	const char *name = m->heap.start + c->name;

	if (c->hook == NOT_A_HOOK)
		return;
	r->text = shm_heap_add(&m->heap, "-P ", 3);
	shm_heap_add(&m->heap, name, c->name_len);
	shm_heap_add(&m->heap, " ", 1);
	shm_heap_add(&m->heap, verdict, strlen(verdict));
	r->len = shm_heap_here(&m->heap) - r->text;
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

void maker_read_chains(struct maker *m, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to && !m->heap.full; i++) {
		struct snap_chain *c = &m->chain[i];
		uint32_t at = m->start[i];

		m->digest = hash_bytes(0, m->heap.start + c->name,
				c->name_len);
		for (uint32_t n = 1; n <= c->count + 1; n++) {
			read_rule(m, c, at, n);
			at += entry_next_offset(m->f,
						m->t[c->table].bytes + at);
		}
		c->digest = m->digest;
	}
}
