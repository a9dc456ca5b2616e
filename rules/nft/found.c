// SPDX-License-Identifier: GPL-2.0-or-later
/* found: nftrace's own nft tables that are there: of this run, living runs, dead ones. */
#include "rules/nft/found.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "rules/base/testpoint.h"
#include "rules/nft/batch.h"
#include "rules/nft/dump.h"
#include "rules/nft/snapshot.h"
#include "rules/nft/trigger.h"
#include "rules/nft/trigger_table.h"

static int add_packets(struct nftnl_expr *x, void *arg)
{
	struct trace_removed *done = arg;

	if (strcmp(nftnl_expr_get_str(x, NFTNL_EXPR_NAME), "counter") == 0) {
		done->packets += nftnl_expr_get_u64(x, NFTNL_EXPR_CTR_PACKETS);
		done->rules++;
	}
	return 0;
}

/* Rules that trace packets have a counter, and no others. */
static void count_rules(const struct nft_dump *d, const struct family *f,
			const char *table, struct trace_removed *done)
{
	for (uint32_t i = 0; i < d->rules.count; i++) {
		struct nftnl_rule *r = d->rules.item[i];

		if (nftnl_rule_get_u32(r, NFTNL_RULE_FAMILY) == f->nfproto &&
		    strcmp(nftnl_rule_get_str(r, NFTNL_RULE_TABLE),
			   table) == 0)
			nftnl_expr_foreach(r, add_packets, done);
	}
}

static void count_echo(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_rule *r;

	if ((nlh->nlmsg_type & 0xff) != NFT_MSG_DELRULE)
		return;
	r = nftnl_rule_alloc();
	if (!r)
		return;
	if (nftnl_rule_nlmsg_parse(nlh, r) == 0)
		nftnl_expr_foreach(r, add_packets, arg);
	nftnl_rule_free(r);
}

/* @last: what its rules had counted when no packet could meet them any more */
static int delete_table(struct mnl_socket *nl, const struct family *f,
			const char *name, struct trace_removed *last)
{
	struct nftnl_table *t = nftnl_table_alloc();
	struct nft_batch *b = nft_batch_new();
	struct nft_refusal refusal;
	uint32_t count;
	int err = -ENOMEM;

	if (t && b) {
		nftnl_table_set_str(t, NFTNL_TABLE_NAME, name);
		nftnl_table_nlmsg_build_payload(
			nft_batch_next(b, NFT_MSG_DELTABLE, f->nfproto,
				       NLM_F_ECHO), t);
		nft_batch_listen(b, count_echo, last);
		err = nft_batch_send(b, nl, &refusal, 1, &count);
		if (err == -EINVAL && count)
			err = refusal.error;
	}
	nft_batch_free(b);
	if (t)
		nftnl_table_free(t);
	return err == -ENOENT ? 0 : err;
}

static bool find_found_table(const struct nft_dump *d, const struct family *f,
			     const struct owner *owner, char name[OWNER_TEXT])
{
	struct owner o;

	for (uint32_t i = 0; i < d->tables.count; i++) {
		const struct nftnl_table *t = d->tables.item[i];
		const char *text = nftnl_table_get_str(t, NFTNL_TABLE_NAME);

		if (nftnl_table_get_u32(t, NFTNL_TABLE_FAMILY) != f->nfproto ||
		    !owner_parse_name(&o, text) || !owner_same_run(&o, owner))
			continue;
		snprintf(name, OWNER_TEXT, "%s", text);
		return true;
	}
	return false;
}

bool nft_trigger_present(const struct family *f, const struct owner *owner,
			 char name[OWNER_TEXT])
{
	char unused[OWNER_TEXT];
	struct nft_dump d;
	bool there = nft_dump_tables(&d) == 0;

	there = there && find_found_table(&d, f, owner, name ? name : unused);
	nft_dump_release(&d);
	return there;
}

static int find_trace(struct nftnl_expr *x, void *arg)
{
	unsigned int *tracing = arg;

	if (strcmp(nftnl_expr_get_str(x, NFTNL_EXPR_NAME), "meta") == 0 &&
	    nftnl_expr_is_set(x, NFTNL_EXPR_META_SREG) &&
	    nftnl_expr_get_u32(x, NFTNL_EXPR_META_KEY) == NFT_META_NFTRACE)
		++*tracing;
	return 0;
}

static bool is_dormant(const struct nft_dump *d, const struct family *f,
		       const char *name)
{
	for (uint32_t i = 0; i < d->tables.count; i++) {
		const struct nftnl_table *t = d->tables.item[i];

		if (nftnl_table_get_u32(t, NFTNL_TABLE_FAMILY) == f->nfproto &&
		    strcmp(nftnl_table_get_str(t, NFTNL_TABLE_NAME),
			   name) == 0)
			return nftnl_table_get_u32(t, NFTNL_TABLE_FLAGS) &
			       NFT_TABLE_F_DORMANT;
	}
	return false;
}

int nft_trigger_tracing(const struct family *f, const struct owner *owner)
{
	unsigned int tracing = 0;
	char name[OWNER_TEXT];
	struct nft_dump d;
	int err;

	if (!nft_trigger_present(f, owner, name))
		return 0;
	err = nft_dump_table(&d, f->nfproto, name);
	for (uint32_t i = 0; i < d.rules.count && !is_dormant(&d, f, name); i++)
		nftnl_expr_foreach(d.rules.item[i], find_trace, &tracing);
	nft_dump_release(&d);
	return err ? err : (int)tracing;
}

