// SPDX-License-Identifier: GPL-2.0-or-later
/* make: makes a snapshot of nft's rules, in a helper child. */
#include "rules/nft/make.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libnftnl/table.h>
#include <linux/netfilter.h>

#include "rules/base/owner.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/nft/fill.h"
#include "rules/nft/list.h"
#include "rules/nft/save.h"
#include "rules/nft/words.h"

/* Somebody else may change rules while they are read: begin anew. */
enum { TRIES = 50, PAUSE_US = 2000 };

struct texts {
	char *list;
	char *save[NFPROTO_NUMPROTO];	/* by family; NULL: none */
	bool *listed;			/* by table */
	bool saved[FAMILY_COUNT];	/* iptables-nft-save is there, whatever came of it */
	struct nft_words words;
};

/* Bounds for every array; what is not touched costs nothing. */
static void plan_layout(struct nft_snapshot *s, const struct nft_dump *d)
{
	uint64_t end = sizeof(*s), buckets;

	s->generation = d->generation;
	s->tables = d->tables.count;
	s->chains = d->chains.count;
	s->rules = d->rules.count;
	s->hash_mask = shm_mask(s->rules > s->chains ? s->rules : s->chains);
	buckets = s->hash_mask + 1ull;
	s->table_hash_at = shm_array(&end, buckets, sizeof(uint32_t));
	s->chain_hash_at = shm_array(&end, buckets, sizeof(uint32_t));
	s->rule_hash_at = shm_array(&end, buckets, sizeof(uint32_t));
	s->table_at = shm_array(&end, s->tables, sizeof(struct nft_snap_table));
	s->chain_at = shm_array(&end, s->chains, sizeof(struct nft_snap_chain));
	s->rule_at = shm_array(&end, s->rules, sizeof(struct nft_snap_rule));
	s->heap_at = shm_array(&end, 0, 0);
}

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

/* A rule of nft's words has them once more, with some of xtables'. */
static size_t words_room(const struct texts *texts,
			 const struct nft_snapshot *plan)
{
	size_t room = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		room += texts->words.family[i].len;
	return room ? room + length(texts->list) + plan->rules * 256ull : 0;
}

static bool lay_out(struct nft_maker *m, struct helper_out *out,
		    const struct texts *texts)
{
	struct nft_snapshot plan = { .size = 0 };
	uint64_t room;

	plan_layout(&plan, &m->dump);
	/* Each text once more for its NUL; names; targets; policies. */
	room = 2 * (length(texts->list) + length(texts->save[NFPROTO_IPV4]) +
		    length(texts->save[NFPROTO_IPV6])) +
		(plan.tables * 2ull + plan.chains * 4ull) * 256 + plan.rules * 64ull +
		words_room(texts, &plan) + 4096;
	m->base = helper_reserve(out, plan.heap_at + room);
	free(m->object);
	m->object = calloc(plan.rules + 1ul, sizeof(*m->object));
	if (!m->base || !m->object)
		return false;
	helper_populate(m->base, plan.heap_at);
	m->s = (struct nft_snapshot *)m->base;
	*m->s = plan;
	shm_clear((uint32_t *)(m->base + plan.table_hash_at), plan.hash_mask);
	shm_clear((uint32_t *)(m->base + plan.chain_hash_at), plan.hash_mask);
	shm_clear((uint32_t *)(m->base + plan.rule_hash_at), plan.hash_mask);
	m->table = (struct nft_snap_table *)(m->base + plan.table_at);
	m->chain = (struct nft_snap_chain *)(m->base + plan.chain_at);
	m->rule = (struct nft_snap_rule *)(m->base + plan.rule_at);
	shm_heap_open(&m->heap, m->base + plan.heap_at, room, true);
	nft_fill_text(m, "", 0);
	return true;
}

static int assemble(struct nft_maker *m, struct helper_out *out,
		    const struct texts *texts, const struct owner *own)
{
	int err;

	if (!lay_out(m, out, texts))
		return -errno;
	err = nft_fill(m, own);
	if (err)
		return err;
	if (texts->list)
		nft_list_fill(m, texts->list);
	for (uint8_t i = 0; i < NFPROTO_NUMPROTO; i++)
		if (texts->save[i])
			nft_save_fill(m, i, texts->save[i]);
	nft_words_fill(m, &texts->words);
	nft_fill_judge(m);
	m->s->heap_size = m->heap.used;
	out->used = m->s->heap_at + m->s->heap_size;
	m->s->size = out->used;
	return m->heap.full ? -EOVERFLOW : 0;
}

static uint32_t family_of(const struct nft_dump *d, uint32_t table)
{
	return nftnl_table_get_u32(d->tables.item[table], NFTNL_TABLE_FAMILY);
}

static const char *name_of(const struct nft_dump *d, uint32_t table)
{
	return nftnl_table_get_str(d->tables.item[table], NFTNL_TABLE_NAME);
}

static bool wants_save(const struct nft_dump *d, uint32_t nfproto)
{
	for (uint32_t i = 0; i < d->tables.count; i++)
		if (family_of(d, i) == nfproto &&
		    nft_fill_may_be_iptables(nfproto, name_of(d, i)))
			return true;
	return false;
}

/* A name that stands for itself in nft's language. */
static bool is_plain(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return name[len] == '\0' && isalpha((unsigned char)name[0]);
}

