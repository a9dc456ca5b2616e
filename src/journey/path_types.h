/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_types: how far through hooks, tables and chains a packet is. */
#ifndef NFTRACE_PATH_TYPES_H
#define NFTRACE_PATH_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/packet_view.h"

struct drop_seen;
struct place;

enum { PATH_DEPTH = 16 };

enum path_state {
	PATH_IN_CHAIN,		/* a later rule of .chain comes next */
	PATH_POLICY,		/* the end of .chain comes next */
	PATH_TABLE_DONE,	/* the next table or hook */
	PATH_QUEUED,		/* later tables, the same hook again, or nothing */
	PATH_ENDED,		/* nothing: dropped */
	PATH_MAYBE,		/* an unknown target: any of these */
};

/* The chains that called the one where a packet is. */
struct path_stack {
	uint8_t depth;
	bool unknown;			/* joined in the middle of a chain */
	struct {
		uint32_t chain, number;	/* of the rule that called */
	} call[PATH_DEPTH];
};

/* What the kernel's drop record of a branch told: drop_join.h. */
struct path_drop {
	const struct drop_seen *seen;	/* NULL: there is none */
	const struct place *last;	/* .last of the path then */
	uint64_t last_ns;		/* .last_ns of the journey then */
	uint32_t group;			/* twins that it may be of; 0: none */
	uint32_t mark;
	uint16_t port;			/* destination; 0: none */
	uint8_t ttl;
	uint8_t changed;		/* MANGLE_*: otherwise than at its last event */
	bool many;			/* drop_sight.many */
	bool fresh_entry;		/* conntrack had not confirmed the connection */
	/* enum conntrack_state, where conntrack has seen it; else INVALID means nothing */
	uint8_t state;
	uint8_t src[16], dst[16];	/* of its family */
};

struct path {
	const struct place *last;	/* of the last event, never NULL */
	uint32_t chain;			/* PATH_IN_CHAIN, PATH_POLICY */
	uint32_t after;			/* number: the next one is above */
	uint8_t state;			/* enum path_state */
	uint8_t hook, order;		/* where: NF_INET_*, enum table_order */
	uint8_t slot;			/* and which of the hook, or SLOT_NONE */
	bool local;			/* sent by this host: through OUTPUT */
	bool born_local;		/* and began there: loopback may follow */
	bool straddles;			/* met a table that was just changing */
	bool held;			/* user space had it: for how long nobody knows */
	bool looped;			/* the packet of which only a copy came in: looped.h */
	bool excused;			/* silence of a witness tells nothing: it may be gone */
	uint8_t link;			/* enum fate_hook: has met no hook of IP; 0: it has */
	uint64_t seen;			/* slots of this hook, one a bit */
	uint64_t passed;		/* of them, may have seen it before it was traced */
	uint32_t out;			/* last out-interface seen */
	uint32_t trace_id;		/* nft's, of its last event that had one */
	uint32_t shared;		/* a copy: steps it was the packet itself */
	struct packet_look look;	/* change.c's */
	uint64_t look_serial;		/* of the packet that was looked at, 0: not known */
	struct path_stack stack;
	struct path_drop drop;
};

#endif
