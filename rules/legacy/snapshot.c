// SPDX-License-Identifier: GPL-2.0-or-later
/* snapshot: all legacy tables of a family at one moment, with every rule's text. */
#include "rules/legacy/snapshot.h"

#include <errno.h>
#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "rules/base/hash.h"
#include "rules/base/shm.h"

const struct snap_chain *snapshot_chain(const struct snapshot *s, uint32_t i)
{
	return (const struct snap_chain *)((const char *)s + s->chain_at) + i;
}

const struct snap_rule *snapshot_rule(const struct snapshot *s, uint32_t i)
{
	return (const struct snap_rule *)((const char *)s + s->rule_at) + i;
}

const char *snapshot_text(const struct snapshot *s, uint32_t offset)
{
	return (const char *)s + s->heap_at + offset;
}

int snapshot_table(const struct snapshot *s, const char *name, size_t len)
{
	for (unsigned int i = 0; i < s->tables; i++)
		if (strlen(s->table[i].name) == len &&
		    memcmp(s->table[i].name, name, len) == 0)
			return (int)i;
	return -1;
}

static uint32_t *hash_table(struct snapshot *s)
{
	return (uint32_t *)((char *)s + s->hash_at);
}

void snapshot_clear_hash(struct snapshot *s)
{
	shm_clear(hash_table(s), s->hash_mask);
}

void snapshot_link_chain(struct snapshot *s, uint32_t i)
{
	struct snap_chain *c = (struct snap_chain *)((char *)s + s->chain_at) +
			       i;

	shm_link(hash_table(s), s->hash_mask,
		 hash_name(c->table, snapshot_text(s, c->name), c->name_len),
		 i, &c->next);
}

uint32_t snapshot_find_chain(const struct snapshot *s, unsigned int table,
			     const char *name, size_t len)
{
	uint32_t i = shm_bucket(s, s->hash_at, s->hash_mask,
				hash_name(table, name, len));

	for (; i != SNAP_NONE; i = snapshot_chain(s, i)->next) {
		const struct snap_chain *c = snapshot_chain(s, i);

		if (c->table == table && c->name_len == len &&
		    memcmp(snapshot_text(s, c->name), name, len) == 0)
			return i;
	}
	return SNAP_NONE;
}

static const char *const hook_names[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = "PREROUTING",
	[NF_INET_LOCAL_IN] = "INPUT",
	[NF_INET_FORWARD] = "FORWARD",
	[NF_INET_LOCAL_OUT] = "OUTPUT",
	[NF_INET_POST_ROUTING] = "POSTROUTING",
};

const char *snapshot_hook_name(unsigned int hook)
{
	return hook < NF_INET_NUMHOOKS ? hook_names[hook] : "?";
}

int snapshot_finish(struct helper *h, struct helper_result *res,
		    const struct snapshot **snap, int *fd)
{
	int err = helper_finish_data(h, res, fd);

	*snap = err ? NULL : res->data;
	return err;
}
