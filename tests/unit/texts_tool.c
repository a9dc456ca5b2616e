// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * texts_tool: every rule of every legacy table of both families, with the
 * texts that a run prints: "iptables *raw", "iptables -P ...", "iptables -A ...".
 */
#include <stdio.h>
#include <string.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/legacy/snapshot.h"
#include "rules/legacy/snapshot_make.h"

static void print_rule(const char *command, const struct snapshot *s,
		       uint32_t i)
{
	const struct snap_rule *r = snapshot_rule(s, i);

	if (r->len)
		printf("%s %.*s\n", command, (int)r->len,
		       snapshot_text(s, r->text));
}

static void print_table(const char *command, const struct snapshot *s,
			const struct snap_table *t)
{
	printf("%s *%s\n", command, t->name);
	for (uint32_t c = t->first_chain; c < t->first_chain + t->chains; c++) {
		const struct snap_chain *chain = snapshot_chain(s, c);

		print_rule(command, s, chain->first + chain->count);
	}
	for (uint32_t c = t->first_chain; c < t->first_chain + t->chains; c++) {
		const struct snap_chain *chain = snapshot_chain(s, c);

		for (uint32_t i = 0; i < chain->count; i++)
			print_rule(command, s, chain->first + i);
	}
}

int main(void)
{
	struct helper h[FAMILY_COUNT];
	int err = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT && !err; i++)
		err = snapshot_start(&h[i], families[i], NULL, SNAP_TEXTS);
	for (unsigned int i = 0; i < FAMILY_COUNT && !err; i++) {
		struct helper_result res;
		const struct snapshot *s;

		err = snapshot_finish(&h[i], &res, &s, NULL);
		for (uint32_t t = 0; !err && t < s->tables; t++)
			print_table(families[i]->command, s, &s->table[t]);
		helper_release(&res);
	}
	if (err)
		fprintf(stderr, "texts_tool: %s\n", strerror(-err));
	return err != 0;
}
