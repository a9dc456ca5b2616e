// SPDX-License-Identifier: GPL-2.0-or-later
/* rebuilt: an entry of xtables under construction, out of what nft's rules tell. */
#include "rules/nft/rebuilt.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_tcpudp.h>

#include "rules/base/family.h"

static void put_u16(struct rebuilt *e, size_t offset, size_t value)
{
	uint16_t v = (uint16_t)value;

	memcpy(e->bytes + offset, &v, sizeof(v));
}

/* Return: zeroed room behind what is there; NULL: there is none. */
static void *add_rebuilt(struct rebuilt *e, size_t size)
{
	unsigned char *at = e->bytes + e->len;

	if (size > REBUILD_MAX - e->len) {
		e->full = true;
		return NULL;
	}
	memset(at, 0, size);
	e->len += size;
	return at;
}

/* Return: its data, zeroed; NULL: no room. */
void *rebuilt_match(struct rebuilt *e, const char *name, uint8_t revision,
		    size_t len)
{
	size_t size = sizeof(struct xt_entry_match) + XT_ALIGN(len);
	struct xt_entry_match *m = add_rebuilt(e, size);

	if (!m)
		return NULL;
	m->u.match_size = (uint16_t)size;
	m->u.user.revision = revision;
	snprintf(m->u.user.name, sizeof(m->u.user.name), "%s", name);
	return m->data;
}

void *rebuilt_target(struct rebuilt *e, const struct family *f,
		     const char *name, uint8_t revision, size_t len)
{
	size_t size = sizeof(struct xt_entry_target) + XT_ALIGN(len);
	size_t at = e->len;
	struct xt_entry_target *t = add_rebuilt(e, size);

	if (!t)
		return NULL;
	t->u.target_size = (uint16_t)size;
	t->u.user.revision = revision;
	snprintf(t->u.user.name, sizeof(t->u.user.name), "%s", name);
	put_u16(e, f->target_offset, at);
	return t->data;
}

/* iptables' -m tcp or -m udp, made where the first of its options stands. */
static void *protocol_match(struct rebuilt *e)
{
	bool tcp = e->proto == IPPROTO_TCP;
	struct xt_tcp *t;
	struct xt_udp *u;
	size_t at = e->len;
	void *data;

	if (e->protocol_match)
		return ((struct xt_entry_match *)(e->bytes +
						  e->protocol_match))->data;
	data = rebuilt_match(e, tcp ? "tcp" : "udp", 0,
			 tcp ? sizeof(*t) : sizeof(*u));
	if (!data)
		return NULL;
	e->protocol_match = at;
	t = data;
	u = data;
	if (tcp)
		t->spts[1] = t->dpts[1] = UINT16_MAX;
	else
		u->spts[1] = u->dpts[1] = UINT16_MAX;
	return data;
}

/* struct xt_tcp begins as struct xt_udp does; the bits of inversion are the same. */
void rebuilt_ports(struct rebuilt *e, bool source, uint16_t from, uint16_t to,
		   bool inverted)
{
	bool tcp = e->proto == IPPROTO_TCP;
	void *data = protocol_match(e);
	struct xt_tcp *t = data;
	struct xt_udp *u = data;
	uint16_t *ports;

	if (!data)
		return;
	ports = source ? t->spts : t->dpts;
	ports[0] = from;
	ports[1] = to;
	if (inverted)
		*(tcp ? &t->invflags : &u->invflags) |=
			source ? XT_TCP_INV_SRCPT : XT_TCP_INV_DSTPT;
}

void rebuilt_flags(struct rebuilt *e, uint8_t mask, uint8_t flags,
		   bool inverted)
{
	struct xt_tcp *t = protocol_match(e);

	if (!t)
		return;
	t->flg_mask = mask;
	t->flg_cmp = flags;
	if (inverted)
		t->invflags |= XT_TCP_INV_FLAGS;
}

void rebuilt_mark(struct rebuilt *e, const unsigned char *value,
		  const unsigned char *mask, bool inverted)
{
	struct xt_mark_mtinfo1 *m = rebuilt_match(e, "mark", 1, sizeof(*m));

	if (!m)
		return;
	/* In the order of the host both. */
	memcpy(&m->mark, value, sizeof(m->mark));
	m->mask = UINT32_MAX;
	if (mask)
		memcpy(&m->mask, mask, sizeof(m->mask));
	m->invert = inverted;
}

void rebuilt_begin(struct rebuilt *e, const struct family *f)
{
	e->len = e->protocol_match = 0;
	e->proto = 0;
	e->full = false;
	e->jump = "";
	add_rebuilt(e, f->entry_size);
}

/* Whoever walks an entry expects a target at its end. */
bool rebuilt_end(struct rebuilt *e, const struct family *f)
{
	uint16_t target;

	memcpy(&target, e->bytes + f->target_offset, sizeof(target));
	if (!target)
		rebuilt_target(e, f, "", 0, 0);
	put_u16(e, f->next_offset, e->len);
	return !e->full;
}
