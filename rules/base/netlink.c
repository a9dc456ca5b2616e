// SPDX-License-Identifier: GPL-2.0-or-later
/* netlink: what the kernel says on a socket, and nothing that others send there. */
#include "rules/base/netlink.h"

#include <errno.h>
#include <sys/socket.h>

#include <linux/netlink.h>

static uint64_t forged;

ssize_t netlink_receive(int fd, void *buf, size_t size, int flags)
{
	struct sockaddr_nl from;
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	for (;;) {
		msg.msg_name = &from;
		msg.msg_namelen = sizeof(from);
		n = recvmsg(fd, &msg, flags);
		if (n < 0)
			return -errno;
		if (msg.msg_namelen == sizeof(from) && from.nl_pid == 0)
			return msg.msg_flags & MSG_TRUNC ? -ENOSPC : n;
		forged++;
	}
}

uint64_t netlink_forged(void)
{
	return forged;
}
