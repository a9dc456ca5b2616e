/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow: what conntrack knows and counts; it is asked only where it is there already. */
#ifndef NFTRACE_FLOW_H
#define NFTRACE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

/* A packet as it came: a tuple of conntrack. */
struct flow_packet {
	bool six;
	uint8_t proto;
	const uint8_t *src, *dst;	/* 4 or 16 bytes */
	uint16_t sport, dport;		/* of an echo its id, and type << 8 | code */
};

enum flow_answer { FLOW_UNKNOWN, FLOW_NONE, FLOW_THERE };

/**
 * flow_destination - where does conntrack send a packet of a connection that it knows?
 * @dst: FLOW_THERE: 4 or 16 bytes, the packet's own where it translates nothing
 * Return: FLOW_NONE: there is no such connection; FLOW_UNKNOWN: it cannot be asked.
 */
enum flow_answer flow_destination(const struct flow_packet *p, uint8_t dst[16]);

/* Packets that conntrack has dropped in this network namespace, over all CPUs. */
struct flow_drops {
	bool known;
	uint64_t insert_failed;	/* new connections that clashed when confirmed */
	uint64_t drop;		/* all of those, and those that it had no room for */
};

/** flow_drops_read - as they are now */
void flow_drops_read(struct flow_drops *d);

/** flow_connections - how many conntrack has here; -1: not known */
long flow_connections(void);

#endif
