/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept: what fuzz targets do with a packet that is kept, in blocks of its room's size. */
#ifndef TESTS_FUZZ_KEPT_H
#define TESTS_FUZZ_KEPT_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "packet/identity.h"
#include "packet/packet.h"
#include "packet/packet_print.h"

static volatile unsigned int kept_sink;

/* All that reports and journeys ask of a packet that they hold. */
static void kept_read(const struct packet *p, char *line, size_t room,
		      bool verbose)
{
	size_t n = packet_print(line, room, p, verbose);

	if (n >= room || strlen(line) != n || !escape_is_plain(line, n))
		abort();
	/* .l4 may lie beyond what was captured. */
	if (p->payload > p->caplen)
		abort();
	for (uint32_t i = 0; i < p->caplen; i++)
		kept_sink += p->data[i];
	for (unsigned int i = 0; p->src && i < p->addr_len; i++)
		kept_sink += p->src[i] + p->dst[i];
	kept_sink += (unsigned int)identity_key(p, 20);
	kept_sink += packet_mss(p) + packet_length(p);
}

/* @snaplen: a journey's */
static void kept_use(const struct packet *from, size_t snaplen)
{
	uint8_t *bytes = malloc(snaplen);
	struct packet p;
	char line[1024];

	if (!bytes)
		abort();
	packet_keep(&p, bytes, snaplen, from);
	if (p.caplen > snaplen || p.data != bytes)
		abort();
	kept_read(&p, line, sizeof(line), true);
	free(bytes);
}

/* At the least that --snaplen takes, and at its default. */
static inline void kept_use_all(const struct packet *from)
{
	kept_use(from, 64);
	kept_use(from, 128);
}

#endif
