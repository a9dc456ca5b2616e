/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_text: what the forms for people share: head, place, values, colours. */
#ifndef NFTRACE_REPORT_TEXT_H
#define NFTRACE_REPORT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outbuf.h"
#include "report/report.h"

struct change;
struct change_value;
struct journey;
struct map_verdict;
struct packet;
struct place;

#define TEXT_RESET	"\033[0m"
#define TEXT_BOLD	"\033[1m"
#define TEXT_DIM	"\033[2m"

enum { TEXT_LINE = 1024, TEXT_HEAD = sizeof("TRACE: ") - 1 };

/** text_color - @code, where this run is in colours */
static inline void text_color(struct outbuf *o, const struct report_env *env,
			      const char *code)
{
	if (env->color)
		outbuf_text(o, code);
}

/** text_time - HH:MM:SS.uuuuuu in local time, or seconds since boot; and a blank */
void text_time(struct outbuf *o, uint64_t ns);

/** text_port - " (port veth1)" behind a bridge's name; 0: nothing */
void text_port(struct outbuf *o, const struct report_env *env, uint32_t port);

/** text_interfaces - "IN=br0 (port veth1) ", else "OUT=eth0 ", else nothing */
void text_interfaces(struct outbuf *o, const struct report_env *env,
		     uint32_t in, uint32_t phys_in, uint32_t out);

/** text_packet - its headers as tcpdump prints them */
void text_packet(struct outbuf *o, const struct packet *p, bool verbose);

/** text_head - "#12 21:48:59.104211 IN=eth0 10.0.0.1 > 10.0.0.2: ..." */
void text_head(struct outbuf *o, const struct report_env *env,
	       const struct journey *j);

/**
 * text_place - "filter:cali-tw:rule:7  "-A ..."", as in the TRACE line, and the number
 * that the rule has when the run is over, if that is another
 */
void text_place(struct outbuf *o, const struct place *p);

/** text_value - before or behind change @c */
void text_value(struct outbuf *o, const struct report_env *env,
		const struct journey *j, const struct change *c,
		const struct change_value *v);

/** text_element - of a verdict map: "53 "svc default/web""; its key is known */
void text_element(struct outbuf *o, const struct map_verdict *v);

/** text_map_verdict - "53 "svc default/web" -> drop", or "drop" where that is all */
void text_map_verdict(struct outbuf *o, const struct map_verdict *v);

#endif
