/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipvs: the virtual services of this network namespace. */
#ifndef NFTRACE_IPVS_H
#define NFTRACE_IPVS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A packet that came to this host. */
struct ipvs_packet {
	bool six;
	uint8_t proto;
	const uint8_t *dst;	/* 4 or 16 bytes */
	int32_t dport;		/* -1: none */
	uint32_t mark;
};

/** ipvs_has_services - is there any? */
bool ipvs_has_services(void);

/** ipvs_serves - is it one of a virtual service's? */
bool ipvs_serves(const struct ipvs_packet *p);

/** ipvs_find - the same, of a table as /proc/net/ip_vs shows it */
bool ipvs_find(FILE *table, const struct ipvs_packet *p);

#endif
