// SPDX-License-Identifier: GPL-2.0-or-later
/* save: text of iptables-save -> snapshot; for rules that are not in this kernel. */
#include "rules/legacy/save.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>

#include "rules/base/family.h"
#include "rules/base/strview.h"
#include "rules/legacy/save_family.h"
#include "rules/legacy/save_rule.h"
#include "rules/legacy/snapshot.h"

enum { NAME_MAX_LEN = 31 };

/* The text is gone through three times: chains, numbers of rules, rules. */
struct saver {
	const struct family *f;
	struct snapshot *s;
	struct shm_heap heap;
	struct snap_chain *chain;
	struct snap_rule *rule;
	struct save_notes *notes;
	int table;		/* of the line, -1: none */
	uint32_t seen;		/* tables whose COMMIT is behind us */
	bool ours;		/* lines of our family */
	bool listed;		/* .table is of what iptables -S printed */
	unsigned int policy;	/* the line before was that one of its policies */
	/* Since the last header, of whichever family. */
	struct save_tables tables;
	const char *end;	/* of the text */
	int err;
};

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = 1;

	for (const char *p = text; len && (p = memchr(p, '\n', len -
					   (size_t)(p - text))); p++)
		lines++;
	return lines;
}

/* A line makes a chain and its policy, or a rule; names and texts are its own. */
static size_t lay_out(struct snapshot *s, const char *text, size_t len)
{
	uint64_t lines = count_lines(text, len), end = sizeof(*s);

	s->hash_mask = shm_mask(lines / 2);
	s->hash_at = shm_array(&end, s->hash_mask + 1ull, sizeof(uint32_t));
	s->chain_at = shm_array(&end, lines + 1, sizeof(struct snap_chain));
	s->rule_at = shm_array(&end, 2 * (lines + 1), sizeof(struct snap_rule));
	s->heap_at = shm_array(&end, 0, 0);
	return (size_t)(s->heap_at + 3 * len + 16 * lines);
}

size_t save_size(const char *text, size_t len)
{
	struct snapshot s;

	return lay_out(&s, text, len);
}

static uint8_t hook_by_name(struct strview name)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (strview_is(name, snapshot_hook_name(h)))
			return (uint8_t)h;
	return NOT_A_HOOK;
}

/* ---- what all passes follow: family and table of the line */

static void begin_table(struct saver *v, struct strview name, bool add)
{
	struct snapshot *s = v->s;
	int i = snapshot_table(s, name.at, name.len);

	v->table = -1;
	if (i >= 0 && !(v->seen & 1u << i))
		v->table = i;
	if (i >= 0 || !add || !name.len || name.len > NAME_MAX_LEN)
		return;
	if (s->tables == SNAP_TABLES) {
		v->err = -EOVERFLOW;
		return;
	}
	v->table = (int)s->tables++;
	memcpy(s->table[v->table].name, name.at, name.len);
}

/* A table that comes again without a header: another family's, if its rules say so. */
static void look_for_part(struct saver *v, struct strview line)
{
	const struct family *f;

	if (!save_comes_again(&v->tables, line))
		return;
	v->tables.n = 0;
	save_comes_again(&v->tables, line);
	f = save_part((struct strview){ line.at, (size_t)(v->end - line.at) });
	if (f)
		v->ours = f == v->f;
}

/*
 * iptables -S names no table.  Policies behind rules are those of the next one, and so is
 * one that is not behind the last: an empty table is nothing but its policies.
 */
static void follow_list(struct saver *v, struct strview line, bool add)
{
	unsigned int policy = save_policy_hook(line);
	bool begins = v->table < 0 ? policy || strview_starts(line, "-N ")
		: v->listed && policy && (!v->policy || policy <= v->policy);

	v->policy = policy;
	if (!begins)
		return;
	begin_table(v, save_listed_table((struct strview){
			line.at, (size_t)(v->end - line.at) }), add);
	v->listed = true;
}

