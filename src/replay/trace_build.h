/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_build: the fields of a TRACE line -> a packet's headers. */
#ifndef NFTRACE_TRACE_BUILD_H
#define NFTRACE_TRACE_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a line tells of a packet, and of the one that an ICMP error quotes.
 * Host order; .has says which numbers are there.
 */
enum trace_text_field {
	TT_LEN, TT_TOS, TT_PREC, TT_TTL, TT_ID, TT_FRAG, TT_SPT, TT_DPT,
	TT_UDP_LEN, TT_SEQ, TT_ACK, TT_WINDOW, TT_URGP, TT_TYPE, TT_CODE,
	TT_ICMP_ID, TT_ICMP_SEQ, TT_MTU, TT_POINTER, TT_FLOWLBL, TT_SPI,
	TT_FIELDS,
};

struct trace_text_packet {
	bool v6, has_family, df, mf, has_proto, fragment;
	bool no_more;	/* the kernel says that the packet ends here */
	uint8_t src[16], dst[16], gateway[4];
	uint8_t proto, tcp_flags;
	uint8_t options, ip_options;	/* bytes */
	uint8_t option[40], ip_option[40];	/* TCP's and IPv4's */
	uint32_t has;			/* 1 << enum trace_text_field */
	uint32_t number[TT_FIELDS];
	uint32_t of_either;	/* 1 << ONCE_SRC, ONCE_DST: masked, and without colons */
	const struct trace_text_packet *quoted;
};

/** trace_text_build - the headers that such a packet has; bytes written */
size_t trace_text_build(uint8_t *to, size_t size,
			const struct trace_text_packet *p);

#endif
