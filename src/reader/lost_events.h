/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lost_events: behind which packets events were lost: who asked for the first ones lacks none of them. */
#ifndef NFTRACE_LOST_EVENTS_H
#define NFTRACE_LOST_EVENTS_H

#include <stdint.h>

struct capture;

enum { LOST_EVENTS = 32 };

/* Serials are journey.serial; begin with zeroes. */
struct lost_events {
	/* Packets with a lower serial had begun before those .events were lost. */
	struct { uint64_t serial, events; } loss[LOST_EVENTS];	/* in their order */
	unsigned int count;
	uint64_t looked;	/* at the last look this was the next packet's serial */
	uint64_t waited;	/* bytes of the socket's memory in use at the beginning */
};

/**
 * lost_events_begin - nothing of @c was read yet
 * If its buffer has been full, all that waits in it was there before what was lost.
 */
void lost_events_begin(struct lost_events *l, const struct capture *c);

/** lost_events_read - messages were read; @serial: of the next packet that begins */
void lost_events_read(struct lost_events *l, const struct capture *c, uint64_t serial);

/** lost_events_seen - @events are missing just here, behind the packets below @serial */
void lost_events_seen(struct lost_events *l, uint64_t serial, uint64_t events);

/**
 * lost_events_look - the socket was asked what it has dropped
 * @serial: of the next packet that begins
 * @events: more than at the last look: anywhere between the two
 */
void lost_events_look(struct lost_events *l, uint64_t serial, uint64_t events);

/**
 * lost_events_before - how many can be of packets that came before one
 * @serial: its own
 */
uint64_t lost_events_before(const struct lost_events *l, uint64_t serial);

#endif