/* Return: the line belongs to the frame and not to a table. */
static bool follow(struct saver *v, struct strview line, bool add)
{
	const struct family *f = save_header(line);

	if (f) {
		v->ours = f == v->f;
		v->table = -1;
		v->tables.n = 0;
	}
	if (!line.len || *line.at == '#')
		return true;
	if (*line.at == '*')
		look_for_part(v, line);
	if (!v->ours)
		return true;
	if (*line.at == '*') {
		v->listed = false;
		begin_table(v, (struct strview){ line.at + 1, line.len - 1 },
			    add);
		return true;
	}
	if (strview_is(line, "COMMIT")) {
		if (v->table >= 0)
			v->seen |= 1u << v->table;
		v->table = -1;
		return true;
	}
	follow_list(v, line, add);
	return false;
}

/* ---- chains, and how many rules each has */

static uint32_t find_chain(const struct saver *v, struct strview name)
{
	return v->table < 0 ? SNAP_NONE :
	       snapshot_find_chain(v->s, (unsigned int)v->table, name.at,
				   name.len);
}

static void add_chain(struct saver *v, struct strview name,
		      struct strview policy)
{
	struct snap_chain *c = &v->chain[v->s->chains];
	struct snap_table *t = &v->s->table[v->table];

	if (!name.len || find_chain(v, name) != SNAP_NONE)
		return;
	c->name = shm_heap_add(&v->heap, name.at, name.len);
	c->name_len = (uint32_t)name.len;
	shm_heap_add(&v->heap, "", 1);
	if (v->heap.full)
		return;
	c->table = (uint8_t)v->table;
	c->hook = strview_is(policy, "-") ? NOT_A_HOOK : hook_by_name(name);
	if (c->hook != NOT_A_HOOK)
		t->valid_hooks |= 1u << c->hook;
	t->chains++;
	snapshot_link_chain(v->s, v->s->chains++);
}

/* ":CHAIN POLICY [0:0]", "-P CHAIN POLICY", "-N CHAIN" */
static bool chain_line(struct strview line, struct strview *name,
		       struct strview *policy)
{
	struct strview word;

	*policy = (struct strview){ "-", 1 };
	if (line.len && *line.at == ':') {
		line.at++;
		line.len--;
	} else if (strview_starts(line, "-P ") || strview_starts(line, "-N ")) {
		strview_quoted(&line, &word);
	} else {
		return false;
	}
	if (!strview_quoted(&line, name))
		return false;
	strview_quoted(&line, policy);
	if (!policy->len)
		*policy = (struct strview){ "-", 1 };
	return true;
}

static void take_chains(struct saver *v, struct strview line)
{
	struct strview name, policy;

	if (!follow(v, line, true) && v->table >= 0 &&
	    chain_line(line, &name, &policy))
		add_chain(v, name, policy);
}

/* The chain to which a line adds a rule, or SNAP_NONE. */
static uint32_t rule_line(const struct saver *v, struct strview line,
			  struct strview *rest)
{
	struct strview word, name;

	*rest = line;
	if (!strview_quoted(rest, &word) || !strview_is(word, "-A") ||
	    !strview_quoted(rest, &name))
		return SNAP_NONE;
	return find_chain(v, name);
}

static void count_rules(struct saver *v, struct strview line)
{
	struct strview rest;
	uint32_t c;

	if (follow(v, line, false) || v->table < 0)
		return;
	c = rule_line(v, save_without_counters(line), &rest);
	if (c == SNAP_NONE)
		return;
	v->chain[c].count++;
	v->s->table[v->table].rules++;
	v->notes->rules++;
}

/* Where each chain's rules lie; count is then counted again. */
static void place_chains(struct saver *v)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < v->s->chains; i++) {
		v->chain[i].first = next;
		next += v->chain[i].count + 1;
		v->chain[i].count = 0;
	}
	v->s->rules = next;
}

/* ---- the rules */

static void pass_over(struct saver *v, struct strview line)
{
	if (v->notes->passed_over++)
		return;
	v->notes->first = line.at;
	v->notes->first_len = line.len;
}

