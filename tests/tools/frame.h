/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame: UDP over IPv4 over Ethernet, put on the wire past the sender's own stack. */
#ifndef TOOLS_FRAME_H
#define TOOLS_FRAME_H

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct frame_head {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

static inline uint16_t frame_checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/** frame_fill - all but the payload; false: @mac is none */
static inline bool frame_fill(struct frame_head *f, const char *mac,
			      const struct sockaddr_in *from,
			      const struct sockaddr_in *to, size_t payload)
{
	unsigned int b[ETH_ALEN];

	memset(f, 0, sizeof(*f));
	if (sscanf(mac, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3],
		   &b[4], &b[5]) != ETH_ALEN)
		return false;
	for (int i = 0; i < ETH_ALEN; i++)
		f->eth.h_dest[i] = (uint8_t)b[i];
	f->eth.h_source[0] = 2;		/* locally administered */
	f->eth.h_proto = htons(ETH_P_IP);
	f->ip.version = 4;
	f->ip.ihl = 5;
	f->ip.tot_len = htons((uint16_t)(sizeof(f->ip) + sizeof(f->udp) +
					 payload));
	f->ip.id = htons(4711);
	f->ip.ttl = 64;
	f->ip.protocol = IPPROTO_UDP;
	f->ip.saddr = from->sin_addr.s_addr;
	f->ip.daddr = to->sin_addr.s_addr;
	f->ip.check = frame_checksum(&f->ip, sizeof(f->ip));
	f->udp.source = from->sin_port;
	f->udp.dest = to->sin_port;
	/* v4: no checksum */
	f->udp.len = htons((uint16_t)(sizeof(f->udp) + payload));
	return true;
}

/** frame_socket - for sending on @dev: send(); -1 and errno */
static inline int frame_socket(const char *dev)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	/* Protocol 0: nothing is received. */
	if (fd >= 0 && bind(fd, (const void *)&at, sizeof(at)) != 0)
		return -1;
	return fd;
}

#endif
