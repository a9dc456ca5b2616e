/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture: the netlink socket of NFLOG group 0 and nft's trace, opened with privileges, read without. */
#ifndef NFTRACE_CAPTURE_H
#define NFTRACE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CAPTURE_BATCH = 64 };	/* messages a system call */

struct capture {
	int fd;
	int stamp_fd;		/* makes the kernel stamp received packets */
	uint32_t portid;	/* of the socket, as capture_holder() has it */
	size_t buffer;		/* receive buffer that the kernel gave */
	uint32_t fence;		/* number of the last one, 0: none yet */
	uint64_t forged;	/* messages that the kernel did not send */
	uint64_t cut;		/* longer than their place in the ring */
	uint64_t bytes;		/* of all messages that were read */
	uint64_t messages;	/* their number */
	struct capture_ring *ring;
};

/*
 * One socket for both backends: the order of the messages is then the order in
 * which the kernel made them.
 */
struct capture_want {
	uint32_t snaplen;	/* bytes of each packet */
	size_t buffer;		/* receive buffer, in bytes */
	bool legacy;		/* NFLOG group 0 */
	bool nft;		/* nft's trace events and changes of its rules ... */
	bool nft_trace;		/* ... or the trace events alone */
	bool conntrack;		/* of each event of group 0, where the kernel has it */
};

/**
 * capture_open - bind and join what is wanted, and start the receive stamps
 *
 * Return: 0; -EBUSY: group 0 is bound by another socket; -EPERM: no
 * CAP_NET_ADMIN; or -errno.
 */
int capture_open(struct capture *c, const struct capture_want *want);

/** capture_close - idempotent; the kernel leaves group 0 with the socket */
void capture_close(struct capture *c);

/**
 * capture_holder - who has bound NFLOG group 0 in this network namespace
 * Return: 1 and the netlink port id (usually the pid), 0: nobody, or -errno.
 */
int capture_holder(uint32_t *portid);

struct nlmsghdr;

/**
 * capture_receive - hand all waiting messages, at most one batch, to @fn
 * @fn: called for each netlink message with the bytes from it to the end, which
 *	are there until it returns; the header and as many bytes as it tells of lie
 *	in them.  Not for what another process has sent or was cut: that is counted.
 * Return: messages handed over, with less than CAPTURE_BATCH there was no more
 * or the kernel had to drop some; 0: none is waiting; -ENOBUFS: it had to drop
 * some; or -errno.
 */
int capture_receive(struct capture *c,
		    void (*fn)(void *arg, const struct nlmsghdr *nlh,
			       size_t len),
		    void *arg);

/**
 * capture_fence - have a message put behind all that waits by now
 *
 * What the kernel says to a request stands in the socket's queue as everything
 * else does, also where it says no more than that one is not privileged.  It may
 * not come, as any message: then the socket overflows, and takes nothing more
 * until it has been emptied.
 * Return: its number.
 */
uint32_t capture_fence(struct capture *c);

/** capture_is_fence - is a MESSAGE_FENCE one that was asked for? */
bool capture_is_fence(const struct capture *c, const struct nlmsghdr *nlh);

/** capture_is_behind - is a MESSAGE_FENCE @fence, or one that was asked for later? */
bool capture_is_behind(const struct nlmsghdr *nlh, uint32_t fence);

/**
 * capture_waiting - what waits to be read takes so much of the receive buffer
 * Return: bytes, at least as many as the messages have; UINT32_MAX: it is not known.
 */
uint32_t capture_waiting(const struct capture *c);

/**
 * capture_taken_least, capture_taken_most - what was read has taken so much of the buffer
 * Return: bytes, of capture_waiting()'s kind; at least or at most.
 */
uint64_t capture_taken_least(const struct capture *c);
uint64_t capture_taken_most(const struct capture *c);

/** capture_is_half_full - what waits to be read takes half of the receive buffer */
bool capture_is_half_full(const struct capture *c);

/** capture_drops - messages that the socket has dropped so far (SO_MEMINFO) */
uint32_t capture_drops(const struct capture *c);

#endif
