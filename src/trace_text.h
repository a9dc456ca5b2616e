/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_text: a log's TRACE line, as nf_log_syslog writes it -> event; pure. */
#ifndef NFTRACE_TRACE_TEXT_H
#define NFTRACE_TRACE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

enum { TRACE_TEXT_PACKET = 512 };

struct trace_text_name {
	const char *at;
	size_t len;		/* 0: none */
};

/* One line, read.  Pointers are into the line and into this struct. */
struct trace_text {
	/* Without interface indexes and hook, which a line does not tell. */
	struct event e;
	struct trace_text_name in, out, phys_in, phys_out, host;
	uint64_t wall_ns;	/* since 1970, 0: the line does not tell */
	uint64_t boot_ns;	/* since the start of the machine, 0: no word */
	bool exact;		/* wall_ns is finer than a second */
	uint8_t packet[TRACE_TEXT_PACKET];	/* made of the fields */
	uint8_t hw_header[14];
};

/**
 * trace_text_parse - read a line of dmesg, journalctl or a syslog
 * @now: seconds since 1970; a date without a year is the last such before
 *
 * Return: 0; -ENOMSG: no TRACE line; -EBADMSG: one that is cut off or damaged.
 */
int trace_text_parse(struct trace_text *t, const char *line, size_t len,
		     int64_t now);

/** trace_text_missed - "Missed 12 kernel messages" of journald; 0: it is not */
uint32_t trace_text_missed(const char *line, size_t len);

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
	bool v6, df, mf, has_proto, fragment;
	bool no_more;	/* the kernel says that the packet ends here */
	uint8_t src[16], dst[16], gateway[4];
	uint8_t proto, tcp_flags;
	uint8_t options, ip_options;	/* bytes */
	uint8_t option[40], ip_option[40];	/* TCP's and IPv4's */
	uint32_t has;			/* 1 << enum trace_text_field */
	uint32_t number[TT_FIELDS];
	const struct trace_text_packet *quoted;
};

/** trace_text_build - the headers that such a packet has; bytes written */
size_t trace_text_build(uint8_t *to, size_t size,
			const struct trace_text_packet *p);

/** trace_text_time - the time in front of the kernel's message, and the host */
void trace_text_time(struct trace_text *t, const char *head, size_t len,
		     int64_t now);

#endif
