/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asked_packet: what a packet was when the rules of one base chain asked. */
#ifndef NFTRACE_ASKED_PACKET_H
#define NFTRACE_ASKED_PACKET_H

#include "misses/asked.h"

struct journey;
struct misses_rules;

struct asked_packet {
	struct asked a;
	char name[4][17];	/* of .a's devices */
};

/** asked_packet_take - as it was seen last; its mark is each rule's own */
void asked_packet_take(struct asked_packet *t, const struct journey *j,
		       const struct misses_rules *rules);

/**
 * asked_packet_take_nat - as a chain of nat asked that it met, and which left it as it was
 * @step: an event there; the journey has no change of it but of mark and TTL
 * @hook: the chain's, NF_INET_*
 */
void asked_packet_take_nat(struct asked_packet *t, const struct journey *j,
			   const struct misses_rules *rules, uint32_t step,
			   uint8_t hook);

#endif
