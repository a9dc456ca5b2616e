// SPDX-License-Identifier: GPL-2.0-or-later
/* logger_gaps: protocols without a logger, which modules that the kernel loads would fill. */
#include "rules/keeper/logger_gaps.h"

#include <stdio.h>
#include <string.h>

#include "rules/keeper/logger.h"

/* As many as NFPROTO_NUMPROTO was at its largest. */
enum { PROTOCOLS = 13 };

#define NONE "NONE"
#define OF_MODULES "nf_log_"	/* nf_log_ipv4, nf_log_arp ... (nf_log_syslog.c) */

static int read_protocol(char path[], size_t size, unsigned int number,
			 char name[LOGGER_NAME])
{
	snprintf(path, size, "/proc/sys/net/netfilter/nf_log/%u", number);
	return logger_read_at(path, name);
}

void logger_gaps_note(struct logger_gaps *g)
{
	char path[64], name[LOGGER_NAME];

	g->none = 0;
	for (unsigned int i = 0; i < PROTOCOLS; i++)
		if (read_protocol(path, sizeof(path), i, name) == 0 &&
		    strcmp(name, NONE) == 0)
			g->none |= 1u << i;
}

void logger_gaps_mend(const struct logger_gaps *g)
{
	char path[64], name[LOGGER_NAME];

	for (unsigned int i = 0; i < PROTOCOLS; i++)
		if (g->none & 1u << i &&
		    read_protocol(path, sizeof(path), i, name) == 0 &&
		    strncmp(name, OF_MODULES, strlen(OF_MODULES)) == 0)
			logger_write_at(path, NONE);
}
