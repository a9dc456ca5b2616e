// SPDX-License-Identifier: GPL-2.0-or-later
/* trace: puts TRACE rules into the legacy raw table and takes exactly them out. */
#include "trace.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "entry.h"
#include "family.h"
#include "hook.h"
#include "table.h"

/* How often to start again when somebody changes raw without the lock. */
enum { TRIES = 100 };

static const char *const chain_names[] = { "PREROUTING", "OUTPUT" };
enum { CHAINS = 2 };

const char *trace_chain_name(unsigned int chain)
{
	return chain_names[chain == TRACE_OUTPUT];
}

static bool raw_exists(const struct family *f)
{
	struct table_names names;

	if (table_names(f, &names) < 0)
		return false;
	for (unsigned int i = 0; i < names.count; i++)
		if (strcmp(names.name[i], "raw") == 0)
			return true;
	return false;
}

/*
 * The kernel notices a foreign change between our reading and our commit only
 * by the number of entries (do_replace, num_counters); a rule replaced in
 * that time would be undone without a word.  So the table is read before the
 * handle is opened and once more just before the commit.
 */
struct edit {
	const struct family *f;
	int sock;
	struct table_blob before;
	struct xtc_handle *h;
};

static void edit_close(struct edit *e)
{
	e->f->tc.close(e->h);
	table_release(&e->before);
	if (e->sock >= 0)
		close(e->sock);
}

static int edit_open(struct edit *e, const struct family *f)
{
	int err = 0;

	memset(e, 0, sizeof(*e));
	e->f = f;
	e->sock = table_socket(f);
	if (e->sock < 0)
		return e->sock;
	/* Asking for a table that is not there brings it into being. */
	err = table_read(f, e->sock, "raw", &e->before);
	if (err == 0) {
		errno = 0;
		e->h = f->tc.open("raw");
		if (!e->h)
			err = errno ? -errno : -EIO;
	}
	if (err)
		edit_close(e);
	return err;
}

static void clear_counters(const struct family *f, unsigned char *bytes,
			   size_t size)
{
	for (size_t at = 0; at < size; ) {
		memset(bytes + at + f->counters, 0, sizeof(struct xt_counters));
		at += entry_next_offset(f, bytes + at);
	}
}

