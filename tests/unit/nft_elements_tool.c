// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_elements_tool: the elements of a rule's verdict map: FAMILY TABLE CHAIN HANDLE. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "rules/base/helper.h"
#include "rules/base/units.h"
#include "rules/nft/elements.h"
#include "rules/nft/elements_read.h"
#include "rules/nft/snapshot.h"

static const char *verdict_word(int32_t verdict)
{
	switch (verdict) {
	case NF_ACCEPT:
		return "accept";
	case NF_DROP:
		return "drop";
	case NFT_CONTINUE:
		return "continue";
	case NFT_GOTO:
		return "goto ";
	case NFT_JUMP:
		return "jump ";
	case NFT_RETURN:
		return "return";
	}
	return "?";
}

static void print(const struct nft_elements *e)
{
	for (unsigned int p = 0; p < e->parts; p++)
		fprintf(stderr, "part %u: type %u, %u bytes at %u, field %u%s\n", p,
			e->part[p].type, e->part[p].len, e->part[p].at,
			e->part[p].field, e->part[p].swapped ? ", swapped" : "");
	for (uint32_t i = 0; i < e->count; i++) {
		const struct nft_element *x = nft_elements_at(e, i);

		printf("%s", nft_elements_text(e, x->words));
		if (x->comment)
			printf(" comment \"%s\"", nft_elements_text(e, x->comment));
		printf(" : %s%s\n", verdict_word(x->verdict),
		       nft_elements_text(e, x->chain));
	}
}

int main(int argc, char **argv)
{
	static const uint8_t families[] = { NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET };
	struct nft_rule_id id = { 0 };
	struct helper_result res;
	int fd, err;

	if (argc != 5)
		return 2;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (strcmp(nft_snapshot_family(families[i]), argv[1]) == 0)
			id.nfproto = families[i];
	snprintf(id.table, sizeof(id.table), "%s", argv[2]);
	snprintf(id.chain, sizeof(id.chain), "%s", argv[3]);
	id.handle = strtoull(argv[4], NULL, 10);
	err = nft_elements_read(&id, &res, &fd);
	if (err) {
		printf("error: %s\n", strerror(-err));
		return 1;
	}
	print(res.data);
	fprintf(stderr, "%zu bytes\n", res.len);
	close(fd);
	helper_release(&res);
	return 0;
}
