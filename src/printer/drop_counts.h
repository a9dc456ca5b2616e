/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_counts: how many packets each rule dropped, and by way of which, for the summary. */
#ifndef NFTRACE_DROP_COUNTS_H
#define NFTRACE_DROP_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

struct drop_way;
struct grounds;
struct map_verdict;
struct place;
struct rule_table;
struct stats;

enum {
	/* Ways beyond these take the place of the one on which least was dropped. */
	DROP_COUNTS_WAYS = 4096,
	DROP_COUNTS_BUCKETS = 1024,
};

struct drop_counts {
	struct rule_table *rules;
	uint32_t *uses;			/* ways that name it, by the rule's number */
	struct drop_way *way;
	uint32_t ways;
	uint32_t bucket[DROP_COUNTS_BUCKETS];	/* a way's index + 1; 0: none */
};

/** drop_counts_open - none yet; false: no memory.  drop_counts_close() it in any case */
bool drop_counts_open(struct drop_counts *d);
void drop_counts_close(struct drop_counts *d);

/**
 * drop_counts_add - one packet more that the rule at @by has dropped
 * @g: its grounds: a rule that many lead to counts once for each of these
 * @map: of the rule that led there, else of @by, and so does each element; NULL: none
 */
void drop_counts_add(struct drop_counts *d, const struct place *by,
		     const struct grounds *g, const struct map_verdict *map);

/** drop_counts_forget - the id will be another place's */
void drop_counts_forget(struct drop_counts *d, uint32_t id);

/** drop_counts_tell - the ways on which most was dropped, into .drop of @st */
void drop_counts_tell(const struct drop_counts *d, struct stats *st);

#endif
