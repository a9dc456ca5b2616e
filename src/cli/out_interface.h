/* SPDX-License-Identifier: GPL-2.0-or-later */
/* out_interface: -i IN -o OUT, the natural words for what is forwarded. */
#ifndef NFTRACE_OUT_INTERFACE_H
#define NFTRACE_OUT_INTERFACE_H

#include <stdbool.h>

struct options;

/**
 * out_interface_take - make -o of an expression with -i a word of --only, which is said
 *
 * A packet that has come in has no out-interface yet where the trace begins, so that
 * nothing would match.  With --or, what is printed is one for all expressions: there
 * nothing is done.
 * Return: false: no memory.
 */
bool out_interface_take(struct options *o);

#endif
