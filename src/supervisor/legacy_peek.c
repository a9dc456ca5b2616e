// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_peek: what somebody who is at iptables' tables has made of them so far. */
#include "supervisor/legacy_peek.h"

#include <string.h>

#include "rules/base/clock.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"
#include "supervisor/legacy_readings.h"
#include "supervisor/run_state.h"

enum {
	PEEK_MISSES = 3,	/* in a row: an extension keeps in its rules what it counts */
	PEEK_FOR_MS = 200,	/* as long as who is at them is waited for */
	PEEK_REST_MS = 1,	/* between two looks, with the time that one takes */
};

/* Return: false: they were not read, or have too many rules. */
static bool digest_known(const struct run *r, uint64_t digest[FAMILY_COUNT])
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct snapshot *s = r->reader.legacy.known[i].snap;

		digest[i] = s ? s->bytes : 0;
		if (legacy_readings_has(r, i) && (!s || (s->tables && !s->bytes)))
			return false;
	}
	return true;
}

static bool digest_now(struct run *r, uint64_t digest[FAMILY_COUNT])
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		digest[i] = 0;
		if (legacy_readings_has(r, i) &&
		    table_digest(families[i], &r->reader.legacy.peek.room,
				 &digest[i]) < 0)
			return false;
	}
	return true;
}

static bool same_digests(const uint64_t a[FAMILY_COUNT], const uint64_t b[FAMILY_COUNT])
{
	return memcmp(a, b, FAMILY_COUNT * sizeof(*a)) == 0;
}

/* Whoever is at them is not to be slowed down, and who asks need not hear of it more often. */
static bool is_peek_due(struct legacy_peek *p, bool inside, uint64_t now_ns)
{
	if (!inside)
		p->since_ns = 0;
	else if (!p->since_ns)
		p->since_ns = now_ns;
	return now_ns >= p->next_ns;
}

static bool is_for_long(const struct legacy_peek *p, uint64_t now_ns)
{
	return p->since_ns && now_ns - p->since_ns > PEEK_FOR_MS * NS_PER_MS;
}

static bool can_look(const struct run *r, uint64_t now_ns, uint64_t known[FAMILY_COUNT])
{
	const struct legacy_peek *p = &r->reader.legacy.peek;

	return p->misses < PEEK_MISSES && !is_for_long(p, now_ns) &&
	       digest_known(r, known);
}

enum legacy_sight legacy_peek_look(struct run *r, bool inside, uint64_t now_ns)
{
	struct legacy_peek *p = &r->reader.legacy.peek;
	uint64_t known[FAMILY_COUNT], now[FAMILY_COUNT];

	if (!is_peek_due(p, inside, now_ns))
		return SIGHT_LATER;
	if (!can_look(r, now_ns, known) || !digest_now(r, now))
		return SIGHT_NONE;
	p->next_ns = 2 * clock_monotonic_ns() - now_ns + PEEK_REST_MS * NS_PER_MS;
	if (same_digests(now, known))
		return p->differs ? SIGHT_BACK : SIGHT_KNOWN;
	if (p->differs && same_digests(now, p->others))
		return SIGHT_OTHERS;
	memcpy(p->others, now, sizeof(now));
	p->differs = true;
	return SIGHT_NEW;
}

bool legacy_peek_goes_on(const struct run *r)
{
	uint64_t known[FAMILY_COUNT];

	return r->reader.legacy.peek.since_ns &&
	       can_look(r, clock_monotonic_ns(), known);
}

unsigned int legacy_peek_changed(const struct run *r)
{
	unsigned int changed = 0;
	uint64_t known[FAMILY_COUNT];

	digest_known(r, known);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (known[i] != r->reader.legacy.peek.others[i])
			changed |= 1u << i;
	return changed;
}

bool legacy_peek_saw(const struct run *r, const struct legacy_reading *now)
{
	const struct legacy_peek *p = &r->reader.legacy.peek;

	for (unsigned int i = 0; i < FAMILY_COUNT && p->differs; i++)
		if (now[i].snap && now[i].snap->bytes != p->others[i])
			return false;
	return p->differs;
}

void legacy_peek_held(struct run *r, bool held)
{
	struct legacy_peek *p = &r->reader.legacy.peek;

	if (held)
		p->misses = 0;
	else if (p->misses < PEEK_MISSES)
		p->misses++;
}

void legacy_peek_done(struct run *r)
{
	r->reader.legacy.peek.differs = false;
}
