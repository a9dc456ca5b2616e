/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_readings: all tables of iptables at one moment, beside those of another. */
#ifndef NFTRACE_LEGACY_READINGS_H
#define NFTRACE_LEGACY_READINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "supervisor/legacy_news.h"

struct legacy_reading;
struct legacy_refresh;
struct run;

/** legacy_reading_init - of no family, with nothing to be given back */
void legacy_reading_init(struct legacy_reading *g);

/** legacy_readings_release - give back what was read of each family: FAMILY_COUNT; idempotent */
void legacy_readings_release(struct legacy_reading *g);

/** legacy_reading_take - @from instead of @to, which is given back; nothing read: as before */
void legacy_reading_take(struct legacy_reading *to, struct legacy_reading *from);

/** legacy_readings_has - is it a family whose tables are read? */
bool legacy_readings_has(const struct run *r, unsigned int family);

/** legacy_readings_rules - how many rules they have, as far as it is known */
uint32_t legacy_readings_rules(const struct run *r);

/**
 * legacy_readings_read - all tables at once, without texts
 * @now: FAMILY_COUNT, filled here, and given back with legacy_readings_release(), failed or not
 * Return: 0, or -errno of a family that could not be read.
 */
int legacy_readings_read(struct run *r, struct legacy_reading *now);

/**
 * legacy_readings_compare - has any table changed?
 * @tell: told of each that has, but for the run's own rules; NULL: nobody
 * Return: families that have one, a bit each.
 */
unsigned int legacy_readings_compare(struct run *r,
				     const struct legacy_reading *then,
				     const struct legacy_reading *now,
				     legacy_news_fn *tell);

/**
 * legacy_readings_touched - may rules have been changed, and changed back unread?
 * @now: as they were read last, beside the tables that the reader knows; of a family
 *	that was not read: as those
 */
bool legacy_readings_touched(const struct legacy_refresh *l,
			     const struct legacy_reading *now);

#endif
