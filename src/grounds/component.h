/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component: whose rule it is, as far as names, comments and sets tell. */
#ifndef NFTRACE_COMPONENT_H
#define NFTRACE_COMPONENT_H

#include <stdbool.h>

#include "grounds/component_types.h"

struct grounds;
struct journey;
struct place;

/**
 * component_find - of the rule that decided, or let pass
 * @by: fate.by or grounds.accepted of branch @b; NULL: nobody did
 *
 * What is not in a name, comment, set or table is not said.  The object is named by
 * the rule itself, its chain, or the deepest rule that called there.
 * Return: is there a component?
 */
bool component_find(struct component_found *f, const struct journey *j,
		    unsigned int b, const struct place *by);

/**
 * component_of_fate - of the rule that decided, else of the one that let it pass
 * @g: of branch @b; NULL: of the rule that decided alone
 *
 * Where that rule asked for a mark and names no object, the rule of the same
 * component that set the mark does: Calico accepts so what a policy let pass.
 */
bool component_of_fate(struct component_found *f, const struct journey *j,
		       unsigned int b, const struct grounds *g);

/** component_of_rule - the component alone, of any rule that branch @b met; NULL: none known */
const struct component *component_of_rule(const struct journey *j,
					  unsigned int b,
					  const struct place *at);

/** component_text - "Calico: policy default/no-mail", raw, cut where @size is short */
void component_text(char *to, unsigned int size,
		    const struct component_found *f);

#endif
