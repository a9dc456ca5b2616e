// SPDX-License-Identifier: GPL-2.0-or-later
/* batch: changes to nft's rules, all in one transaction or not at all. */
#include "rules/nft/batch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <linux/membarrier.h>

#include "rules/base/netlink.h"

/*
 * Room for the largest set of rules.  The library lets the last message overrun the
 * limit.
 */
enum { BATCH_SIZE = 16 << 20, MESSAGE_MAX = 1 << 16, ANSWER_SIZE = 8192,
       ROOM = BATCH_SIZE + MESSAGE_MAX };

struct nft_batch {
	char *buf;
	struct mnl_nlmsg_batch *list;
	uint32_t seq, count;
	bool full;
	void (*fn)(const struct nlmsghdr *nlh, void *arg);
	void *arg;
};

struct mnl_socket *nft_socket_open(void)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER,
						 SOCK_CLOEXEC);
	int size = BATCH_SIZE, err;

	if (!nl)
		return NULL;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = errno;
		mnl_socket_close(nl);
		errno = err;
		return NULL;
	}
	/*
	 * One sendmsg must hold the whole batch, and the other way all that
	 * is told of it; small ones fit anyway.
	 */
	setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_SNDBUFFORCE, &size,
		   sizeof(size));
	setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &size,
		   sizeof(size));
	return nl;
}

struct nft_batch *nft_batch_new(void)
{
	struct nft_batch *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	/*
	 * Zeros, as the library leaves the padding between attributes as it is.
	 * From the kernel, where what is not touched costs nothing: calloc()
	 * clears what it was given back, each page of it.
	 */
	b->buf = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (b->buf == MAP_FAILED)
		b->buf = NULL;
	b->list = b->buf ? mnl_nlmsg_batch_start(b->buf, BATCH_SIZE) : NULL;
	if (!b->list) {
		nft_batch_free(b);
		return NULL;
	}
	b->seq = (uint32_t)time(NULL);
	nftnl_batch_begin(mnl_nlmsg_batch_current(b->list), b->seq++);
	mnl_nlmsg_batch_next(b->list);
	return b;
}

void nft_batch_free(struct nft_batch *b)
{
	if (!b)
		return;
	if (b->list)
		mnl_nlmsg_batch_stop(b->list);
	if (b->buf)
		munmap(b->buf, ROOM);
	free(b);
}

static void close_message(struct nft_batch *b)
{
	/* Nobody has that many rules: 512 a family, two chains. */
	if (b->count && !mnl_nlmsg_batch_next(b->list))
		b->full = true;
}

struct nlmsghdr *nft_batch_next(struct nft_batch *b, uint16_t type,
				uint8_t nfproto, uint16_t flags)
{
	close_message(b);
	return nftnl_nlmsg_build_hdr(mnl_nlmsg_batch_current(b->list), type,
				     nfproto, flags, b->seq + b->count++);
}

uint32_t nft_batch_count(const struct nft_batch *b)
{
	return b->count;
}

void nft_batch_listen(struct nft_batch *b,
		      void (*fn)(const struct nlmsghdr *nlh, void *arg),
		      void *arg)
{
	b->fn = fn;
	b->arg = arg;
}

/* What has been answered so far. */
struct answers {
	struct nft_refusal *refusal;
	uint32_t max, *count;
	int other;		/* of no message */
};

static void take_answer(struct nft_batch *b, const struct nlmsghdr *h,
			struct answers *a)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

	if (h->nlmsg_type != NLMSG_ERROR) {
		if (b->fn)
			b->fn(h, b->arg);
		return;
	}
	if (!e->error)
		return;
	if (h->nlmsg_seq - b->seq >= b->count)
		a->other = e->error;
	else if (*a->count < a->max)
		a->refusal[(*a->count)++] = (struct nft_refusal) {
			h->nlmsg_seq - b->seq, e->error,
		};
}

/* The kernel answers before sendmsg returns: whatever is there is all. */
static int read_answers(struct nft_batch *b, struct mnl_socket *nl,
			struct answers *a)
{
	_Alignas(struct nlmsghdr) char buf[ANSWER_SIZE];
	ssize_t n;

	for (;;) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
		int left;

		n = netlink_receive(mnl_socket_get_fd(nl), buf, sizeof(buf),
				    MSG_DONTWAIT);
		/* Refusals are few: what did not fit was an echo. */
		if (n == -ENOBUFS && b->fn)
			continue;
		if (n <= 0)
			break;
		for (left = (int)n; mnl_nlmsg_ok(h, left);
		     h = mnl_nlmsg_next(h, &left))
			take_answer(b, h, a);
	}
	if (a->other)
		return a->other;
	if (n < 0 && n != -EAGAIN)
		return (int)n;
	return *a->count ? -EINVAL : 0;
}

int nft_batch_send(struct nft_batch *b, struct mnl_socket *nl,
		   struct nft_refusal *refusal, uint32_t max, uint32_t *count)
{
	struct answers a = { refusal, max, count, 0 };

	*count = 0;
	close_message(b);
	if (b->full)
		return -E2BIG;
	nftnl_batch_end(mnl_nlmsg_batch_current(b->list), b->seq + b->count);
	mnl_nlmsg_batch_next(b->list);
	if (mnl_socket_sendto(nl, mnl_nlmsg_batch_head(b->list),
			      mnl_nlmsg_batch_size(b->list)) < 0)
		return -errno;
	return read_answers(b, nl, &a);
}

int nft_batch_wait(struct mnl_socket *nl)
{
	_Alignas(struct nlmsghdr) char buf[128] = { 0 };
	struct nlmsghdr *begin = nftnl_batch_begin(buf, 0), *end;

	/* No number: a refusal is the answer to whatever is asked next. */
	end = nftnl_batch_end(buf + MNL_ALIGN(begin->nlmsg_len), 0);
	if (mnl_socket_sendto(nl, buf, MNL_ALIGN(begin->nlmsg_len) +
			      MNL_ALIGN(end->nlmsg_len)) < 0)
		return -errno;
	return 0;
}

/* Closing a packet socket, the kernel waits for all who may still use it. */
static int wait_by_packet_socket(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : close(fd);
}

int nft_batch_settle(void)
{
	/*
	 * Rules are evaluated between rcu_read_lock() and _unlock(): membarrier(2)
	 * is synchronize_rcu(), but not with one CPU, where a process may be
	 * interrupted in an evaluation, and not with nohz_full;
	 * packet_release() in the kernel calls it in any case.
	 */
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1 &&
	    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0)
		return 0;
	return wait_by_packet_socket();
}
