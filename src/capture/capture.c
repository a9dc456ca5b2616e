// SPDX-License-Identifier: GPL-2.0-or-later
/* capture: the netlink socket of NFLOG group 0 and nft's trace, opened with privileges, read without. */
#include "capture/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_log/libnetfilter_log.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/sock_diag.h>

#include "capture/event.h"
#include "rules/base/netlink.h"
#include "rules/base/units.h"

enum {
	SLOT = 4096,		/* fixed part of a message */
	/*
	 * Slots begin at different places of a page: else all messages would
	 * share a few lines of the processor's cache.
	 */
	STAGGER = 5 * 64,
	/*
	 * A message takes of the socket's memory what it was allocated: rounded up to
	 * a power of two, with struct sk_buff and skb_shared_info.  Where it fills less
	 * than half it is copied (netlink_trim(), net/netlink/af_netlink.c).  The two
	 * structs are 576 bytes of a kernel of 64 bits, and at least 384 of others'.
	 */
	MOST_FACTOR = 2, MOST_BYTES = 2048,
	LEAST_BYTES = sizeof(long) == 8 ? 576 : 384,
};

struct capture_ring {
	struct mmsghdr msg[CAPTURE_BATCH];
	struct iovec iov[CAPTURE_BATCH];
	struct sockaddr_nl from[CAPTURE_BATCH];
	size_t slot;
	size_t len;
	unsigned char bytes[] __attribute__((aligned(16)));
};

static struct capture_ring *ring_new(uint32_t snaplen)
{
	size_t slot = (SLOT + snaplen + 4095) / 4096 * 4096 +
		      STAGGER;
	size_t len = sizeof(struct capture_ring) + CAPTURE_BATCH * slot;
	struct capture_ring *r = mmap(NULL, len, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (r == MAP_FAILED)
		return NULL;
	r->slot = slot;
	r->len = len;
	for (unsigned int i = 0; i < CAPTURE_BATCH; i++) {
		r->iov[i].iov_base = r->bytes + i * slot;
		r->iov[i].iov_len = slot;
		r->msg[i].msg_hdr.msg_iov = &r->iov[i];
		r->msg[i].msg_hdr.msg_iovlen = 1;
		/* The kernel leaves both as they are: its names are so long. */
		r->msg[i].msg_hdr.msg_name = &r->from[i];
		r->msg[i].msg_hdr.msg_namelen = sizeof(r->from[i]);
	}
	return r;
}

/* Send one request and wait for its answer. */
static int talk(int fd, struct nlmsghdr *nlh)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	char buf[4096] __attribute__((aligned(8)));
	ssize_t n;

	nlh->nlmsg_flags |= NLM_F_ACK;
	if (sendto(fd, nlh, nlh->nlmsg_len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	for (;;) {
		const struct nlmsghdr *ans = (void *)buf;
		const struct nlmsgerr *err;

		n = netlink_receive(fd, buf, sizeof(buf), 0);
		/* Events may come in between, once the group is bound. */
		if (n == -ENOSPC)
			continue;
		if (n < 0)
			return (int)n;
		if (!mnl_nlmsg_ok(ans, (int)n) ||
		    ans->nlmsg_type != NLMSG_ERROR)
			continue;
		err = mnl_nlmsg_get_payload(ans);
		return err->error;
	}
}

static int set_mode(int fd, uint32_t snaplen, uint16_t flags)
{
	char buf[512] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh;

	nlh = nflog_nlmsg_put_header(buf, NFULNL_MSG_CONFIG, AF_UNSPEC, 0);
	if (nflog_attr_put_cfg_mode(nlh, NFULNL_COPY_PACKET, snaplen) < 0)
		return -errno;
	mnl_attr_put_u16(nlh, NFULA_CFG_FLAGS, htons(flags));
	return talk(fd, nlh);
}

/* Asked for where there is none, the kernel would load it. */
static bool has_conntrack(void)
{
	return access("/proc/sys/net/netfilter/nf_conntrack_count", F_OK) == 0;
}

static int configure(int fd, const struct capture_want *want)
{
	char buf[512] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh;
	int err;

	nlh = nflog_nlmsg_put_header(buf, NFULNL_MSG_CONFIG, AF_UNSPEC, 0);
	if (nflog_attr_put_cfg_cmd(nlh, NFULNL_CFG_CMD_BIND) < 0)
		return -errno;
	err = talk(fd, nlh);
	if (err)
		return err;
	/* -EOPNOTSUPP: built without CONFIG_NETFILTER_NETLINK_GLUE_CT, or older than 4.4. */
	if (want->conntrack && has_conntrack() &&
	    set_mode(fd, want->snaplen, NFULNL_CFG_F_SEQ |
					NFULNL_CFG_F_CONNTRACK) == 0)
		return 0;
	return set_mode(fd, want->snaplen, NFULNL_CFG_F_SEQ);
}

static size_t set_buffer(int fd, size_t want)
{
	int half = want / 2 > INT32_MAX ? INT32_MAX : (int)(want / 2), got = 0;
	socklen_t len = sizeof(got);

	/* The kernel doubles what is asked for (socket(7)). */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &half,
		       sizeof(half)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &half, sizeof(half));
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len) < 0)
		return 0;
	return (size_t)got;
}

/*
 * While any socket asks for SO_TIMESTAMP the kernel stamps each packet on
 * receipt, and all events of one packet show that stamp (net_enable_timestamp,
 * net/core/dev.c).
 */
static int stamp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
	return fd;
}

