/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record: one traced packet that the kernel freed as lost, as the program wrote it. */
#ifndef NFTRACE_DROP_RECORD_H
#define NFTRACE_DROP_RECORD_H

#include <stdint.h>

enum {
	DROP_BYTES = 128,	/* of a packet, at most */
	DROP_UNTOLD = 0,	/* .reason: this kernel tells none, only where (before 5.17) */
};

/*
 * Everything is of the moment when the packet was freed: headers and mark are as
 * the last rule left them.  It is written once by the kernel, in memory that the
 * reader cannot write, and lies there until the function that was given it returns.
 */
struct drop_record {
	uint64_t when_ns;	/* CLOCK_MONOTONIC */
	uint64_t stamp_ns;	/* skb->tstamp: CLOCK_REALTIME of its receipt, the key to its
				 * journey; 0 or another behind FORWARD, for TCP */
	uint64_t location;	/* of the code that freed it: its address and a secret of the
				 * supervisor's, who alone knows its name (drop_places.h) */
	uint32_t reason;	/* enum skb_drop_reason of this kernel; upper 16 bits: subsystem */
	uint32_t mark, length;	/* skb->mark, skb->len */
	uint32_t in, dev;	/* ifindex: skb_iif, and of skb->dev; 0: none */
	uint16_t protocol;	/* ETH_P_*, host order */
	uint16_t captured;	/* bytes of .bytes that are valid */
	uint8_t ct;		/* low 3 bits of skb->_nfct: enum ip_conntrack_info */
	uint8_t ct_entry;	/* 1: the pointer in _nfct was not NULL */
	uint8_t bytes[DROP_BYTES];	/* from the network header */
};

#endif
