// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_ipc: what supervisor and reader say to each other. */
#include "protocol/reader_ipc.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/sandbox.h"

union some_fds {
	struct cmsghdr align;
	char room[CMSG_SPACE(READER_SNAPSHOTS * sizeof(int))];
};

void reader_tell(int control, enum reader_word word)
{
	char c = (char)word;

	/* The supervisor may be gone; that shows as EOF. */
	if (write(control, &c, 1) < 0)
		return;
}

bool reader_ready(char *answer, ssize_t len, size_t size)
{
	size_t n = len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
	const char *text = n ? answer + 1 : "";

	answer[n] = '\0';
	if (n && answer[0] == READER_READY) {
		if (*text)
			msg("note: the reader keeps %s; " SANDBOX_HOLDS, text);
		return true;
	}
	msg("error: the reader could not be started%s%s", *text ? ": " : "",
	    text);
	return false;
}

ssize_t reader_receive(int control, struct supervisor_message *m,
		       int fd[READER_SNAPSHOTS])
{
	struct iovec iov = { m, sizeof(*m) };
	union some_fds c = { .room = { 0 } };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = c.room,
		.msg_controllen = sizeof(c.room),
	};
	ssize_t n = recvmsg(control, &msg, MSG_CMSG_CLOEXEC);
	struct cmsghdr *h = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	const unsigned char *data = h ? CMSG_DATA(h) : NULL;

	for (unsigned int i = 0; i < READER_SNAPSHOTS; i++) {
		fd[i] = -1;
		if (!data || h->cmsg_type != SCM_RIGHTS || !m->size[i])
			continue;
		memcpy(&fd[i], data, sizeof(fd[i]));
		data += sizeof(fd[i]);
	}
	return n;
}

static int say_of(struct reader *r, enum supervisor_word word, uint64_t matched)
{
	struct supervisor_message m;

	/* With its padding: it goes to another process. */
	memset(&m, 0, sizeof(m));
	m.word = (char)word;
	m.matched = matched;
	return send(r->fd, &m, sizeof(m), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ?
		-errno : 0;
}

static int say_to(struct reader *r, enum supervisor_word word)
{
	return say_of(r, word, 0);
}

void reader_answered(struct reader *r)
{
	/* A reader that takes no message waits no longer than without one. */
	(void)say_to(r, SUPERVISOR_ANSWERED);
}

static void attach(struct msghdr *msg, union some_fds *c,
		   const struct reader_rules *rules, uint64_t *size)
{
	struct cmsghdr *h = &c->align;
	unsigned int count = 0;

	for (unsigned int i = 0; i < READER_SNAPSHOTS; i++) {
		if (rules->fd[i] < 0)
			continue;
		size[i] = rules->size[i];
		memcpy(CMSG_DATA(h) + count++ * sizeof(int), &rules->fd[i],
		       sizeof(int));
	}
	if (!count)
		return;
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(count * sizeof(int));
	msg->msg_control = c->room;
	msg->msg_controllen = CMSG_SPACE(count * sizeof(int));
}

static int hand_over(struct reader *r, enum supervisor_word word,
		     const struct reader_rules *rules,
		     const struct reader_tables *t, uint32_t ask)
{
	struct supervisor_message m;
	struct iovec iov = { &m, sizeof(m) };
	union some_fds c = { .room = { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	memset(&m, 0, sizeof(m));
	m.word = (char)word;
	m.foreign_trace = rules->foreign_trace;
	m.nft_began = rules->nft_began;
	memcpy(m.witness, rules->witness, sizeof(m.witness));
	if (t)
		m.tables = *t;
	m.ask = ask;
	attach(&msg, &c, rules, m.size);
	return sendmsg(r->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno
								     : 0;
}

int reader_begin(struct reader *r, const struct reader_rules *rules)
{
	return hand_over(r, SUPERVISOR_BEGIN, rules, NULL, 0);
}

static void hand_nft(struct reader *r, enum supervisor_word word, int fd,
		     size_t size, uint32_t ask)
{
	struct reader_rules rules = {
		.fd = { -1, -1, [READER_NFT] = fd },
		.size = { [READER_NFT] = size },
	};

	/* A reader that takes no message does without them. */
	(void)hand_over(r, word, &rules, NULL, ask);
}

void reader_renew(struct reader *r, int fd, size_t size)
{
	hand_nft(r, SUPERVISOR_RULES, fd, size, 0);
}

void reader_elements(struct reader *r, uint32_t ask, int fd, size_t size)
{
	hand_nft(r, SUPERVISOR_ELEMENTS, fd, size, ask);
}

void reader_fence(struct reader *r)
{
	/* Without it what is in doubt is so for longer. */
	(void)say_to(r, SUPERVISOR_FENCE);
}

int reader_tables(struct reader *r, const struct reader_rules *rules,
		  const struct reader_tables *t)
{
	return hand_over(r, SUPERVISOR_TABLES, rules, t, 0);
}

int reader_drain(struct reader *r, uint64_t matched)
{
	return say_of(r, SUPERVISOR_DRAIN, matched);
}
