/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_fate: what became of a packet, as a line for people. */
#ifndef NFTRACE_TEXT_FATE_H
#define NFTRACE_TEXT_FATE_H

#include <stdint.h>

struct journey;
struct outbuf;
struct report_env;
struct report_late;

/** text_last_port - of branch @b the port it left by; 0: not told, or there is none */
uint32_t text_last_port(const struct journey *j, unsigned int b);

/** text_fate - "=> DROP by filter:..." of branch @b, without a newline */
void text_fate(struct outbuf *o, const struct report_env *env,
	       const struct journey *j, unsigned int b);

/** text_late - "#12 LOST after all, 3.1 s later: kernel: ...", the .late of each */
void text_late(struct outbuf *o, const struct report_env *env,
	       const struct report_late *l);

#endif
