// SPDX-License-Identifier: GPL-2.0-or-later
/* hand: descriptors over a socket, from one process to another. */
#include "rules/base/hand.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rules/base/clock.h"
#include "rules/base/units.h"

union room {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(HAND_MAX * sizeof(int))];
};

int hand_over(int line, const int *fd, unsigned int count)
{
	static char word[1];
	struct iovec iov = { word, sizeof(word) };
	union room c = { .bytes = { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (count > HAND_MAX)
		return -EINVAL;
	if (count) {
		c.align.cmsg_level = SOL_SOCKET;
		c.align.cmsg_type = SCM_RIGHTS;
		c.align.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&c.align), fd, count * sizeof(int));
		msg.msg_control = c.bytes;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	return sendmsg(line, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Signals do not make it longer.  Return: false after the timeout. */
static bool await(int line, int timeout_ms)
{
	struct pollfd pfd = { .fd = line, .events = POLLIN };
	uint64_t now = clock_monotonic_ns();
	const uint64_t end = now + (uint64_t)timeout_ms * NS_PER_MS;

	for (; now < end; now = clock_monotonic_ns())
		if (poll(&pfd, 1, (int)((end - now) / NS_PER_MS) + 1) > 0)
			return true;
	return false;
}

/* Return: how many came; all of them are open. */
static unsigned int unpack(struct msghdr *msg, int fd[HAND_MAX])
{
	struct cmsghdr *h = CMSG_FIRSTHDR(msg);
	size_t size = h && h->cmsg_type == SCM_RIGHTS ?
		h->cmsg_len - CMSG_LEN(0) : 0;

	if (size)
		memcpy(fd, CMSG_DATA(h), size);
	return (unsigned int)(size / sizeof(int));
}

int hand_take(int line, int timeout_ms, int *fd, unsigned int count)
{
	char word;
	struct iovec iov = { &word, 1 };
	union room c = { .bytes = { 0 } };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = c.bytes,
		.msg_controllen = sizeof(c.bytes),
	};
	int came[HAND_MAX];
	unsigned int n;
	ssize_t len;

	if (!await(line, timeout_ms))
		return -ETIMEDOUT;
	len = recvmsg(line, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (len <= 0)
		return len < 0 ? -errno : -EPIPE;
	n = unpack(&msg, came);
	if (n == count) {
		memcpy(fd, came, count * sizeof(int));
		return 0;
	}
	while (n)
		close(came[--n]);
	return -ENOENT;
}
