/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fold_fate: what became of a packet, by which rule, and as whom it went on. */
#ifndef NFTRACE_FOLD_FATE_H
#define NFTRACE_FOLD_FATE_H

#include <stdbool.h>

struct fold_out;
struct grounds;
struct journey;
struct outbuf;

/** fold_fate_lines - of branch @b, behind the line that begins with the fate's word */
void fold_fate_lines(struct fold_out *f, const struct journey *j,
		     unsigned int b, const struct grounds *g);

/**
 * fold_fate_ends - " as 192.0.2.10.53632 > 10.244.1.5.8080", where NAT has changed that
 * @both: also the end that is as it was; else " as 192.0.2.10.53632" or " to 10.244.1.5.8080"
 * Return: false: it went nowhere, or as it came; nothing is written.
 */
bool fold_fate_ends(struct outbuf *o, const struct journey *j, unsigned int b,
		    const struct grounds *g, bool both);

#endif
