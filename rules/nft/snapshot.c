// SPDX-License-Identifier: GPL-2.0-or-later
/* snapshot: looks things up in a snapshot of nft's rules. */
#include "rules/nft/snapshot.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/netfilter.h>

#include "rules/base/hash.h"

static const void *snapshot_at(const struct nft_snapshot *s, uint64_t offset)
{
	return (const char *)s + offset;
}

const struct nft_snap_table *nft_snapshot_table(const struct nft_snapshot *s,
						uint32_t i)
{
	return (const struct nft_snap_table *)snapshot_at(s, s->table_at) + i;
}

const struct nft_snap_chain *nft_snapshot_chain(const struct nft_snapshot *s,
						uint32_t i)
{
	return (const struct nft_snap_chain *)snapshot_at(s, s->chain_at) + i;
}

const struct nft_snap_rule *nft_snapshot_rule(const struct nft_snapshot *s,
					      uint32_t i)
{
	return (const struct nft_snap_rule *)snapshot_at(s, s->rule_at) + i;
}

const char *nft_snapshot_text(const struct nft_snapshot *s, uint32_t offset)
{
	return snapshot_at(s, s->heap_at + offset);
}

const char *nft_snapshot_family(uint8_t nfproto)
{
	switch (nfproto) {
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_BRIDGE:
		return "bridge";
	case NFPROTO_NETDEV:
		return "netdev";
	default:
		return "?";
	}
}

bool nft_snapshot_is_link(uint8_t nfproto)
{
	return nfproto == NFPROTO_BRIDGE || nfproto == NFPROTO_NETDEV;
}

static bool is_called(const struct nft_snapshot *s, uint32_t own,
		      uint32_t own_len, const char *name, size_t len)
{
	return own_len == len &&
	       memcmp(nft_snapshot_text(s, own), name, len) == 0;
}

uint32_t nft_snapshot_find_table(const struct nft_snapshot *s,
				 uint8_t nfproto, const char *name, size_t len)
{
	uint32_t i = shm_bucket(s, s->table_hash_at, s->hash_mask,
				hash_name(nfproto, name, len));

	for (; i != NFT_SNAP_NONE; i = nft_snapshot_table(s, i)->next) {
		const struct nft_snap_table *t = nft_snapshot_table(s, i);

		if (t->nfproto == nfproto &&
		    is_called(s, t->name, t->name_len, name, len))
			break;
	}
	return i;
}

uint32_t nft_snapshot_find_chain(const struct nft_snapshot *s, uint32_t table,
				 const char *name, size_t len)
{
	uint32_t i = shm_bucket(s, s->chain_hash_at, s->hash_mask,
				hash_name(table, name, len));

	for (; i != NFT_SNAP_NONE; i = nft_snapshot_chain(s, i)->next) {
		const struct nft_snap_chain *c = nft_snapshot_chain(s, i);

		if (c->table == table &&
		    is_called(s, c->name, c->name_len, name, len))
			break;
	}
	return i;
}

uint32_t nft_snapshot_find_rule(const struct nft_snapshot *s, uint32_t table,
				uint64_t handle)
{
	uint32_t i = shm_bucket(s, s->rule_hash_at, s->hash_mask,
				hash_mix(table, handle));

	for (; i != NFT_SNAP_NONE; i = nft_snapshot_rule(s, i)->next) {
		const struct nft_snap_rule *r = nft_snapshot_rule(s, i);

		if (r->handle == handle &&
		    nft_snapshot_chain(s, r->chain)->table == table)
			break;
	}
	return i;
}

const struct nft_snapshot *nft_snapshot_map(int fd, size_t size)
{
	const struct nft_snapshot *s;

	if (size < sizeof(*s))
		return NULL;
	s = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (s == MAP_FAILED)
		return NULL;
	if (s->size != size) {
		munmap((void *)s, size);
		return NULL;
	}
	return s;
}

void nft_snapshot_unmap(const struct nft_snapshot *s)
{
	if (s)
		munmap((void *)s, s->size);
}