/* nft's trace, and every change of its rules: both need a privilege. */
static int join_nft(int fd, const struct capture_want *want)
{
	const struct {
		int group;
		bool wanted;
	} rows[] = {
		{ NFNLGRP_NFTRACE, want->nft || want->nft_trace },
		{ NFNLGRP_NFTABLES, want->nft },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].wanted &&
		    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			       &rows[i].group, sizeof(rows[i].group)) < 0)
			return -errno;
	return 0;
}

static int join_legacy(int fd, const struct capture_want *want)
{
	uint32_t portid;
	int err = configure(fd, want);

	/* A taken group and a missing privilege look the same. */
	if (err == -EPERM && capture_holder(&portid) == 1)
		return -EBUSY;
	return err;
}

int capture_open(struct capture *c, const struct capture_want *want)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(addr);
	int err = 0;

	memset(c, 0, sizeof(*c));
	c->fd = c->stamp_fd = -1;
	c->ring = ring_new(want->snaplen);
	if (!c->ring)
		return -ENOMEM;
	c->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (c->fd < 0) {
		err = -errno;
		goto fail;
	}
	if (bind(c->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    getsockname(c->fd, (struct sockaddr *)&addr, &len) < 0) {
		err = -errno;
		goto fail;
	}
	c->portid = addr.nl_pid;
	c->buffer = set_buffer(c->fd, want->buffer);
	if (want->legacy)
		err = join_legacy(c->fd, want);
	if (!err)
		err = join_nft(c->fd, want);
	if (err)
		goto fail;
	c->stamp_fd = stamp_socket();
	return 0;

fail:
	capture_close(c);
	return err;
}

void capture_close(struct capture *c)
{
	if (c->fd >= 0)
		close(c->fd);
	if (c->stamp_fd >= 0)
		close(c->stamp_fd);
	if (c->ring)
		munmap(c->ring, c->ring->len);
	c->fd = c->stamp_fd = -1;
	c->ring = NULL;
}

int capture_holder(uint32_t *portid)
{
	/* group portid queued copy_mode copy_range flush_timeout refcount */
	FILE *f = fopen("/proc/net/netfilter/nfnetlink_log", "re");
	unsigned int group, port;
	char line[256];
	int found = 0;

	if (!f)
		return -errno;
	while (!found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%u %u", &group, &port) == 2 && group == 0) {
			*portid = port;
			found = 1;
		}
	}
	fclose(f);
	return found;
}

/* Of the kernel, all of it?  Anybody with CAP_NET_ADMIN here can send to us. */
static bool is_whole(struct capture *c, int i)
{
	uint32_t forged = c->ring->from[i].nl_pid;
	int cut = c->ring->msg[i].msg_hdr.msg_flags & MSG_TRUNC;

	if (!(forged | (uint32_t)cut))
		return true;
	c->forged += forged != 0;
	c->cut += !forged;
	return false;
}

__attribute__((hot)) int
capture_receive(struct capture *c,
		    void (*fn)(void *arg, const struct nlmsghdr *nlh,
			       size_t len),
		    void *arg)
{
	struct capture_ring *r = c->ring;
	int n = recvmmsg(c->fd, r->msg, CAPTURE_BATCH, MSG_DONTWAIT, NULL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	c->messages += (unsigned int)n;
	for (int i = 0; i < n; i++) {
		const struct nlmsghdr *nlh = r->iov[i].iov_base;
		int left = (int)r->msg[i].msg_len;

		c->bytes += r->msg[i].msg_len;
		if (!is_whole(c, i))
			continue;
		for (; event_message_ok(nlh, left);
		     nlh = event_next_message(nlh, &left))
			fn(arg, nlh, (size_t)left);
	}
	return n;
}

uint32_t capture_fence(struct capture *c)
{
	const struct nlmsghdr nlh = {
		.nlmsg_len = sizeof(nlh), .nlmsg_type = NLMSG_NOOP,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.nlmsg_seq = ++c->fence,
	};

	/* Not being connected the socket sends to the kernel. */
	ssize_t n = write(c->fd, &nlh, sizeof(nlh));

	(void)n;
	return c->fence;
}

bool capture_is_fence(const struct capture *c, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_seq && nlh->nlmsg_seq <= c->fence;
}

bool capture_is_behind(const struct nlmsghdr *nlh, uint32_t fence)
{
	return (int32_t)(nlh->nlmsg_seq - fence) >= 0;
}

/* What the socket's memory is used for.  Return: false: it is not known. */
static bool ask_socket(const struct capture *c, uint32_t info[SK_MEMINFO_VARS])
{
	socklen_t len = SK_MEMINFO_VARS * sizeof(info[0]);

	return getsockopt(c->fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0;
}

uint32_t capture_waiting(const struct capture *c)
{
	uint32_t info[SK_MEMINFO_VARS];

	return ask_socket(c, info) ? info[SK_MEMINFO_RMEM_ALLOC] : UINT32_MAX;
}

uint64_t capture_taken_least(const struct capture *c)
{
	return c->bytes + LEAST_BYTES * c->messages;
}

uint64_t capture_taken_most(const struct capture *c)
{
	return MOST_FACTOR * c->bytes + MOST_BYTES * c->messages;
}

bool capture_is_half_full(const struct capture *c)
{
	uint32_t info[SK_MEMINFO_VARS];

	return ask_socket(c, info) &&
	       info[SK_MEMINFO_RMEM_ALLOC] > info[SK_MEMINFO_RCVBUF] / 2;
}

uint32_t capture_drops(const struct capture *c)
{
	uint32_t info[SK_MEMINFO_VARS];

	return ask_socket(c, info) ? info[SK_MEMINFO_DROPS] : 0;
}