/* @wanted: by table.  Return: malloc'ed; NULL: better all at once. */
static char *list_commands(const struct nft_dump *d, const bool *wanted)
{
	char *commands = NULL;
	uint32_t count = 0;
	size_t len;
	FILE *f = open_memstream(&commands, &len);

	for (uint32_t i = 0; f && i < d->tables.count; i++) {
		if (!wanted[i])
			continue;
		if (!is_plain(name_of(d, i)))
			count = d->tables.count;
		count++;
		fprintf(f, "list table %s %s\n",
			nft_snapshot_family((uint8_t)family_of(d, i)),
			name_of(d, i));
	}
	if (!f || fclose(f) != 0 || count >= d->tables.count) {
		free(commands);
		return NULL;
	}
	return commands;
}

/* Without it, and its reason said, rules go without their text. */
static void list(const struct nft_dump *d, struct texts *texts)
{
	char *commands = list_commands(d, texts->listed);

	free(texts->list);
	texts->list = nft_list_read(commands);
	free(commands);
}

/* What iptables-nft-save has no words for. */
static void list_others(const struct nft_dump *d, struct texts *texts)
{
	bool any = false;

	for (uint32_t i = 0; i < d->tables.count; i++) {
		uint32_t nfproto = family_of(d, i);

		texts->listed[i] = !texts->save[nfproto] ||
			!nft_fill_may_be_iptables(nfproto, name_of(d, i));
		any |= texts->listed[i];
	}
	if (any)
		list(d, texts);
}

static bool lacks_text(const struct nft_maker *m, const struct nft_snap_table *t)
{
	for (uint32_t c = 0; c < t->chains; c++) {
		const struct nft_snap_chain *chain =
			&m->chain[t->first_chain + c];

		if (chain->hook != NFT_SNAP_NO_HOOK && !chain->policy_len)
			return true;
		for (uint32_t r = 0; r < chain->count; r++)
			if (!m->rule[chain->first + r].len)
				return true;
	}
	return false;
}

/* Return: there are more tables to be listed, and they are. */
static bool list_rest(const struct nft_maker *m, struct texts *texts)
{
	bool any = false;

	for (uint32_t i = 0; i < m->s->tables; i++) {
		if (texts->listed[i] || !lacks_text(m, &m->table[i]))
			continue;
		texts->listed[i] = any = true;
	}
	if (any)
		list(&m->dump, texts);
	return any;
}

/* What is in iptables' words all the same, before nft's take their place. */
static bool complete(struct nft_maker *m, struct texts *texts)
{
	bool more;

	nft_words_read(&texts->words, m, texts->saved);
	more = list_rest(m, texts);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		more |= texts->words.family[i].data != NULL;
	return more;
}

static void release(struct nft_maker *m, struct texts *texts)
{
	free(texts->list);
	for (unsigned int i = 0; i < NFPROTO_NUMPROTO; i++)
		free(texts->save[i]);
	free(texts->listed);
	nft_words_release(&texts->words);
	free(m->object);
	nft_dump_release(&m->dump);
	memset(texts, 0, sizeof(*texts));
}

static const uint8_t saved[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
enum { SAVED = ARRAY_SIZE(saved) };

/* iptables-nft-save works meanwhile. */
static int read_beside(struct nft_maker *m, struct texts *texts,
		       const struct nft_dump *tables)
{
	struct nft_save save[SAVED];
	bool started[SAVED];
	int err;

	for (size_t i = 0; i < SAVED; i++)
		started[i] = wants_save(tables, saved[i]) &&
			nft_save_start(&save[i], saved[i]);
	err = nft_dump_read(&m->dump);
	TESTPOINT("before-texts");
	for (size_t i = 0; i < SAVED; i++)
		texts->saved[family_index_by_nfproto(saved[i])] = started[i];
	for (size_t i = 0; i < SAVED; i++)
		if (started[i])
			texts->save[saved[i]] = nft_save_finish(&save[i]);
	return err ? err : m->dump.generation == tables->generation ? 0
								    : -EINTR;
}

/* Everything that is printed, and the objects, of one generation. */
static int gather(struct nft_maker *m, struct texts *texts)
{
	struct nft_dump tables;
	int err;

	TESTPOINT("before-nft");
	err = nft_dump_tables(&tables);
	if (!err)
		err = read_beside(m, texts, &tables);
	nft_dump_release(&tables);
	if (err)
		return err;
	texts->listed = calloc(m->dump.tables.count + 1ul,
			       sizeof(*texts->listed));
	if (!texts->listed)
		return -ENOMEM;
	list_others(&m->dump, texts);
	return 0;
}

static int check_generation(const struct nft_maker *m)
{
	uint32_t generation;
	int err = nft_generation(&generation);

	return err ? err : generation == m->dump.generation ? 0 : -EINTR;
}

/* Exit status of the child: 0, or the errno. */
static int make(const void *arg, struct helper_out *out)
{
	const struct owner *const *own = arg;
	int err = -EINTR;

	for (unsigned int tries = 0; tries < TRIES && err == -EINTR; tries++) {
		struct nft_maker m = { .object = NULL };
		struct texts texts = { .list = NULL };

		if (tries)
			usleep(PAUSE_US * tries);
		err = gather(&m, &texts);
		if (!err)
			err = assemble(&m, out, &texts, *own);
		if (!err && complete(&m, &texts))
			err = assemble(&m, out, &texts, *own);
		if (!err)
			err = check_generation(&m);
		release(&m, &texts);
	}
	if (err == -EINTR)
		err = -EAGAIN;
	return helper_status(err);
}

int nft_snapshot_start(struct helper *h, const struct owner *own)
{
	return helper_start(h, make, &own);
}

int nft_snapshot_finish(struct helper *h, struct helper_result *res,
			const struct nft_snapshot **snap, int *fd)
{
	int err = helper_finish_data(h, res, fd);

	*snap = err ? NULL : res->data;
	return err;
}
