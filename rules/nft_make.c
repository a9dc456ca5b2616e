// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_make: makes a snapshot of nft's rules, in a helper child. */
#include "nft_make.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libnftnl/table.h>
#include <linux/netfilter.h>

#include "owner.h"

/* Somebody else may change rules while they are read: begin anew. */
enum { TRIES = 50, PAUSE_US = 2000 };

struct texts {
	char *list;
	char *save[NFPROTO_NUMPROTO];	/* by family; NULL: none */
};

struct job {
	const struct owner *own;
};

uint32_t nft_make_text(struct nft_maker *m, const char *bytes, size_t len)
{
	struct nft_snapshot *s = m->s;
	uint64_t here = s->heap_size;

	/* A NUL behind each, for what is used as a string. */
	if (here + len + 1 > m->heap_end || here + len + 1 > UINT32_MAX) {
		m->failed = true;
		return 0;
	}
	memcpy(m->base + s->heap_at + here, bytes, len);
	s->heap_size += len + 1;
	return (uint32_t)here;
}

static uint64_t round_up(uint64_t n)
{
	return (n + 63) / 64 * 64;
}

/* Bounds for every array; what is not touched costs nothing. */
static uint64_t plan_layout(struct nft_snapshot *s, const struct nft_dump *d)
{
	uint64_t at = round_up(sizeof(*s));
	uint32_t mask = 63;

	s->generation = d->generation;
	s->tables = d->tables.count;
	s->chains = d->chains.count;
	s->rules = d->rules.count;
	while (mask < s->rules || mask < s->chains)
		mask = mask * 2 + 1;
	s->hash_mask = mask;
	s->table_hash_at = at;
	s->chain_hash_at = at + (mask + 1ull) * sizeof(uint32_t);
	s->rule_hash_at = at + (mask + 1ull) * 2 * sizeof(uint32_t);
	at = round_up(at + (mask + 1ull) * 3 * sizeof(uint32_t));
	s->table_at = at;
	at = round_up(at + s->tables * sizeof(struct nft_snap_table));
	s->chain_at = at;
	at = round_up(at + s->chains * sizeof(struct nft_snap_chain));
	s->rule_at = at;
	return round_up(at + s->rules * sizeof(struct nft_snap_rule));
}

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static bool lay_out(struct nft_maker *m, struct helper_out *out,
		    const struct texts *texts)
{
	struct nft_snapshot plan = { .size = 0 };

	plan.heap_at = plan_layout(&plan, &m->dump);
	/* Each text once more for its NUL; names; targets; policies. */
	m->heap_end = 2 * (length(texts->list) +
			   length(texts->save[NFPROTO_IPV4]) +
			   length(texts->save[NFPROTO_IPV6])) +
		(plan.tables + plan.chains * 4ull) * 256 + plan.rules * 64ull +
		4096;
	m->base = helper_reserve(out, plan.heap_at + m->heap_end);
	m->object = calloc(plan.rules + 1ul, sizeof(*m->object));
	if (!m->base || !m->object)
		return false;
	m->s = (struct nft_snapshot *)m->base;
	*m->s = plan;
	memset(m->base + plan.table_hash_at, 0xff,
	       plan.table_at - plan.table_hash_at);
	m->table = (struct nft_snap_table *)(m->base + plan.table_at);
	m->chain = (struct nft_snap_chain *)(m->base + plan.chain_at);
	m->rule = (struct nft_snap_rule *)(m->base + plan.rule_at);
	nft_make_text(m, "", 0);
	return true;
}

static int assemble(struct nft_maker *m, struct helper_out *out,
		    const struct texts *texts, const struct owner *own)
{
	int err;

	if (!lay_out(m, out, texts))
		return -ENOMEM;
	err = nft_fill(m, own);
	if (err)
		return err;
	if (texts->list)
		nft_list_fill(m, texts->list);
	for (uint8_t i = 0; i < NFPROTO_NUMPROTO; i++)
		if (texts->save[i])
			nft_save_fill(m, i, texts->save[i]);
	nft_fill_judge(m);
	out->used = m->s->heap_at + m->s->heap_size;
	m->s->size = out->used;
	return m->failed ? -EOVERFLOW : 0;
}

static bool wants_save(const struct nft_dump *d, uint32_t nfproto)
{
	for (uint32_t i = 0; i < d->tables.count; i++) {
		const struct nftnl_table *t = d->tables.item[i];

		if (nftnl_table_get_u32(t, NFTNL_TABLE_FAMILY) == nfproto &&
		    nft_fill_may_be_iptables(nfproto,
				    nftnl_table_get_str(t, NFTNL_TABLE_NAME)))
			return true;
	}
	return false;
}

static void release(struct nft_maker *m, struct texts *texts)
{
	free(texts->list);
	for (unsigned int i = 0; i < NFPROTO_NUMPROTO; i++)
		free(texts->save[i]);
	free(m->object);
	nft_dump_release(&m->dump);
	memset(texts, 0, sizeof(*texts));
}

/* Everything that is printed, and the objects, of one generation. */
static int gather(struct nft_maker *m, struct texts *texts)
{
	static const uint8_t saved[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	uint32_t generation;
	int err = nft_dump_read(&m->dump);

	if (err || m->dump.tables.count == 0)
		return err;
	/* Without it, and its reason said, rules go without their text. */
	texts->list = nft_list_read();
	for (size_t i = 0; i < 2; i++)
		if (wants_save(&m->dump, saved[i]))
			texts->save[saved[i]] = nft_save_read(saved[i]);
	err = nft_generation(&generation);
	return err ? err : generation == m->dump.generation ? 0 : -EINTR;
}

/* Exit status of the child: 0, or the errno. */
static int make(const void *arg, struct helper_out *out)
{
	const struct job *job = arg;
	int err = -EINTR;

	for (unsigned int tries = 0; tries < TRIES && err == -EINTR; tries++) {
		struct nft_maker m = { .failed = false };
		struct texts texts = { .list = NULL };

		if (tries)
			usleep(PAUSE_US * tries);
		err = gather(&m, &texts);
		if (!err)
			err = assemble(&m, out, &texts, job->own);
		release(&m, &texts);
	}
	if (err == -EINTR)
		err = -EAGAIN;
	return -err < 98 ? -err : EIO;
}

int nft_snapshot_start(struct helper *h, const struct owner *own)
{
	struct job job = { .own = own };

	return helper_start(h, make, &job);
}

int nft_snapshot_finish(struct helper *h, struct helper_result *res,
			const struct nft_snapshot **snap, int *fd)
{
	int kept, err = helper_finish_fd(h, -1, res, &kept);

	*snap = NULL;
	if (fd)
		*fd = -1;
	if (err)
		return err;
	if (res->status == 0 && res->data) {
		*snap = res->data;
		if (fd)
			*fd = kept;
		else
			close(kept);
		return 0;
	}
	close(kept);
	return res->status > 0 && res->status < 98 ? -res->status : -EIO;
}