/* Without counters, which are of one moment and ask for nothing. */
static void add_text(struct saver *v, struct snap_rule *r, struct strview line)
{
	struct strview counters = save_rule_counters(line), behind;

	behind = strview_behind(line, counters.len ?
		(size_t)(counters.at - line.at) + counters.len : line.len);
	line.len -= counters.len + behind.len;
	while (behind.len && *behind.at == ' ')
		behind = strview_behind(behind, 1);
	while (!behind.len && line.len && line.at[line.len - 1] == ' ')
		line.len--;
	r->text = shm_heap_add(&v->heap, line.at, line.len);
	shm_heap_add(&v->heap, behind.at, behind.len);
	r->len = (uint32_t)(line.len + behind.len);
}

static void add_rule(struct saver *v, struct strview line)
{
	struct strview rest;
	uint32_t i = rule_line(v, line, &rest);
	struct snap_chain *c;
	struct snap_rule *r;

	if (i == SNAP_NONE) {
		pass_over(v, line);
		return;
	}
	c = &v->chain[i];
	r = &v->rule[c->first + c->count++];
	add_text(v, r, line);
	if (!v->err)
		v->err = save_rule_read(v->s, (unsigned int)v->table, r, rest);
}

static void add_policy(struct saver *v, struct strview name,
		       struct strview policy)
{
	uint32_t i = find_chain(v, name);
	struct snap_chain *c;
	struct snap_rule *r;

	if (i == SNAP_NONE)
		return;
	c = &v->chain[i];
	/* The place behind all its rules is in front of the next chain. */
	r = &v->rule[(i + 1 < v->s->chains ? v->chain[i + 1].first
					   : v->s->rules) - 1];
	r->verdict = SNAP_RETURN;
	if (c->hook == NOT_A_HOOK || r->len)
		return;
	if (!save_verdict(policy, &r->verdict))
		r->verdict = SNAP_ACCEPT;
	r->text = shm_heap_add(&v->heap, "-P ", 3);
	shm_heap_add(&v->heap, name.at, name.len);
	shm_heap_add(&v->heap, " ", 1);
	shm_heap_add(&v->heap, policy.at, policy.len);
	r->len = (uint32_t)(4 + name.len + policy.len);
}

static void take_rules(struct saver *v, struct strview line)
{
	struct strview name, policy;

	if (follow(v, line, false))
		return;
	if (v->table < 0) {
		pass_over(v, line);
		return;
	}
	if (chain_line(line, &name, &policy))
		add_policy(v, name, policy);
	else
		add_rule(v, save_without_counters(line));
}

static void run_pass(struct saver *v, struct strview text,
		     void (*pass)(struct saver *v, struct strview line))
{
	struct strview line;

	v->ours = save_family(text.at, text.len) == v->f;
	v->end = text.at + text.len;
	v->tables.n = 0;
	v->table = -1;
	v->listed = false;
	v->policy = 0;
	v->seen = 0;
	while (!v->err && strview_line(&text, &line))
		/* No name has a NUL, and to some who print it a text ends there. */
		if (!line.len || !memchr(line.at, '\0', line.len))
			pass(v, line);
		else if (pass == take_rules && v->ours)
			pass_over(v, line);
}

int save_read(const struct family *f, const char *text, size_t len,
	      struct snapshot *to, size_t size, size_t *used,
	      struct save_notes *notes)
{
	struct strview all = { text, len };
	struct saver v = { .f = f, .s = to, .notes = notes };

	memset(notes, 0, sizeof(*notes));
	if (lay_out(to, text, len) > size)
		return -EOVERFLOW;
	to->nfproto = f->nfproto;
	v.chain = (struct snap_chain *)((char *)to + to->chain_at);
	v.rule = (struct snap_rule *)((char *)to + to->rule_at);
	shm_heap_open(&v.heap, (char *)to + to->heap_at, size - to->heap_at,
		      false);
	snapshot_clear_hash(to);
	run_pass(&v, all, take_chains);
	run_pass(&v, all, count_rules);
	place_chains(&v);
	for (uint32_t i = 0; i < to->rules; i++)
		v.rule[i].chain = SNAP_NONE;
	run_pass(&v, all, take_rules);
	*used = (size_t)(to->heap_at + v.heap.used);
	if (v.err || v.heap.full)
		return v.err ? v.err : -EOVERFLOW;
	return to->chains ? 0 : -ENOENT;
}
