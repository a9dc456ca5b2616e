// SPDX-License-Identifier: GPL-2.0-or-later
/* flood: sends UDP as fast as the kernel takes it, or at a given rate, to one address or many. */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, PAYLOAD = 1472 };

/* Of IPv4, in turn: the one that is asked for, and those behind it. */
static struct {
	struct sockaddr_in first;
	uint32_t count, step;	/* 0: one alone */
} flows;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int open_socket(const char *host, const char *port)
{
	struct addrinfo *ai = address_look_up(host, port, SOCK_DGRAM);
	int fd;

	if (!ai)
		return -1;
	fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, ai->ai_addr, ai->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	if (ai->ai_family == AF_INET)
		memcpy(&flows.first, ai->ai_addr, sizeof(flows.first));
	freeaddrinfo(ai);
	return fd;
}

/* What may have been sent by now at @rate (0: any number). */
static long allowed(double start, long rate, long count)
{
	double n;

	if (!rate)
		return count;
	n = (now() - start) * (double)rate;
	return n < (double)count ? (long)n : count;
}

static void choose_flow(struct msghdr *m, struct sockaddr_in *to, long serial)
{
	uint32_t n = (uint32_t)(serial % flows.count);

	*to = flows.first;
	to->sin_addr.s_addr = htonl(ntohl(to->sin_addr.s_addr) +
				    n * flows.step);
	m->msg_name = to;
	m->msg_namelen = sizeof(*to);
}

/* Each payload begins with the packet's serial number, big endian. */
static long send_some(int fd, struct mmsghdr *m, char (*payload)[PAYLOAD],
		      long serial, long n)
{
	static struct sockaddr_in to[BATCH];
	uint32_t be;
	int i, sent;

	if (n > BATCH)
		n = BATCH;
	for (i = 0; i < n; i++) {
		be = htonl((uint32_t)(serial + i));
		memcpy(payload[i], &be, sizeof(be));
		if (flows.count)
			choose_flow(&m[i].msg_hdr, &to[i], serial + i);
	}
	sent = sendmmsg(fd, m, (unsigned int)n, 0);
	return sent < 0 ? (errno == ENOBUFS || errno == ECONNREFUSED ? 0 : -1)
			: sent;
}

static long flood(int fd, size_t size, long count, long rate, double seconds)
{
	static char payload[BATCH][PAYLOAD];
	struct mmsghdr m[BATCH] = { 0 };
	struct iovec iov[BATCH];
	double start = now();
	long sent = 0, n;
	int i;

	for (i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ payload[i], size };
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	while (sent < count && (seconds <= 0 || now() - start < seconds)) {
		n = allowed(start, rate, count) - sent;
		if (n <= 0) {
			nanosleep(&(struct timespec){ 0, 200000 }, NULL);
			continue;
		}
		n = send_some(fd, m, payload, sent, n);
		if (n < 0)
			return -1;
		sent += n;
	}
	return sent;
}

int main(int argc, char **argv)
{
	long count, size, sent;
	int fd;

	if (argc < 4 || argc > 9) {
		fputs("usage: flood ADDRESS PORT COUNT [SIZE [PER-SECOND [SECONDS\n"
		      "             [FLOWS [STEP]]]]]\n"
		      "COUNT 0: until SECONDS are over; PER-SECOND 0: full speed.\n"
		      "FLOWS: to so many IPv4 addresses in turn, each STEP behind the last.\n",
		      stderr);
		return 2;
	}
	count = atol(argv[3]);
	size = argc > 4 ? atol(argv[4]) : 32;
	fd = open_socket(argv[1], argv[2]);
	if (fd < 0 || size < 4 || size > PAYLOAD) {
		fprintf(stderr, "flood: bad address or size\n");
		return 2;
	}
	flows.count = argc > 7 ? (uint32_t)atol(argv[7]) : 0;
	flows.step = argc > 8 ? (uint32_t)atol(argv[8]) : 1;
	sent = flood(fd, (size_t)size, count ? count : 1L << 40,
		     argc > 5 ? atol(argv[5]) : 0,
		     argc > 6 ? atof(argv[6]) : 0);
	printf("%ld\n", sent);
	close(fd);
	return sent < 0 ? 1 : 0;
}
