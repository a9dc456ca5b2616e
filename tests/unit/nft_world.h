/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_world: rules of nft at some generation, made from a text; for unit tests. */
#ifndef TESTS_NFT_WORLD_H
#define TESTS_NFT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "capture/nft_update.h"
#include "rules/base/hash.h"
#include "rules/base/shm.h"
#include "rules/nft/snapshot.h"

enum { WORLD_TABLES = 4, WORLD_CHAINS = 8, WORLD_RULES = 16, WORLD_HASH = 8 };

/* A snapshot's parts at fixed places. */
struct world_snapshot {
	struct nft_snapshot s;
	struct nft_snap_table table[WORLD_TABLES];
	struct nft_snap_chain chain[WORLD_CHAINS];
	struct nft_snap_rule rule[WORLD_RULES];
	uint32_t table_hash[WORLD_HASH], chain_hash[WORLD_HASH];
	uint32_t rule_hash[WORLD_HASH];
	uint32_t heap_len;
	char heap[1024];
};

static uint32_t world_text(struct world_snapshot *w, const char *text)
{
	uint32_t at = w->heap_len;

	assert_true(at + strlen(text) < sizeof(w->heap));
	strcpy(w->heap + at, text);
	w->heap_len += (uint32_t)strlen(text) + 1;
	return at;
}

static uint32_t world_table(struct world_snapshot *w, const char *name)
{
	uint32_t i = nft_snapshot_find_table(&w->s, NFPROTO_IPV4, name,
					     strlen(name));
	struct nft_snap_table *t;

	if (i != NFT_SNAP_NONE)
		return i;
	i = w->s.tables++;
	assert_true(i < WORLD_TABLES);
	t = &w->table[i];
	t->name = world_text(w, name);
	t->name_len = (uint32_t)strlen(name);
	t->nfproto = NFPROTO_IPV4;
	t->first_chain = w->s.chains;
	t->flags = strcmp(name, "own") == 0 ? NFT_SNAP_OWN : 0;
	shm_link(w->table_hash, WORLD_HASH - 1,
		 hash_name(NFPROTO_IPV4, name, strlen(name)), i, &t->next);
	return i;
}

/* "NAME" or "NAME@HANDLE" */
static uint32_t world_chain(struct world_snapshot *w, uint32_t table,
			    char *name)
{
	char *at = strchr(name, '@');
	struct nft_snap_chain *c;
	uint32_t i;

	if (at)
		*at = '\0';
	i = nft_snapshot_find_chain(&w->s, table, name, strlen(name));
	if (i != NFT_SNAP_NONE)
		return i;
	i = w->s.chains++;
	assert_true(i < WORLD_CHAINS);
	c = &w->chain[i];
	*c = (struct nft_snap_chain){
		.handle = at ? strtoul(at + 1, NULL, 10) : 100 + i,
		.name = world_text(w, name), .name_len = (uint32_t)strlen(name),
		.table = table, .first = w->s.rules, .hook = NFT_SNAP_NO_HOOK,
	};
	w->table[table].chains++;
	shm_link(w->chain_hash, WORLD_HASH - 1,
		 hash_name(table, name, strlen(name)), i, &c->next);
	return i;
}

static void world_policy(struct world_snapshot *w, uint32_t chain,
			 const char *verdict)
{
	struct nft_snap_chain *c = &w->chain[chain];

	c->hook = NF_INET_FORWARD;
	c->policy = strcmp(verdict, "drop") == 0 ? NF_DROP : NF_ACCEPT;
	c->policy_text = world_text(w, verdict);
	c->policy_len = (uint32_t)strlen(verdict);
}

static void world_rule(struct world_snapshot *w, uint32_t chain,
		       uint64_t handle, const char *text)
{
	uint32_t i = w->s.rules++;
	struct nft_snap_rule *r = &w->rule[i];
	struct nft_snap_chain *c = &w->chain[chain];

	assert_true(i < WORLD_RULES && c->first + c->count == i);
	c->count++;
	*r = (struct nft_snap_rule){
		.handle = handle, .chain = chain, .text = world_text(w, text),
		.len = (uint32_t)strlen(text), .to = NFT_SNAP_NONE,
		.iptables = text[0] == '-',
	};
	if (strncmp(text, "jump-", 5) == 0) {
		r->verdict = NFT_SNAP_JUMP;
		r->to = nft_snapshot_find_chain(&w->s, c->table, text + 5,
						strlen(text + 5));
	}
	shm_link(w->rule_hash, WORLD_HASH - 1, hash_mix(c->table, handle), i,
		 &r->next);
}

/* TABLE CHAIN[@HANDLE], and behind it "policy VERDICT" or "HANDLE TEXT" */
static void world_line(struct world_snapshot *w, char *line)
{
	char table[16], chain[16], word[16], text[16];
	int n = sscanf(line, "%15s %15s %15s %15s", table, chain, word, text);
	uint32_t c;

	assert_true(n == 2 || n == 4);
	c = world_chain(w, world_table(w, table), chain);
	if (n == 4 && strcmp(word, "policy") == 0)
		world_policy(w, c, text);
	else if (n == 4)
		world_rule(w, c, strtoul(word, NULL, 10), text);
}

