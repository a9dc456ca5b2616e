/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlink: what the kernel says on a socket, and nothing that others send there. */
#ifndef NFTRACE_NETLINK_H
#define NFTRACE_NETLINK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * netlink_receive - recv(2) of one message of the kernel's
 * @size: in bytes; @flags: MSG_DONTWAIT or 0
 *
 * Whoever has CAP_NET_ADMIN in the network namespace can send to any port id
 * and to any group there.  What does not come from port 0, which is the
 * kernel's, is passed over and counted.
 *
 * Return: its bytes; -ENOSPC: it does not fit, what is left of it is gone;
 * -EAGAIN: nothing waits; or -errno.
 */
ssize_t netlink_receive(int fd, void *buf, size_t size, int flags);

/** netlink_forged - messages that this process has passed over so far */
uint64_t netlink_forged(void);

#endif
