/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_news: what is said of iptables' tables that others have changed. */
#ifndef NFTRACE_LEGACY_NEWS_H
#define NFTRACE_LEGACY_NEWS_H

#include <stdint.h>

struct run;
struct snap_table;

/* A table was changed; @now: NULL: it is gone. */
typedef void legacy_news_fn(struct run *r, unsigned int family,
			    const struct snap_table *then,
			    const struct snap_table *now);

/**
 * legacy_news_told - by somebody who opened the lock file, so that nothing is wrong
 * legacy_news_unnoticed - by somebody who did not: what was printed may be
 *
 * One line for the first, then one every few seconds, however many there are.
 */
legacy_news_fn legacy_news_told, legacy_news_unnoticed;

/** legacy_news_flush - say what has not been said, if it is time; UINT64_MAX: it is */
void legacy_news_flush(struct run *r, uint64_t now_ns);

#endif
