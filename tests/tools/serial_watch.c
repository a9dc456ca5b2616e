// SPDX-License-Identifier: GPL-2.0-or-later
/* serial_watch: which serials (serial.h) pass which interface, how often; told at SIGINT. */
#include "serial.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IFACES = 16, BATCH = 64, SNAP = 256, ETHER = 14, BUFFER = 512 << 20 };

/* Times seen, by interface and direction. */
static uint8_t *seen[IFACES][2];
static bool is_used[SERIAL_BLOCKS];	/* by any of them */
static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
}

static void count(const struct sockaddr_ll *from, const uint8_t *frame,
		  size_t len)
{
	bool out = from->sll_pkttype == PACKET_OUTGOING;
	uint8_t **table;
	uint32_t serial;

	if (from->sll_ifindex >= IFACES || len < ETHER ||
	    !serial_get(frame + ETHER, len - ETHER, &serial) ||
	    serial >= SERIALS)
		return;
	table = &seen[from->sll_ifindex][out];
	if (!*table)
		*table = calloc(1, SERIALS);
	is_used[serial / SERIAL_BLOCK] = true;
	if (*table && (*table)[serial] < 255)
		(*table)[serial]++;
}

static void read_some(int fd)
{
	static uint8_t bytes[BATCH][SNAP];
	static struct sockaddr_ll from[BATCH];
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	int i, n;

	for (i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ bytes[i], SNAP };
		msg[i].msg_hdr = (struct msghdr){
			.msg_iov = &iov[i], .msg_iovlen = 1,
			.msg_name = &from[i], .msg_namelen = sizeof(from[i]),
		};
	}
	n = recvmmsg(fd, msg, BATCH, MSG_WAITFORONE, NULL);
	for (i = 0; i < n; i++)
		count(&from[i], bytes[i], msg[i].msg_len);
}

static void tell(void)
{
	static const char *const ways[] = { "in", "out" };
	char name[IF_NAMESIZE];

	for (unsigned int i = 0; i < IFACES; i++) {
		for (unsigned int w = 0; w < 2; w++) {
			if (!seen[i][w] || !if_indextoname(i, name))
				continue;
			for (uint32_t s = serial_from(0, is_used); s < SERIALS;
			     s = serial_from(s + 1, is_used))
				if (seen[i][w][s])
					printf("%s/%s %u %u\n", name, ways[w],
					       s, seen[i][w][s]);
		}
	}
}

int main(void)
{
	struct tpacket_stats st = { 0 };
	struct sigaction sa = { .sa_handler = end };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), big = BUFFER;
	socklen_t len = sizeof(st);

	if (fd < 0) {
		perror("serial_watch");
		return 2;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	sigaction(SIGINT, &sa, NULL);
	puts("ready");
	fflush(stdout);
	while (!ended)
		read_some(fd);
	/* What came before the signal. */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &st, &len);
	for (unsigned int i = 0; i <= st.tp_packets / BATCH + BATCH; i++)
		read_some(fd);
	tell();
	if (st.tp_drops)
		fprintf(stderr, "serial_watch: %u packets missed\n",
			st.tp_drops);
	return st.tp_drops ? 1 : 0;
}
