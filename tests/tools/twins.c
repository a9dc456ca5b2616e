// SPDX-License-Identifier: GPL-2.0-or-later
/* twins: sends one UDP packet many times over, every copy the same to the last bit. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD = 32 };

struct frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	char payload[PAYLOAD];
} __attribute__((packed));

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static int read_mac(uint8_t mac[ETH_ALEN], const char *text)
{
	unsigned int b[ETH_ALEN];
	int i;

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3],
		   &b[4], &b[5]) != ETH_ALEN)
		return -1;
	for (i = 0; i < ETH_ALEN; i++)
		mac[i] = (uint8_t)b[i];
	return 0;
}

/* argv: IFACE MAC SOURCE SPORT DESTINATION DPORT */
static int fill(struct frame *f, char **argv)
{
	memset(f, 0, sizeof(*f));
	f->eth.h_source[0] = 2;		/* locally administered */
	f->eth.h_proto = htons(ETH_P_IP);
	f->ip.version = 4;
	f->ip.ihl = 5;
	f->ip.tot_len = htons(sizeof(*f) - sizeof(f->eth));
	f->ip.id = htons(4711);
	f->ip.ttl = 64;
	f->ip.protocol = IPPROTO_UDP;
	f->udp.source = htons((uint16_t)atoi(argv[3]));
	f->udp.dest = htons((uint16_t)atoi(argv[5]));
	f->udp.len = htons(sizeof(f->udp) + PAYLOAD); /* v4: no checksum */
	if (read_mac(f->eth.h_dest, argv[1]) != 0 ||
	    inet_pton(AF_INET, argv[2], &f->ip.saddr) != 1 ||
	    inet_pton(AF_INET, argv[4], &f->ip.daddr) != 1)
		return -1;
	f->ip.check = checksum(&f->ip, sizeof(f->ip));
	return 0;
}

static void wait_us(long us)
{
	if (us > 0)
		nanosleep(&(struct timespec){ us / 1000000,
			  us % 1000000 * 1000 }, NULL);
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_halen = ETH_ALEN };
	struct frame f;
	long count, i, sent = 0;
	int fd;

	if (argc != 9 || fill(&f, argv + 1) != 0) {
		fputs("usage: twins IFACE MAC SOURCE SPORT DESTINATION DPORT"
		      " COUNT PAUSE-US\n", stderr);
		return 2;
	}
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	to.sll_ifindex = (int)if_nametoindex(argv[1]);
	memcpy(to.sll_addr, f.eth.h_dest, ETH_ALEN);
	count = atol(argv[7]);
	for (i = 0; i < count; i++) {
		sent += sendto(fd, &f, sizeof(f), 0, (void *)&to,
			       sizeof(to)) == sizeof(f);
		wait_us(atol(argv[8]));
	}
	printf("%ld\n", sent);
	close(fd);
	return sent == count ? 0 : 1;
}
