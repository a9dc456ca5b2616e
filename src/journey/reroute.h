/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reroute: did rules at OUTPUT make the kernel choose the packet's way once more? */
#ifndef NFTRACE_REROUTE_H
#define NFTRACE_REROUTE_H

struct fate;
struct journey;

/**
 * reroute_doubt - what was SENT as far as OUTPUT tells may have gone another way
 *
 * Behind mangle's OUTPUT, or a chain of type route, that changed mark, addresses or
 * TOS, the kernel routes again: out of another interface, or nowhere.  Later events
 * at OUTPUT show the old one; only POSTROUTING's show the new one.
 */
void reroute_doubt(const struct journey *j, unsigned int branch,
		   struct fate *fate);

#endif
