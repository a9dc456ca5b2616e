// SPDX-License-Identifier: GPL-2.0-or-later
/* complete_names: names of this network namespace, for a shell's completion. */
#include "supervisor/complete_names.h"

#include <ctype.h>
#include <dirent.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/chain.h>
#include <libnftnl/table.h>

#include "journey/fate.h"
#include "pod/pod.h"
#include "pod/search.h"
#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/legacy/snapshot.h"
#include "rules/legacy/snapshot_make.h"
#include "rules/legacy/table.h"
#include "rules/nft/dump.h"

void complete_names_fates(complete_names_fn *fn, void *arg)
{
	char word[16];

	for (unsigned int kind = 0; kind < FATE_COUNT; kind++) {
		snprintf(word, sizeof(word), "%s", fate_word(kind));
		for (char *c = word; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		fn(arg, word);
	}
}

void complete_names_interfaces(complete_names_fn *fn, void *arg)
{
	struct if_nameindex *all = if_nameindex();

	if (!all)
		return;
	for (const struct if_nameindex *i = all; i->if_index; i++)
		fn(arg, i->if_name);
	if_freenameindex(all);
}

void complete_names_netns(complete_names_fn *fn, void *arg)
{
	DIR *d = opendir("/run/netns");
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			fn(arg, e->d_name);
	closedir(d);
}

enum { SEARCH_MS = 5000 };

static void tell_found(bool container, complete_names_fn *fn, void *arg)
{
	struct pod_question q = { .container = container };
	struct helper_result res = { 0 };
	char *text, *save = NULL;

	if (helper_run(search_list, &q, SEARCH_MS, &res) < 0)
		return;
	text = res.data ? strndup(res.data, res.len) : NULL;
	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		fn(arg, line);
	free(text);
	helper_release(&res);
}

void complete_names_pods(complete_names_fn *fn, void *arg)
{
	tell_found(false, fn, arg);
}

void complete_names_containers(complete_names_fn *fn, void *arg)
{
	tell_found(true, fn, arg);
}

void complete_names_tables(complete_names_fn *fn, void *arg)
{
	struct table_names names;
	struct nft_dump d = { 0 };

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (table_names(families[i], &names) < 0)
			continue;
		for (unsigned int t = 0; t < names.count; t++)
			fn(arg, names.name[t]);
	}
	if (nft_dump_tables(&d) == 0)
		for (uint32_t i = 0; i < d.tables.count; i++)
			fn(arg, nftnl_table_get_str(d.tables.item[i],
						    NFTNL_TABLE_NAME));
	nft_dump_release(&d);
}

static void tell_legacy(const struct family *f, complete_names_fn *fn, void *arg)
{
	struct helper h;
	struct helper_result res = { 0 };
	const struct snapshot *s;

	if (snapshot_start(&h, f, NULL, SNAP_DIGESTS) < 0)
		return;
	if (snapshot_finish(&h, &res, &s, NULL) == 0)
		for (uint32_t i = 0; i < s->chains; i++)
			fn(arg, snapshot_text(s, snapshot_chain(s, i)->name));
	helper_release(&res);
}

void complete_names_chains(complete_names_fn *fn, void *arg)
{
	struct nft_dump d = { 0 };

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		tell_legacy(families[i], fn, arg);
	if (nft_dump_chains(&d) == 0)
		for (uint32_t i = 0; i < d.chains.count; i++)
			fn(arg, nftnl_chain_get_str(d.chains.item[i],
						    NFTNL_CHAIN_NAME));
	nft_dump_release(&d);
}
