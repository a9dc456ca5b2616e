// SPDX-License-Identifier: GPL-2.0-or-later
/* cables: the pairs of interfaces that join network namespaces. */
#include "several/cables.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "pod/link_row.h"

/* The interfaces of one namespace, and the numbers by which it knows the others. */
struct rows {
	struct link_row *row;
	uint32_t count;
	int32_t nsid[CABLES_SPACES];
	bool no_memory;
};

static void keep(void *arg, const struct link_row *l)
{
	struct rows *r = arg;
	struct link_row *more;

	/* Others end where they begin. */
	if (l->nsid == NSID_HERE)
		return;
	more = realloc(r->row, (r->count + 1) * sizeof(*more));
	if (!more) {
		r->no_memory = true;
		return;
	}
	r->row = more;
	r->row[r->count++] = *l;
}

static int read_space(struct rows *r, const int space[], uint32_t count,
		      uint32_t which)
{
	int err;

	if (setns(space[which], CLONE_NEWNET) < 0)
		return -errno;
	for (uint32_t i = 0; i < count; i++)
		r->nsid[i] = i == which ? NSID_HERE : link_nsid(space[i]);
	err = link_rows(keep, r);
	return err ? err : r->no_memory ? -ENOMEM : 0;
}

static struct cable_end end_of(uint32_t space, const struct link_row *l)
{
	return (struct cable_end) { space, l->index, l->port ? l->master : 0 };
}

static int add(struct cables *c, struct cable_end a, struct cable_end b)
{
	struct cable *more = realloc(c->cable, (c->count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	c->cable = more;
	c->cable[c->count++] = (struct cable) { { a, b } };
	return 0;
}

static bool are_ends(const struct link_row *l, int32_t l_knows,
		     const struct link_row *m, int32_t m_knows)
{
	return l_knows != NSID_HERE && m_knows != NSID_HERE &&
	       l->nsid == l_knows && m->nsid == m_knows &&
	       l->other == m->index && m->other == l->index;
}

static int pair(struct cables *c, const struct rows r[], uint32_t a, uint32_t b)
{
	int err = 0;

	for (uint32_t i = 0; i < r[a].count && !err; i++)
		for (uint32_t k = 0; k < r[b].count && !err; k++)
			if (are_ends(&r[a].row[i], r[a].nsid[b],
				     &r[b].row[k], r[b].nsid[a]))
				err = add(c, end_of(a, &r[a].row[i]),
					  end_of(b, &r[b].row[k]));
	return err;
}

int cables_read(struct cables *c, const int space[], uint32_t count, int home)
{
	struct rows r[CABLES_SPACES] = { 0 };
	int err = 0;

	memset(c, 0, sizeof(*c));
	for (uint32_t i = 0; i < count && !err; i++)
		err = read_space(&r[i], space, count, i);
	if (setns(home, CLONE_NEWNET) < 0 && !err)
		err = -errno;
	for (uint32_t a = 0; a < count && !err; a++)
		for (uint32_t b = a + 1; b < count && !err; b++)
			err = pair(c, r, a, b);
	for (uint32_t i = 0; i < count; i++)
		free(r[i].row);
	return err;
}

/* The bridge, too: iptables takes it for the interface. */
static bool is_end(const struct cable_end *e, uint32_t space, uint32_t index)
{
	return index && e->space == space &&
	       (e->index == index || e->master == index);
}

bool cables_lead(const struct cables *c, uint32_t from, uint32_t out,
		 uint32_t to, uint32_t in)
{
	for (uint32_t i = 0; i < c->count; i++) {
		const struct cable_end *e = c->cable[i].end;

		if ((is_end(&e[0], from, out) && is_end(&e[1], to, in)) ||
		    (is_end(&e[1], from, out) && is_end(&e[0], to, in)))
			return true;
	}
	return false;
}
