// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * frame IFACE MAC HEX...: sends an ethernet frame with an IP packet in it
 *
 * The packet is from the IP header on, in hex digits; the checksum of an IPv4
 * header is filled in.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

enum { PACKET_MAX = 1500 };

static size_t take_hex(const char *hex, uint8_t *to, size_t room)
{
	unsigned int byte;
	size_t n = 0;

	for (; n < room && sscanf(hex, "%2x", &byte) == 1; n++, hex += 2)
		to[n] = (uint8_t)byte;
	return n;
}

static void put_checksum(uint8_t *ip)
{
	uint32_t sum = 0;

	ip[10] = ip[11] = 0;
	for (unsigned int i = 0; i < (ip[0] & 15u) * 4; i += 2)
		sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
}

static int send_frame(const char *iface, const char *mac, const uint8_t *packet,
		      size_t len)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_halen = ETH_ALEN,
		.sll_ifindex = (int)if_nametoindex(iface),
		.sll_protocol = htons(packet[0] >> 4 == 4 ? ETH_P_IP
							  : ETH_P_IPV6),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);

	if (sscanf(mac, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &to.sll_addr[0],
		   &to.sll_addr[1], &to.sll_addr[2], &to.sll_addr[3],
		   &to.sll_addr[4], &to.sll_addr[5]) != ETH_ALEN)
		return -1;
	return fd < 0 || sendto(fd, packet, len, 0, (struct sockaddr *)&to,
				sizeof(to)) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	uint8_t packet[PACKET_MAX] = { 0 };
	size_t len = 0;

	if (argc < 4) {
		fputs("usage: frame IFACE MAC HEX...\n", stderr);
		return 2;
	}
	for (int i = 3; i < argc; i++)
		len += take_hex(argv[i], packet + len, sizeof(packet) - len);
	if (packet[0] >> 4 == 4)
		put_checksum(packet);
	if (send_frame(argv[1], argv[2], packet, len) < 0) {
		perror("frame");
		return 1;
	}
	return 0;
}
