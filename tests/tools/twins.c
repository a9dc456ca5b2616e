// SPDX-License-Identifier: GPL-2.0-or-later
/* ambiguity: sends one UDP packet many times over, every copy the same to the last bit. */
#include "frame.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD = 32 };

struct packet {
	struct frame_head head;
	char payload[PAYLOAD];
} __attribute__((packed));

static bool read_address(struct sockaddr_in *to, const char *address,
			 const char *port)
{
	to->sin_port = htons((uint16_t)atoi(port));
	return inet_pton(AF_INET, address, &to->sin_addr) == 1;
}

/* argv: IFACE MAC SOURCE SPORT DESTINATION DPORT */
static bool fill(struct packet *p, char **argv)
{
	struct sockaddr_in from, to;

	memset(p, 0, sizeof(*p));
	return read_address(&from, argv[2], argv[3]) &&
	       read_address(&to, argv[4], argv[5]) &&
	       frame_fill(&p->head, argv[1], &from, &to, PAYLOAD);
}

static void wait_us(long us)
{
	if (us > 0)
		nanosleep(&(struct timespec){ us / 1000000,
			  us % 1000000 * 1000 }, NULL);
}

int main(int argc, char **argv)
{
	struct packet p;
	long count, i, sent = 0;
	int fd;

	if (argc != 9 || !fill(&p, argv + 1)) {
		fputs("usage: twins IFACE MAC SOURCE SPORT DESTINATION DPORT"
		      " COUNT PAUSE-US\n", stderr);
		return 2;
	}
	fd = frame_socket(argv[1]);
	count = atol(argv[7]);
	for (i = 0; i < count; i++) {
		sent += send(fd, &p, sizeof(p), 0) == sizeof(p);
		wait_us(atol(argv[8]));
	}
	printf("%ld\n", sent);
	close(fd);
	return sent == count ? 0 : 1;
}
