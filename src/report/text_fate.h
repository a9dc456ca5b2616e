/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_fate: what became of a packet, as a line for people. */
#ifndef NFTRACE_TEXT_FATE_H
#define NFTRACE_TEXT_FATE_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct outbuf;
struct report_env;
struct report_late;

/** text_fate_color - of enum fate_kind */
const char *text_fate_color(unsigned int kind);

/** text_fate_goes_on - DELIVERED, FORWARDED, SENT: no rule and nobody else took it */
bool text_fate_goes_on(unsigned int kind);

/**
 * text_fate_bridged - why a rule of iptables drops what only passes a bridge
 * Who sees that asks it.  NULL: nothing of that kind.
 */
const char *text_fate_bridged(const struct journey *j, unsigned int b);

/** text_last_port - of branch @b the port it left by; 0: not told, or there is none */
uint32_t text_last_port(const struct journey *j, unsigned int b);

/** text_fate - "=> DROP by filter:...; via ..." of branch @b, without a newline */
void text_fate(struct outbuf *o, const struct report_env *env,
	       const struct journey *j, unsigned int b);

/** text_late - "#12 LOST after all, 3.1 s later: kernel: NEIGH_FAILED ... (out w2)", a line */
void text_late(struct outbuf *o, const struct report_env *env,
	       const struct report_late *l);

/** text_late_reason - of it what is behind the fate's word, whose colour ends here */
void text_late_reason(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l);

#endif
