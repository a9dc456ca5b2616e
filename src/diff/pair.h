/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pair: which packet of one recording is to be held against which of the other. */
#ifndef NFTRACE_DIFF_PAIR_H
#define NFTRACE_DIFF_PAIR_H

#include <stdbool.h>
#include <stdint.h>

struct journey;

/*
 * The ladder, tried from the top: flows of which these things are the same belong
 * together, and of several the first with the first.  Of the lower ones, which say
 * less, only if both recordings have no more than one such flow left.
 */
enum pair_rung {
	PAIR_SAME,		/* both ends, and their ports */
	PAIR_CLIENT_PORT,	/* all but the client's port */
	PAIR_SERVER,		/* the server and its port: another client */
	PAIR_CLIENT,		/* the client and the server's port: another server */
	PAIR_HOSTS,		/* both hosts: another port */
	PAIR_PORT,		/* the server's port, and no host: the only ones left */
	PAIR_ONE_SERVER,	/* the server: the only ones left */
	PAIR_ONE_CLIENT,	/* the client: the only ones left */
	PAIR_PROTOCOL,		/* the protocol: the only ones left */
	PAIR_RUNGS,
};

/** pair_rung_word - "flow", "client-port", ...; pair_rung_text - "", "another client", ... */
const char *pair_rung_word(unsigned int rung);
const char *pair_rung_text(unsigned int rung);

enum { PAIR_SIDES = 2, PAIR_NONE = UINT32_MAX };

/* Indices of journeys; PAIR_NONE: there is none on that side. */
struct pair {
	uint32_t packet[PAIR_SIDES];
	uint8_t rung;		/* enum pair_rung, of two */
};

struct pairs {
	struct pair *pair;	/* in the order of the first side; then those of one side */
	uint32_t count;
	uint32_t matched;	/* so many of them have both */
};

/**
 * pairs_find - @n[] journeys of each side
 * Return: false: no memory; pairs_free() in any case.
 */
bool pairs_find(struct pairs *p, struct journey *const *const j[PAIR_SIDES],
		const uint32_t n[PAIR_SIDES]);
void pairs_free(struct pairs *p);

#endif