static bool same_but_counters(const struct family *f,
			      const struct table_blob *a,
			      const struct table_blob *b)
{
	if (a->size != b->size || a->num_entries != b->num_entries)
		return false;
	/* The mappings are ours alone. */
	clear_counters(f, (unsigned char *)a->bytes, a->size);
	clear_counters(f, (unsigned char *)b->bytes, b->size);
	return memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Return: 0, -EAGAIN when the table is not what was read, or -errno. */
static int edit_commit(struct edit *e)
{
	struct table_blob now;
	int err = table_read(e->f, e->sock, "raw", &now);

	if (err)
		return err;
	err = same_but_counters(e->f, &e->before, &now) ? 0 : -EAGAIN;
	table_release(&now);
	return err ? err : e->f->tc.commit(e->h);
}

/* Whatever end a renewal has written into it. */
static bool belongs_to(const struct family *f, const void *entry,
		       const struct owner *owner)
{
	const char *text = entry_comment(f, entry);
	struct owner o;

	return text && owner_parse(&o, text) && owner_same_run(&o, owner);
}

/* Rules of this run in both chains, as the kernel has them now. */
static int count_rules(const struct family *f, const struct owner *owner)
{
	struct edit e;
	int count = 0, err = edit_open(&e, f);

	if (err)
		return err;
	for (unsigned int c = 0; c < CHAINS; c++)
		for (const void *r = f->tc.first_rule(chain_names[c], e.h); r;
		     r = f->tc.next_rule(r, e.h))
			count += belongs_to(f, r, owner);
	edit_close(&e);
	return count;
}

/* Insert rules [from, to) into the chains given; one commit. */
static int insert_once(struct trace_set *set, unsigned int from,
		       unsigned int to, unsigned int chains,
		       const unsigned int pos[CHAINS])
{
	struct edit e;
	int err = edit_open(&e, set->family);

	if (err)
		return err;
	for (unsigned int c = 0; c < CHAINS && !err; c++) {
		unsigned int at = pos[c];

		for (unsigned int i = from; i < to && !err; i++)
			if (set->rule[i].chains & chains & (1u << c))
				err = e.f->tc.insert(chain_names[c],
						     set->rule[i].entry, at++,
						     e.h);
	}
	HOOK("trace-before-commit");
	if (!err)
		err = edit_commit(&e);
	HOOK("trace-after-commit");
	edit_close(&e);
	return err;
}

static unsigned int count_wanted(const struct trace_set *set,
				 unsigned int from, unsigned int to,
				 unsigned int chains)
{
	unsigned int n = 0;

	for (unsigned int i = from; i < to; i++)
		n += (unsigned int)__builtin_popcount(set->rule[i].chains &
						      chains);
	return n;
}

/*
 * A commit can report a failure and be in force (the counters could not be
 * added, libiptc.c TC_COMMIT after SO_SET_REPLACE), so the table is asked.
 */
static int insert_some(struct trace_set *set, unsigned int from,
		       unsigned int to, unsigned int chains,
		       const unsigned int pos[CHAINS],
		       const struct owner *owner, unsigned int already)
{
	unsigned int want = count_wanted(set, from, to, chains);
	int err = -EAGAIN, found;

	if (want == 0)
		return 0;
	for (unsigned int tries = 0; tries < TRIES && err == -EAGAIN; tries++) {
		err = insert_once(set, from, to, chains, pos);
		if (err == 0)
			return 0;
		found = count_rules(set->family, owner);
		if (found == (int)(already + want))
			return 0;
		if (found != (int)already)
			return -ESTALE;
	}
	return err;
}

/* The kernel refused all together: find out which rule in which chain. */
static int insert_singly(struct trace_set *set, const struct owner *owner)
{
	unsigned int pos[CHAINS] = { 0, 0 }, in = 0;
	int err;

	for (unsigned int i = 0; i < set->count; i++) {
		struct trace_rule *r = &set->rule[i];

		for (unsigned int c = 0; c < CHAINS; c++) {
			if (!(r->chains & (1u << c)))
				continue;
			err = insert_some(set, i, i + 1, 1u << c, pos, owner,
					  in);
			if (err == -EINVAL || err == -EOPNOTSUPP) {
				r->refused |= 1u << c;
			} else if (err) {
				return err;
			} else {
				pos[c]++;
				in++;
			}
		}
		if (r->refused == r->chains)
			return -EINVAL;
	}
	return (int)in;
}

int trace_install(struct trace_set *set, const struct owner *owner)
{
	static const unsigned int top[CHAINS];
	int err;

	for (unsigned int i = 0; i < set->count; i++)
		set->rule[i].refused = 0;
	err = insert_some(set, 0, set->count, TRACE_BOTH, top, owner, 0);
	if (err == 0)
		return (int)count_wanted(set, 0, set->count, TRACE_BOTH);
	if (err == -EINVAL || err == -EOPNOTSUPP)
		err = insert_singly(set, owner);
	if (err < 0)
		trace_remove(set->family, owner, NULL);
	return err;
}

static int remove_once(const struct family *f, const struct owner *owner,
		       struct trace_removed *done)
{
	struct edit e;
	int err;

	memset(done, 0, sizeof(*done));
	err = edit_open(&e, f);
	if (err)
		return err;
	for (unsigned int c = 0; c < CHAINS && !err; c++) {
		const void *r = f->tc.first_rule(chain_names[c], e.h);
		unsigned int at = 0;

		while (r && !err) {
			const void *next = f->tc.next_rule(r, e.h);

			if (!belongs_to(f, r, owner)) {
				at++;
			} else {
				done->packets += entry_counters(f, r)->pcnt;
				done->rules++;
				err = f->tc.delete(chain_names[c], at, e.h);
			}
			r = next;
		}
	}
	HOOK("trace-before-removal");
	if (!err && done->rules)
		err = edit_commit(&e);
	HOOK("trace-after-removal");
	edit_close(&e);
	return err;
}

int trace_remove(const struct family *f, const struct owner *owner,
		 struct trace_removed *done)
{
	struct trace_removed d, last = { 0 };
	int err = 0;

	if (raw_exists(f)) {
		for (unsigned int tries = 0; tries < TRIES; tries++) {
			err = remove_once(f, owner, &d);
			/* A failed commit may be in force all the same. */
			if (d.rules)
				last = d;
			if (err == 0 || count_rules(f, owner) == 0)
				break;
		}
		if (err && count_rules(f, owner) == 0)
			err = 0;
	}
	if (done)
		*done = last;
	return err;
}

static int renew_once(const struct family *f, const struct owner *owner,
		      const char *new_text, uint32_t deadline)
{
	unsigned char copy[UINT16_MAX] __attribute__((aligned(8)));
	struct edit e;
	int found = 0, err = edit_open(&e, f);

	if (err)
		return err;
	for (unsigned int c = 0; c < CHAINS && !err; c++) {
		const void *r = f->tc.first_rule(chain_names[c], e.h);

		for (unsigned int at = 0; r && !err; at++) {
			const void *next = f->tc.next_rule(r, e.h);

			if (belongs_to(f, r, owner)) {
				memcpy(copy, r, entry_next_offset(f, r));
				entry_set_deadline(f, copy, deadline);
				entry_set_comment(f, copy, new_text);
				err = f->tc.replace(chain_names[c], copy, at,
						    e.h);
				found++;
			}
			r = next;
		}
	}
	if (!err)
		err = found ? edit_commit(&e) : -ENOENT;
	edit_close(&e);
	return err;
}

int trace_renew(const struct family *f, const struct owner *owner,
		int64_t end)
{
	struct owner next = *owner;
	char text[OWNER_TEXT];
	int err = -EAGAIN;

	next.end = end;
	owner_format(&next, text);
	if (!raw_exists(f))
		return -ENOENT;
	for (unsigned int tries = 0; tries < TRIES && err == -EAGAIN; tries++)
		err = renew_once(f, owner, text, (uint32_t)end);
	return err;
}

static struct trace_stale *note_owner(struct trace_stale *stale,
				      unsigned int *count, unsigned int max,
				      const struct owner *o)
{
	for (unsigned int i = 0; i < *count; i++)
		if (owner_same_run(&stale[i].owner, o))
			return &stale[i];
	if (*count == max)
		return NULL;
	memset(&stale[*count], 0, sizeof(*stale));
	stale[*count].owner = *o;
	stale[*count].alive = owner_alive(o, time(NULL));
	return &stale[(*count)++];
}

static int find_owners(const struct family *f, struct trace_stale *stale,
		       unsigned int max)
{
	unsigned int count = 0;
	struct owner o;
	struct edit e;
	int err = edit_open(&e, f);

	if (err)
		return err;
	for (unsigned int c = 0; c < CHAINS; c++) {
		for (const void *r = f->tc.first_rule(chain_names[c], e.h); r;
		     r = f->tc.next_rule(r, e.h)) {
			const char *text = entry_comment(f, r);
			struct trace_stale *s;

			if (!text || !owner_parse(&o, text) ||
			    strcmp(entry_target(f, r)->u.user.name, "TRACE"))
				continue;
			s = note_owner(stale, &count, max, &o);
			if (s)
				s->rules++;
		}
	}
	edit_close(&e);
	return (int)count;
}

int trace_sweep(const struct family *f, bool dry, struct trace_stale *stale,
		unsigned int max)
{
	int count, err;

	if (!raw_exists(f))
		return 0;
	count = find_owners(f, stale, max);
	for (int i = 0; i < count && !dry; i++) {
		if (stale[i].alive)
			continue;
		err = trace_remove(f, &stale[i].owner, NULL);
		if (err)
			return err;
	}
	return count;
}
