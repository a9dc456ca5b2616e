/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portid: the process that has a netlink socket of netfilter's. */
#ifndef NFTRACE_PORTID_H
#define NFTRACE_PORTID_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * portid_process - of this port id, in the network namespace of the caller
 * @shared: set where another process has the same socket; NULL: the first one will do
 * Source: /proc/net/netlink, and the descriptors of all processes that may be looked at.
 * Return: 0: there is none, or none that is to be seen.
 */
pid_t portid_process(uint32_t portid, bool *shared);

#endif
