// SPDX-License-Identifier: GPL-2.0-or-later
/* rate: how many packets are traced at most, for either backend. */
#include "rate.h"

#include <stdio.h>

#include "options.h"
#include "plan.h"

/* What the kernel spends on one traced packet, at the worst (see the manual). */
enum { PACKET_NS = 20000, ENTRY_NS = 100 };

/*
 * The rate that keeps the kernel's work for tracing below a tenth of one CPU:
 * to name a rule it walks the table from its start (trace_packet,
 * net/ipv4/netfilter/ip_tables.c).
 */
static uint32_t default_rate(const struct plan *p)
{
	/* Rates that the limit match holds exactly (units of 1/10000 s). */
	static const uint32_t exact[] = { 1000, 500, 250, 200, 125, 100, 50,
					  40, 25, 20, 10, 8, 5, 4, 2, 1 };
	uint64_t entries = 0, rate;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (p->family[i].use && p->family[i].entries > entries)
			entries = p->family[i].entries;
	rate = 100000000 / (PACKET_NS + ENTRY_NS * entries);
	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		if (exact[i] <= rate)
			return exact[i];
	return 1;
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
	unsigned int u = 0;

	if (!rate.given) {
		rate.number = default_rate(p);
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
	if (*burst < 50)
		*burst = 50;
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
