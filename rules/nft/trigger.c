// SPDX-License-Identifier: GPL-2.0-or-later
/* trigger: a run's own nft tables, which turn tracing on; gone with their socket. */
#include "rules/nft/trigger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "rules/base/testpoint.h"
#include "rules/nft/batch.h"
#include "rules/nft/trigger_table.h"

enum {
	REFUSALS = 64,			/* looked at after one commit */
	TRIGGER_TRIES = 64,
};

/* The tables' owner: one socket a process, the keeper's. */
static struct mnl_socket *holder;

/* What the kernel says of a rule that it will not have there. */
static bool is_refusal(int error)
{
	return error == -EINVAL || error == -EOPNOTSUPP || error == -ENOENT ||
	       error == -EPROTONOSUPPORT;
}

/* Without an owner anybody may take the table away, and with it what its silence means. */
static void disown(struct nft_trigger_table *b)
{
	b->owned = false;
	b->witness = 0;
}

/* Is the refusal of something that the table can do without?  Then it does. */
static bool do_without(struct nft_trigger_table *b, const struct nft_refusal *no)
{
	if (!is_refusal(no->error))
		return false;
	if (no->message == 0 && b->owned)
		disown(b);
	else if (b->timed && no->message - b->deadline_at < 2)
		b->timed = false;
	else if (no->message >= b->witness_at &&
		 no->message < b->witness_end)
		b->witness = 0;
	else
		return false;
	return true;
}

/* Return: 0: try again without what was refused; or the -errno to give up with. */
static int learn(struct nft_trigger_table *b, const struct nft_refusal *refusal,
		 uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		const struct nft_refusal *no = &refusal[n];
		struct trace_rule *r;

		if (do_without(b, no))
			return 0;
		if (no->message == 0 && no->error == -EOPNOTSUPP)
			return -EAFNOSUPPORT;
		if (b->rule[no->message] < 0 || !is_refusal(no->error))
			return no->error;
		r = &b->set->rules->rule[b->rule[no->message]];
		r->refused |= b->chain[no->message];
		if (r->refused == r->chains)
			return -EINVAL;
	}
	return 0;
}

static int build_once(struct nft_trigger_table *b, struct nft_refusal *refusal,
		      uint32_t *count)
{
	int err = nft_trigger_table_fill(b);

	TESTPOINT("nft-before-commit");
	return err ? err : nft_batch_send(b->b, holder, refusal, REFUSALS,
					  count);
}

static bool is_of_use(const struct nft_trigger_table *b)
{
	return b->witness || !b->set->optional;
}

static int build_until_taken(struct nft_trigger_table *b)
{
	struct nft_refusal refusal[REFUSALS];
	uint32_t count = 0;
	int err = -EINVAL, why = 0;

	for (unsigned int n = 0; n < TRIGGER_TRIES && err == -EINVAL && !why; n++) {
		if (!is_of_use(b))
			return -EOPNOTSUPP;
		err = build_once(b, refusal, &count);
		if (err == -EINVAL && count)
			why = learn(b, refusal, count);
		nft_batch_free(b->b);
	}
	return why ? why : err;
}

int nft_trigger_install(const struct family *f,
			const struct nft_trigger_set *set,
			const struct owner *owner, uint8_t *witness)
{
	struct nft_trigger_table b = {
		.f = f, .set = set, .owned = true, .timed = true,
		.witness = set->witness,
	};
	/* Each rule twice in each chain; table, chains, sets, replies; witnesses. */
	size_t messages = (set->key_only ? 0 : set->rules->count * 4ul) + 16 +
			  NFT_TRIGGER_WITNESSES;
	int err;

	*witness = 0;
	if (!holder)
		holder = nft_socket_open();
	if (!holder)
		return -errno;
	owner_format_name(owner, b.table);
	b.rule = malloc(messages * sizeof(*b.rule));
	b.chain = calloc(messages, sizeof(*b.chain));
	err = b.rule && b.chain ? 0 : -ENOMEM;
	if (!err && !set->key_only) {
		for (unsigned int i = 0; i < set->rules->count; i++)
			set->rules->rule[i].refused = 0;
		nft_trigger_table_look(&b);
	}
	if (!err) {
		memset(b.rule, 0xff, messages * sizeof(*b.rule));
		err = build_until_taken(&b);
	}
	TESTPOINT("nft-after-commit");
	free(b.rule);
	free(b.chain);
	*witness = err ? 0 : b.witness;
	return err ? err : (int)b.rules;
}

/* @refused: set to the -errno that a table is refused with, or 0; returns the probe's own. */
static int probe(const struct family *f, bool owned, struct mnl_socket *nl, int *refused)
{
	struct nft_trigger_table b = {
		.f = f, .table = "nftrace_probe", .owned = owned,
	};
	struct nft_refusal refusal[2];
	uint32_t count = 0;
	int err;

	*refused = 0;
	err = nft_trigger_table_probe(&b);
	if (!err)
		err = nft_batch_send(b.b, nl, refusal, 2, &count);
	nft_batch_free(b.b);
	if (err != -EINVAL || !count)
		return err ? err : -EIO;
	for (uint32_t i = 0; i < count; i++)
		if (refusal[i].message == 0)
			*refused = refusal[i].error;
	return 0;
}

int nft_trigger_owns(const struct family *f)
{
	struct mnl_socket *nl = nft_socket_open();
	int err, owned, plain = 0;

	if (!nl)
		return -errno;
	err = probe(f, true, nl, &owned);
	if (!err && is_refusal(owned))
		err = probe(f, false, nl, &plain);
	mnl_socket_close(nl);
	if (err || !owned)
		return err;
	if (plain)
		return is_refusal(plain) ? -EAFNOSUPPORT : plain;
	return is_refusal(owned) ? -EOPNOTSUPP : owned;
}

struct mnl_socket *nft_trigger_socket(void)
{
	return holder;
}

void nft_trigger_release(void)
{
	if (holder)
		mnl_socket_close(holder);
	holder = NULL;
}
