/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unreached: printed packets that did not come to a chain of --expect, and the first's way. */
#ifndef NFTRACE_UNREACHED_H
#define NFTRACE_UNREACHED_H

struct expectation;
struct journey;
struct stats;

/** unreached_add - a packet is printed: into .unreached of @st if it did not come there */
void unreached_add(struct stats *st, const struct expectation *e,
		   const struct journey *j);

#endif
