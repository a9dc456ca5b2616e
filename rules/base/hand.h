/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hand: descriptors over a socket, from one process to another. */
#ifndef NFTRACE_HAND_H
#define NFTRACE_HAND_H

enum { HAND_MAX = 4 };

/**
 * hand_over - one message with @count descriptors, HAND_MAX at most; 0: none
 * @line: a SOCK_SEQPACKET socket; a helper's is .line of struct helper_out
 *
 * Descriptors stay open here.  Return: 0 or -errno.
 */
int hand_over(int line, const int *fd, unsigned int count);

/**
 * hand_take - wait for that message, on the other end
 * @fd: @count of them, close-on-exec; the caller closes them
 * Return: 0; -ENOENT: it came with fewer, and none is open here; -ETIMEDOUT;
 * -EPIPE: the other end is closed; or another -errno.
 */
int hand_take(int line, int timeout_ms, int *fd, unsigned int count);

#endif
