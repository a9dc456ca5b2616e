// SPDX-License-Identifier: GPL-2.0-or-later
/* rate: how many packets are traced at most, for either backend. */
#include "plan/rate.h"

#include <stdio.h>

#include "cli/options.h"
#include "plan/plan_state.h"

/*
 * What the kernel spends on one traced packet, at the worst: to name a rule it
 * walks the table from its start (trace_packet, net/ipv4/netfilter/ip_tables.c).
 */
enum { PACKET_NS = 20000, ENTRY_NS = 100 };

/* Entries behind so many are in no cache of a CPU (some 10 MB), and cost more. */
enum { CACHED_ENTRIES = 50000, FAR_ENTRY_NS = 170 };

enum {
	SPAN_S = 4,		/* seconds over which a burst must have paid */
	SHARE_NS = 100000000,	/* of each second: a tenth of one CPU */
	BURST = 50,		/* packets at once, where the tables allow so many */
	BURST_LEAST = 5,	/* one connection's first packets, at any price */
};

static uint64_t packet_ns(uint64_t entries)
{
	uint64_t far = entries > CACHED_ENTRIES ? entries - CACHED_ENTRIES : 0;

	return PACKET_NS + ENTRY_NS * (entries - far) + FAR_ENTRY_NS * far;
}

/*
 * The rate and burst that keep the kernel's work for tracing below a tenth of
 * one CPU over any SPAN_S seconds.  A burst gets half of that time at most.
 */
static void default_rate(const struct plan *p, uint32_t *rate, uint32_t *burst)
{
	/* Rates that the limit match holds exactly (units of 1/10000 s). */
	static const uint32_t exact[] = { 1000, 500, 250, 200, 125, 100, 50,
					  40, 25, 20, 10, 8, 5, 4, 2, 1 };
	uint64_t entries = 0, packets;
	size_t i = 0;

	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		if (p->family[f].use && p->family[f].entries > entries)
			entries = p->family[f].entries;
	packets = (uint64_t)SPAN_S * SHARE_NS / packet_ns(entries);
	*burst = packets / 2 < BURST ? (uint32_t)packets / 2 : BURST;
	/* A second's worth may come at once as well. */
	while (exact[i] > 1 && SPAN_S * exact[i] +
	       (exact[i] > *burst ? exact[i] : *burst) > packets)
		i++;
	*rate = exact[i];
	if (*burst < BURST_LEAST)
		*burst = BURST_LEAST;
}

static const struct {
	char unit;
	const char *word;
	uint32_t seconds;
} units[] = {
	{ 's', "second", 1 }, { 'm', "minute", 60 },
	{ 'h', "hour", 3600 }, { 'd', "day", 86400 },
};

const char *rate_unit(uint64_t seconds)
{
	unsigned int u = 0;

	while (units[u].seconds != seconds)
		u++;
	return units[u].word;
}

bool rate_choose(struct plan *p, const struct options *o, char *words,
		 size_t size, unsigned int *burst)
{
	struct rate rate = o->rate;
	uint32_t least = BURST;
	unsigned int u = 0;

	if (!rate.given) {
		default_rate(p, &rate.number, &least);
		rate.unit = 's';
		p->rate_default = true;
	}
	while (units[u].unit != rate.unit)
		u++;
	/* The limit match counts in 1/10000 s. */
	if (rate.number == 0 || rate.number / units[u].seconds > 10000)
		return false;
	snprintf(words, size, "%u/%s", rate.number, units[u].word);
	*burst = rate.number / units[u].seconds;
	if (*burst < least)
		*burst = least;
	/* burst * period must not overflow (xt_limit.c, limit_mt_check). */
	while (*burst > 1 && (uint64_t)*burst * units[u].seconds * 10000 /
	       rate.number > UINT32_MAX / 128)
		*burst /= 2;
	p->limit = (struct nft_limit) {
		.number = rate.number, .seconds = units[u].seconds,
		.burst = *burst,
	};
	snprintf(p->rate, sizeof(p->rate), "%u/%c, burst %u", rate.number,
		 rate.unit, *burst);
	return true;
}
