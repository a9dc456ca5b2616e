// SPDX-License-Identifier: GPL-2.0-or-later
/* logger_gaps: protocols without a logger, which modules that the kernel loads would fill. */
#include "rules/keeper/logger_gaps.h"

#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>

#include "rules/base/units.h"
#include "rules/keeper/logger.h"

/* Those for which a module of the kernel has a logger; of others none ever comes. */
static const unsigned int filled[] = {
	NFPROTO_IPV4, NFPROTO_ARP, NFPROTO_NETDEV, NFPROTO_BRIDGE, NFPROTO_IPV6,
};

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
	for (size_t i = 0; i < ARRAY_SIZE(filled); i++)
		if (read_protocol(path, sizeof(path), filled[i], name) == 0 &&
		    strcmp(name, NONE) == 0)
			g->none |= 1u << filled[i];
}

void logger_gaps_mend(const struct logger_gaps *g)
{
	char path[64], name[LOGGER_NAME];

	for (size_t i = 0; i < ARRAY_SIZE(filled); i++)
		if (g->none & 1u << filled[i] &&
		    read_protocol(path, sizeof(path), filled[i], name) == 0 &&
		    strncmp(name, OF_MODULES, strlen(OF_MODULES)) == 0)
			logger_write_at(path, NONE);
}
