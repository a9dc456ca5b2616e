// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_kept: rules in iptables' words that were read, kept for the next packet. */
#include "misses/xt_kept.h"

#include <stdlib.h>
#include <string.h>

#include "misses/xt_rule.h"

/* Its text lies behind the terms. */
struct kept_rule {
	size_t len;
	uint32_t n;
	struct xt_term term[];
};

struct xt_kept {
	struct kept_rule *slot[XT_KEPT];
};

struct xt_kept *xt_kept_open(void)
{
	return calloc(1, sizeof(struct xt_kept));
}

void xt_kept_close(struct xt_kept *k)
{
	for (unsigned int i = 0; k && i < XT_KEPT; i++)
		free(k->slot[i]);
	free(k);
}

static bool is_of(const struct kept_rule *r, struct strview text)
{
	return r->len == text.len && memcmp(&r->term[r->n], text.at, text.len) == 0;
}

static struct kept_rule *keep(struct strview text)
{
	struct xt_rule read;
	struct kept_rule *r;
	size_t terms;

	xt_rule_read(&read, text);
	terms = read.n * sizeof(read.term[0]);
	r = malloc(sizeof(*r) + terms + text.len);
	if (!r)
		return NULL;
	r->len = text.len;
	r->n = read.n;
	memcpy(r->term, read.term, terms);
	memcpy(&r->term[r->n], text.at, text.len);
	return r;
}

const struct xt_term *xt_kept_find(struct xt_kept *k, uint32_t index,
				   struct strview text, uint32_t *n)
{
	struct kept_rule **slot = &k->slot[index % XT_KEPT];

	if (!*slot || !is_of(*slot, text)) {
		free(*slot);
		*slot = keep(text);
	}
	if (!*slot)
		return NULL;
	*n = (*slot)->n;
	return (*slot)->term;
}
