// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_snapshot_tool: prints a snapshot of nft's rules, one a line, for scripts. */
#include <stdio.h>
#include <string.h>

#include "rules/nft/snapshot.h"

#include "rules/nft/make.h"

/*
 * FAMILY TABLE CHAIN HANDLE FORM DOES TEXT, with blanks between; FORM is i
 * (iptables' words), n (nft's) or - (no text).  Policies have handle 0.
 */
static void print_chain(const struct nft_snapshot *s, uint32_t i)
{
	const struct nft_snap_chain *c = nft_snapshot_chain(s, i);
	const struct nft_snap_table *t = nft_snapshot_table(s, c->table);
	const char *family = nft_snapshot_family(t->nfproto);
	const char *table = nft_snapshot_text(s, t->name);
	const char *chain = nft_snapshot_text(s, c->name);

	if (c->policy_len)
		printf("%s %s %s 0 p 0 %.*s\n", family, table, chain,
		       (int)c->policy_len,
		       nft_snapshot_text(s, c->policy_text));
	for (uint32_t n = c->first; n < c->first + c->count; n++) {
		const struct nft_snap_rule *r = nft_snapshot_rule(s, n);

		printf("%s %s %s %llu %c %x %.*s\n", family, table, chain,
		       (unsigned long long)r->handle,
		       !r->len ? '-' : r->iptables ? 'i' : 'n', r->does,
		       (int)r->len, nft_snapshot_text(s, r->text));
	}
}

/* Everything is found again by its name or handle. */
static int check_lookups(const struct nft_snapshot *s)
{
	for (uint32_t i = 0; i < s->tables; i++) {
		const struct nft_snap_table *t = nft_snapshot_table(s, i);

		if (nft_snapshot_find_table(s, t->nfproto,
					    nft_snapshot_text(s, t->name),
					    t->name_len) != i)
			return 1;
	}
	for (uint32_t i = 0; i < s->chains; i++) {
		const struct nft_snap_chain *c = nft_snapshot_chain(s, i);

		if (nft_snapshot_find_chain(s, c->table,
					    nft_snapshot_text(s, c->name),
					    c->name_len) != i)
			return 1;
	}
	for (uint32_t i = 0; i < s->rules; i++) {
		const struct nft_snap_rule *r = nft_snapshot_rule(s, i);

		if (nft_snapshot_find_rule(
			    s, nft_snapshot_chain(s, r->chain)->table,
			    r->handle) != i)
			return 1;
	}
	return nft_snapshot_find_table(s, 2, "no such", 7) != NFT_SNAP_NONE ||
	       nft_snapshot_find_chain(s, 0, "no such", 7) != NFT_SNAP_NONE ||
	       nft_snapshot_find_rule(s, 0, 1u << 30) != NFT_SNAP_NONE;
}

int main(void)
{
	const struct nft_snapshot *s, *again;
	struct helper_result res;
	struct helper h;
	int fd, err = nft_snapshot_start(&h, NULL);

	if (!err)
		err = nft_snapshot_finish(&h, &res, &s, &fd);
	if (err) {
		fprintf(stderr, "error %d: %s\n", -err, strerror(-err));
		return 1;
	}
	again = nft_snapshot_map(fd, res.len);
	if (!again || nft_snapshot_map(fd, res.len - 1) ||
	    check_lookups(again)) {
		fprintf(stderr, "the snapshot's lookups do not hold\n");
		return 1;
	}
	for (uint32_t i = 0; i < s->tables; i++)
		printf("table %s %s flags %x rules %u\n",
		       nft_snapshot_family(nft_snapshot_table(s, i)->nfproto),
		       nft_snapshot_text(s, nft_snapshot_table(s, i)->name),
		       nft_snapshot_table(s, i)->flags,
		       nft_snapshot_table(s, i)->rules);
	for (uint32_t i = 0; i < s->chains; i++)
		print_chain(s, i);
	nft_snapshot_unmap(again);
	helper_release(&res);
	return 0;
}
