// SPDX-License-Identifier: GPL-2.0-or-later
/* parse_port: numbers of ports that no packet can have. */
#include "rules/match/parse_port.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xtables.h>

#include "rules/match/parse.h"

/* The name of a service is somebody else's to judge. */
static bool is_too_large(const char *word, size_t len)
{
	return len && strspn(word, "0123456789") >= len &&
	       (len > 10 || strtoull(word, NULL, 10) > UINT16_MAX);
}

static bool takes_ports(const struct xtables_match *m, int c)
{
	const struct xt_option_entry *o = m->x6_options;

	while (o && o->name && o->id + m->option_offset != (unsigned int)c)
		o++;
	return o && o->name && (o->type == XTTYPE_PORT || o->type == XTTYPE_PORTRC);
}

void parse_port_check(struct parse *p, const struct xtables_match *m, int c)
{
	size_t first;

	if (!optarg || !takes_ports(m, c))
		return;
	first = strcspn(optarg, ":");
	if (is_too_large(optarg, first) ||
	    (optarg[first] && is_too_large(optarg + first + 1,
					   strlen(optarg + first + 1))))
		parse_refuse(p, MATCH_BAD, "'%s': no port is above %u", optarg,
			     UINT16_MAX);
}
