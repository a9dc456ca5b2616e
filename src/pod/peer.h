/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peer: the interfaces of another network namespace, and where they end in this one. */
#ifndef NFTRACE_POD_PEER_H
#define NFTRACE_POD_PEER_H

#include "pod/pod.h"

/**
 * peer_read - fill in links and addresses
 * @there, @here: descriptors of the two namespaces; the process is in @here, also afterwards
 *
 * Two interfaces are one cable's when each has the other's index, and each of the
 * namespaces the other's number (link-netnsid).
 * Return: 0 or -errno.
 */
int peer_read(struct pod_found *f, int there, int here);

#endif
