// SPDX-License-Identifier: GPL-2.0-or-later
/* parse_filter: an expression's words of tcpdump's -> a bpf match of it. */
#include "rules/match/parse_filter.h"

#include <net/if.h>
#include <string.h>

#include "rules/base/units.h"
#include "rules/match/hints.h"
#include "rules/match/match_traits.h"
#include "rules/match/parse.h"
#include "rules/match/parse_bare.h"
#include "rules/match/parse_words.h"
#include "rules/match/pcap_filter.h"

/* tcpdump's word for all interfaces; one of that name would be meant otherwise. */
static void open_any(struct parse *p)
{
	if (memcmp(p->ip.in, "any", sizeof("any")) != 0 ||
	    p->ip.inv & IP_PART_INV_IN || if_nametoindex("any"))
		return;
	memset(p->ip.in, 0, IFNAMSIZ);
	memset(p->ip.in_mask, 0, IFNAMSIZ);
}

static void add_match(struct parse *p, char *bytecode)
{
	char *argv[] = {
		(char *)"-m", (char *)"bpf", (char *)"--bytecode", bytecode,
	};

	parse_words(p, ARRAY_SIZE(argv), argv);
}

void parse_filter_end(struct parse *p)
{
	static const uint8_t statuses[] = {
		[PCAP_FILTER_OK] = MATCH_OK,
		[PCAP_FILTER_BAD] = MATCH_BAD,
		[PCAP_FILTER_LARGE] = MATCH_LARGE,
		[PCAP_FILTER_NOTHING] = MATCH_FAMILY,
		[PCAP_FILTER_MISSING] = MATCH_KERNEL,
	};
	static struct pcap_filter made;
	char why[512];

	if (p->bare && hints_of_words(why, sizeof(why), p->bare))
		parse_refuse(p, MATCH_BAD, "%s", why);
	if (p->bare)
		parse_bare_whole(p, p->bare);
	if (!p->filter)
		return;
	pcap_filter_make(&made, p->f, p->filter);
	if (made.status != PCAP_FILTER_OK)
		parse_refuse(p, statuses[made.status], "'%.300s': %s",
			     p->filter, made.why);
	p->r->traits |= MATCH_FILTER;
	open_any(p);
	if (!made.all)
		add_match(p, made.bytecode);
}
