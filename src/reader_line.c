// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_line: what supervisor and reader say to each other. */
#include "reader_line.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reader.h"

union one_fd {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

void reader_tell(int control, enum reader_word word)
{
	char c = (char)word;

	/* The supervisor may be gone; that shows as EOF. */
	if (write(control, &c, 1) < 0)
		return;
}

ssize_t reader_receive(int control, struct supervisor_message *m, int *fd)
{
	struct iovec iov = { m, sizeof(*m) };
	union one_fd c = { .room = { 0 } };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = c.room,
		.msg_controllen = sizeof(c.room),
	};
	ssize_t n = recvmsg(control, &msg, MSG_CMSG_CLOEXEC);
	struct cmsghdr *h = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

	*fd = -1;
	if (h && h->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(h), sizeof(*fd));
	return n;
}

static int say_to(struct reader *r, enum supervisor_word word)
{
	struct supervisor_message m;

	/* With its padding: it goes to another process. */
	memset(&m, 0, sizeof(m));
	m.word = (char)word;
	return send(r->fd, &m, sizeof(m), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ?
		-errno : 0;
}

void reader_answered(struct reader *r)
{
	/* Should it not take it, it waits no longer than it would. */
	(void)say_to(r, SUPERVISOR_ANSWERED);
}

void reader_rules(struct reader *r, int fd, size_t size)
{
	struct supervisor_message m;
	struct iovec iov = { &m, sizeof(m) };
	union one_fd c = { .room = { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *h;

	memset(&m, 0, sizeof(m));
	m.word = SUPERVISOR_RULES;
	m.size = size;
	if (fd >= 0) {
		msg.msg_control = c.room;
		msg.msg_controllen = sizeof(c.room);
		h = CMSG_FIRSTHDR(&msg);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(h), &fd, sizeof(fd));
	}
	/* Should it not take it, it does without. */
	(void)sendmsg(r->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int reader_drain(struct reader *r)
{
	return say_to(r, SUPERVISOR_DRAIN);
}
