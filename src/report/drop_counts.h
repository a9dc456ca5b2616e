/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_counts: how many packets each rule dropped, for the summary. */
#ifndef NFTRACE_DROP_COUNTS_H
#define NFTRACE_DROP_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

struct place;
struct rule_table;
struct stats;

/* Rules beyond these take the place of the one that dropped least. */
enum { DROP_COUNTS_RULES = 4096 };

struct drop_counts {
	struct rule_table *rules;
	uint64_t *packets;	/* by the rule's number there */
};

/** drop_counts_open - none yet; false: no memory.  drop_counts_close() it in any case */
bool drop_counts_open(struct drop_counts *d);
void drop_counts_close(struct drop_counts *d);

/** drop_counts_add - one packet more that the rule at @by has dropped */
void drop_counts_add(struct drop_counts *d, const struct place *by);

/** drop_counts_forget - the id will be another place's */
void drop_counts_forget(struct drop_counts *d, uint32_t id);

/** drop_counts_tell - the rules that dropped most, into .drop of @st */
void drop_counts_tell(const struct drop_counts *d, struct stats *st);

#endif
