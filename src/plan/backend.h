/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backend: which backends hold rules here, and which one shall trigger the trace. */
#ifndef NFTRACE_BACKEND_H
#define NFTRACE_BACKEND_H

#include <stdbool.h>

struct nft_snapshot;
struct options;
struct plan;
struct ruleset;

/**
 * backend_choose - look at the tables of both, choose families and triggers
 *
 * A family with legacy tables is traced by TRACE rules in raw, one without by
 * an nft table: neither brings tables of the other backend into being.
 * Return: 0, or the exit status after a report.
 */
int backend_choose(struct plan *p, const struct options *o);

/** backend_any - is there a family to be traced? */
bool backend_any(const struct plan *p);

/** backend_none - say that there is nothing to trace; the exit status */
int backend_none(void);

/** backend_drop_idle - trace no family without rules of the run; says what is left out */
void backend_drop_idle(struct plan *p, const struct options *o);

/**
 * backend_say - "legacy: 4 tables, 412 rules; nft: 3 tables, 35 rules (2 written
 * by iptables-nft): both active"
 */
void backend_say(const struct ruleset *rules);

/** backend_say_early - which chains of nft see a packet before the trace begins */
void backend_say_early(const struct plan *p, const struct nft_snapshot *nft);

#endif
