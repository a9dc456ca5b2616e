/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack_seen: what is known of a packet's connection, and why it has none. */
#ifndef NFTRACE_CONNTRACK_SEEN_H
#define NFTRACE_CONNTRACK_SEEN_H

#include <stdbool.h>

struct conntrack;
struct journey;
struct packet;

/**
 * conntrack_seen - by what its events told, or else by the rules that it met
 * @c: filled; its state is untold where nothing says it for certain
 *
 * A rule that a packet meets is true of it: who passes "--ctstate INVALID" is.
 * The state is the same from conntrack's first hook on, and nothing before.
 */
void conntrack_seen(const struct journey *j, struct conntrack *c);

/** conntrack_decided - did the rule that decided ask for the state? */
bool conntrack_decided(const struct journey *j);

/**
 * conntrack_why_invalid - what of the packet speaks for it; NULL: nothing that is known
 * @certain: set where that alone is reason enough
 */
const char *conntrack_why_invalid(const struct packet *p, bool *certain);

#endif
