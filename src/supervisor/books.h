/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books: do the packets told account for all that the run's own rules counted? */
#ifndef NFTRACE_BOOKS_H
#define NFTRACE_BOOKS_H

#include <stdbool.h>
#include <stdint.h>

struct run;
struct run_host;

/** books_counted - packets by the counters of the run's own rules, gone ones' too */
uint64_t books_counted(const struct run_host *h);

/**
 * books_known - the same, once all is undone and before the reader has ended
 * Return: READER_UNCOUNTED: others' packets may be among those told, or not all were counted.
 */
uint64_t books_known(const struct run *r);

/** books_rules_missing - rules of the run that others had taken out when it ended */
unsigned int books_rules_missing(const struct run *r);

/**
 * books_wrong - they do not balance, and nothing that is known explains it
 * Once the reader has ended and everything is undone.
 */
bool books_wrong(const struct run *r);

/** books_say - on stderr, in numbers, if they do not balance */
void books_say(const struct run *r);

#endif