/* @deadline_ms: 0: the rules of the table match nothing more from here on */
static int set_deadline(struct mnl_socket *nl, const struct family *f,
			const char *name, uint64_t deadline_ms)
{
	const struct nft_trigger_set set = { .deadline_ms = deadline_ms };
	struct nft_trigger_table b = { .f = f, .set = &set };
	struct nft_refusal refusal;
	uint32_t count = 0;
	int err;

	snprintf(b.table, sizeof(b.table), "%s", name);
	err = nft_trigger_table_renew(&b);
	if (!err)
		err = nft_batch_send(b.b, nl, &refusal, 1, &count);
	nft_batch_free(b.b);
	if (err == -EINVAL && count)
		err = refusal.error;
	return err == -ENOENT ? 0 : err;
}

int nft_trigger_renew(const struct family *f, const struct owner *owner,
		      uint64_t deadline_ms)
{
	struct mnl_socket *held = nft_trigger_socket();
	char name[OWNER_TEXT];

	return held && nft_trigger_present(f, owner, name) ?
	       set_deadline(held, f, name, deadline_ms) : 0;
}

/* The counters are told with the rules' end, when a CPU may still be in them. */
static int delete_settled(struct mnl_socket *nl, const struct family *f,
			  const char *name, struct trace_removed *last)
{
	if (set_deadline(nl, f, name, 0) == 0)
		nft_batch_settle();
	TESTPOINT("nft-before-removal");
	return delete_table(nl, f, name, last);
}

static int remove_table(const struct family *f, const char *name,
			struct trace_removed *done)
{
	struct trace_removed d = { 0 }, last = { 0 };
	struct mnl_socket *held = nft_trigger_socket(), *nl = held;
	struct nft_dump dump;
	int err;

	err = nft_dump_table(&dump, f->nfproto, name);
	if (!err) {
		count_rules(&dump, f, name, &d);
		if (!nl)
			nl = nft_socket_open();
		err = nl ? delete_settled(nl, f, name, &last) : -errno;
		if (nl && nl != held)
			mnl_socket_close(nl);
	}
	nft_dump_release(&dump);
	/* Packets were traced after the dump; but not every echo need arrive. */
	if (done && !err)
		*done = last.rules == d.rules ? last : d;
	return err;
}

int nft_trigger_remove(const struct family *f, const struct owner *owner,
		       struct trace_removed *done)
{
	char name[OWNER_TEXT];

	return nft_trigger_present(f, owner, name) ?
	       remove_table(f, name, done) : 0;
}

/* Return: is this the table of a run, and may it be removed? */
static bool read_stale(const struct nftnl_table *t, const struct family *f,
		       struct trace_stale *stale)
{
	memset(stale, 0, sizeof(*stale));
	if (nftnl_table_get_u32(t, NFTNL_TABLE_FAMILY) != f->nfproto ||
	    !owner_parse_name(&stale->owner,
			      nftnl_table_get_str(t, NFTNL_TABLE_NAME)))
		return false;
	stale->rules = nftnl_table_get_u32(t, NFTNL_TABLE_USE);
	stale->life = life_of(&stale->owner, time(NULL));
	if (nftnl_table_get_u32(t, NFTNL_TABLE_FLAGS) & NFT_TABLE_F_OWNER)
		stale->life = LIFE_GOES_ON;
	return true;
}

int nft_trigger_sweep(const struct family *f, unsigned int how,
		      struct trace_stale *stale, unsigned int max)
{
	unsigned int count = 0;
	struct nft_dump d;
	int err = nft_dump_tables(&d);

	for (uint32_t i = 0; i < d.tables.count && !err && count < max; i++) {
		if (!read_stale(d.tables.item[i], f, &stale[count]))
			continue;
		if (stale[count].life == LIFE_OVER && !(how & SWEEP_DRY))
			err = nft_trigger_remove(f, &stale[count].owner, NULL);
		count++;
	}
	nft_dump_release(&d);
	/* Without nf_tables there is nothing of it. */
	return err == -EOPNOTSUPP ? 0 : err ? err : (int)count;
}

int nft_trigger_tables(unsigned int count[FAMILY_COUNT], unsigned int *link)
{
	struct nft_dump d;
	struct owner o;
	int err = nft_dump_tables(&d);

	*link = 0;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		count[i] = 0;
	for (uint32_t i = 0; i < d.tables.count && !err; i++) {
		const struct nftnl_table *t = d.tables.item[i];
		uint32_t family = nftnl_table_get_u32(t, NFTNL_TABLE_FAMILY);

		if (owner_parse_name(&o, nftnl_table_get_str(t,
							NFTNL_TABLE_NAME)))
			continue;
		*link += nft_snapshot_is_link((uint8_t)family);
		for (unsigned int f = 0; f < FAMILY_COUNT; f++)
			count[f] += family == families[f]->nfproto ||
				family == NFPROTO_INET;
	}
	nft_dump_release(&d);
	return err;
}
