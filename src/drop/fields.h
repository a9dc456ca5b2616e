/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields: where the running kernel has what the program reads, from its BTF. */
#ifndef NFTRACE_DROP_FIELDS_H
#define NFTRACE_DROP_FIELDS_H

#include <stdint.h>

struct drop_reasons;
struct type_wanted;
struct types;

/* What the program reads of kernel's structures; their names are in fields.c. */
enum drop_field {
	SKB_NF_TRACE, SKB_DEV, SKB_SK, SKB_TSTAMP, SKB_NFCT, SKB_LEN, SKB_MARK,
	SKB_IIF, SKB_PROTOCOL, SKB_NETWORK_HEADER, SKB_HEAD, SKB_TAIL,
	DEVICE_NET, DEVICE_IFINDEX, SOCK_NET, NET_INUM,
	DROP_FIELDS,
	SKB_FIRST = SKB_DEV, SKB_LAST = SKB_TAIL,	/* but for nf_trace */
};

struct drop_fields {
	struct drop_field_place {
		int16_t offset;	/* bytes, from the structure's start */
		uint8_t size;	/* bytes: 1, 2, 4 or 8 */
		uint8_t mask;	/* of a bit field within a byte; 0: it is none */
	} at[DROP_FIELDS];
	uint32_t tracepoint;	/* BTF id of btf_trace_kfree_skb */
	uint32_t arguments;	/* skb, location, reason (5.17), rx_sk (6.11) */
};

enum { DROP_TYPES = 6 };

/** drop_fields_want - the DROP_TYPES types that drop_fields_find() needs, for types_open() */
void drop_fields_want(struct type_wanted *w);

/**
 * drop_fields_find - all fields, the tracepoint, and the names of reasons
 * @w: as types_open() has found them
 * @names: of enum skb_drop_reason; its .count is 0 where there is none
 * @missing: "sk_buff.nf_trace", when one was not found; static
 * Return: 0; -ESRCH: kfree_skb can have no program, or tells it nothing; -ENOENT:
 * there is no field of this name; -ERANGE: it cannot be read with one load.
 */
int drop_fields_find(struct drop_fields *f, struct drop_reasons *names,
		     struct types *t,
		     const struct type_wanted *w,
		     const char **missing);

#endif
