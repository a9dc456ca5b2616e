/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ip_part: the part of an entry that every family has, in one form for both. */
#ifndef NFTRACE_IP_PART_H
#define NFTRACE_IP_PART_H

#include <stdbool.h>
#include <stdint.h>

struct family;

/* IPT_INV_*, IP6T_INV_*: the same bits in both families. */
enum {
	IP_PART_INV_IN = 0x01,
	IP_PART_INV_OUT = 0x02,
	IP_PART_INV_SRC = 0x08,
	IP_PART_INV_DST = 0x10,
	IP_PART_INV_FRAG = 0x20,
	IP_PART_INV_PROTO = 0x40,
};

/* Pointers are into the entry; addresses and masks are in network order. */
struct ip_part {
	void *src, *src_mask, *dst, *dst_mask;
	char *in, *out;				/* IFNAMSIZ bytes */
	unsigned char *in_mask, *out_mask;	/* IFNAMSIZ bytes */
	uint16_t proto;
	uint8_t inv;
	bool fragment;				/* -f; IPv4 only */
	bool jump_goto;				/* -g */
};

/** ip_part_read - look at an entry's ip part; nothing is copied */
void ip_part_read(const struct family *f, const void *entry,
		  struct ip_part *p);

/**
 * ip_part_write - put what is no pointer back: proto, inv, fragment
 * @has_proto: -p was given (IP6T_F_PROTO: else it is not compared)
 */
void ip_part_write(const struct family *f, void *entry,
		   const struct ip_part *p, bool has_proto);

#endif
