/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask_journey: a packet's journey in output for strangers, whole. */
#ifndef NFTRACE_MASK_JOURNEY_H
#define NFTRACE_MASK_JOURNEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;
struct fate;
struct ifnames;
struct journey;
struct mask;
struct masker;
struct packet;
struct place;

/** masker_open - @m and @names are borrowed; NULL: no memory */
struct masker *masker_open(struct mask *m, const struct ifnames *names);

/** masker_close - and all that was borrowed from it; NULL is nothing */
void masker_close(struct masker *k);

/** masker_names - the interfaces by their other names; of those that were seen */
const struct ifnames *masker_names(const struct masker *k);

/**
 * masker_journey - another of it; not one pointer of it leads to what @j has, but to
 * words that the kernel or this program has in its source
 * Return: borrowed until the next call; NULL: no memory.
 */
struct journey *masker_journey(struct masker *k, const struct journey *j);

/** masker_lost - of a packet that was told of, in place; false: no memory */
bool masker_lost(struct masker *k, struct packet *p, struct fate *f);

/** masker_event, masker_place - the same of an event, and of where it was made */
const struct event *masker_event(struct masker *k, const struct event *e);
const struct place *masker_place(struct masker *k, const struct place *at);

/** masker_host - a host's name, in place */
void masker_host(struct masker *k, char *name, size_t size);

/** masker_forget - the id will be another place's */
void masker_forget(struct masker *k, uint32_t id);

#endif