static void world_fill(struct world_snapshot *w, const char *rules,
		       uint32_t generation, size_t size)
{
	char copy[512], *save, *line;

	memset(w, 0, sizeof(*w));
	memset(w->table_hash, 0xff, sizeof(w->table_hash));
	memset(w->chain_hash, 0xff, sizeof(w->chain_hash));
	memset(w->rule_hash, 0xff, sizeof(w->rule_hash));
	w->s = (struct nft_snapshot){
		.size = size, .generation = generation,
		.hash_mask = WORLD_HASH - 1,
		.table_at = offsetof(struct world_snapshot, table),
		.chain_at = offsetof(struct world_snapshot, chain),
		.rule_at = offsetof(struct world_snapshot, rule),
		.heap_at = offsetof(struct world_snapshot, heap),
		.heap_size = sizeof(w->heap),
		.table_hash_at = offsetof(struct world_snapshot, table_hash),
		.chain_hash_at = offsetof(struct world_snapshot, chain_hash),
		.rule_hash_at = offsetof(struct world_snapshot, rule_hash),
	};
	assert_true(strlen(rules) < sizeof(copy));
	strcpy(copy, rules);
	for (line = strtok_r(copy, ";", &save); line;
	     line = strtok_r(NULL, ";", &save))
		world_line(w, line);
}

/*
 * world_file - @rules as they were read at @generation, in a memfd
 * @rules: lines, ";" between them: "TABLE CHAIN" or "TABLE CHAIN HANDLE TEXT"
 * or "TABLE CHAIN policy VERDICT"; a chain's one behind the other.  Table "own"
 * is the run's; the text "jump-CHAIN" jumps to a chain named before, one that
 * begins with "-" is of iptables-nft.
 * @size: in: bytes at least; out: bytes
 */
static int world_file(const char *rules, uint32_t generation, size_t *size)
{
	int fd = memfd_create("world", MFD_CLOEXEC);
	struct world_snapshot *w;

	if (*size < sizeof(*w))
		*size = sizeof(*w);
	assert_true(fd >= 0 && ftruncate(fd, (off_t)*size) == 0);
	w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(w != MAP_FAILED);
	world_fill(w, rules, generation, *size);
	munmap(w, sizeof(*w));
	return fd;
}

/* world_read - the same, mapped: nft_snapshot_unmap() it */
static const struct nft_snapshot *world_read(const char *rules,
					     uint32_t generation, size_t size)
{
	int fd = world_file(rules, generation, &size);
	const struct nft_snapshot *s = nft_snapshot_map(fd, size);

	close(fd);
	assert_non_null(s);
	return s;
}

/* What an event or a message names: texts that @names points into. */
struct world_names {
	char text[64];
	struct event_name table, chain;
	uint64_t handle;
};

static struct event_name world_name(char *word)
{
	return (struct event_name){ word ? word : "",
				    word ? (uint32_t)strlen(word) : 0 };
}

/* "TABLE CHAIN [HANDLE]" */
static void world_names(struct world_names *n, const char *what)
{
	char *save, *handle;

	assert_true(strlen(what) < sizeof(n->text));
	strcpy(n->text, what);
	n->table = world_name(strtok_r(n->text, " ", &save));
	n->chain = world_name(strtok_r(NULL, " ", &save));
	handle = strtok_r(NULL, " ", &save);
	n->handle = handle ? strtoul(handle, NULL, 10) : 0;
}

/* world_event - of a rule, or with no handle of a policy to accept */
static void world_event(struct event *e, struct event_nft *nft,
			const struct world_names *n)
{
	memset(e, 0, sizeof(*e));
	memset(nft, 0, sizeof(*nft));
	e->backend = EVENT_NFT;
	e->nfproto = NFPROTO_IPV4;
	e->hook = EVENT_NO_HOOK;
	e->flags = EVENT_NO_HEADERS;
	e->nft = nft;
	e->payload = nft->packet;
	nft->family = NFPROTO_IPV4;
	nft->type = n->handle ? NFT_TRACETYPE_RULE : NFT_TRACETYPE_POLICY;
	nft->verdict = n->handle ? NFT_CONTINUE : 0;
	nft->policy = n->handle ? 0 : NF_ACCEPT;
	nft->handle = n->handle;
	nft->table = n->table;
	nft->chain = n->chain;
	nft->jump.text = "";
}

/* world_update - what the kernel tells of what transaction @generation did */
__attribute__((unused))
static void world_update(struct nft_update *c, uint8_t kind,
			 uint32_t generation, const struct world_names *n)
{
	*c = (struct nft_update){
		.kind = kind, .family = NFPROTO_IPV4,
		.serial = (uint16_t)generation, .handle = n->handle,
		.table = n->table, .chain = n->chain,
	};
	if (kind == NFT_UPDATE_GENERATION)
		c->generation = generation;
}

#endif
