/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fold_fate: what became of a packet, by which rule, and as whom it went on. */
#ifndef NFTRACE_FOLD_FATE_H
#define NFTRACE_FOLD_FATE_H

struct fold_out;
struct grounds;
struct journey;

/** fold_fate_lines - of branch @b, behind the line that begins with the fate's word */
void fold_fate_lines(struct fold_out *f, const struct journey *j,
		     unsigned int b, const struct grounds *g);

#endif
