// SPDX-License-Identifier: GPL-2.0-or-later
/* forge: sends what looks like the kernel's trace events to a netlink socket. */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
	"usage: forge PORTID legacy PREFIX\n"
	"       forge PORTID nft TABLE CHAIN\n"
	"An event of a UDP packet, 192.0.2.1 > 192.0.2.2, of family ip; PORTID is\n"
	"the receiver's, or \"group\": whoever listens to nft's trace.\n"
	"legacy: as of NFLOG group 0, PREFIX: \"TRACE: raw:PREROUTING:rule:1 \".\n"
	"nft: the packet comes to the end of base chain CHAIN, whose policy is accept.\n";

static const uint8_t packet[] = {
	0x45, 0, 0, 29, 0x12, 0x34, 0, 0, 64, 17, 0, 0,
	192, 0, 2, 1, 192, 0, 2, 2,
	0x10, 0x01, 0, 9, 0, 9, 0, 0, 'x',
};

static struct nlmsghdr *put_head(char *buf, uint16_t type)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *g;

	h->nlmsg_type = type;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = AF_INET;
	g->version = NFNETLINK_V0;
	return h;
}

static struct nlmsghdr *make_legacy(char *buf, const char *prefix)
{
	struct nlmsghdr *h = put_head(buf, NFNL_SUBSYS_ULOG << 8 |
				      NFULNL_MSG_PACKET);
	struct nfulnl_msg_packet_hdr hook = {
		.hw_protocol = htons(ETH_P_IP), .hook = NF_INET_PRE_ROUTING,
	};

	mnl_attr_put(h, NFULA_PACKET_HDR, sizeof(hook), &hook);
	mnl_attr_put_strz(h, NFULA_PREFIX, prefix);
	mnl_attr_put_u32(h, NFULA_IFINDEX_INDEV, htonl(1));
	mnl_attr_put(h, NFULA_PAYLOAD, sizeof(packet), packet);
	return h;
}

static struct nlmsghdr *make_nft(char *buf, const char *table,
				 const char *chain)
{
	struct nlmsghdr *h = put_head(buf, NFNL_SUBSYS_NFTABLES << 8 |
				      NFT_MSG_TRACE);

	mnl_attr_put_u32(h, NFTA_TRACE_ID, htonl(0xf0f0f0f0));
	mnl_attr_put_u32(h, NFTA_TRACE_TYPE, htonl(NFT_TRACETYPE_POLICY));
	mnl_attr_put_strz(h, NFTA_TRACE_TABLE, table);
	mnl_attr_put_strz(h, NFTA_TRACE_CHAIN, chain);
	mnl_attr_put_u32(h, NFTA_TRACE_POLICY, htonl(NF_ACCEPT));
	mnl_attr_put_u32(h, NFTA_TRACE_NFPROTO, htonl(NFPROTO_IPV4));
	mnl_attr_put_u32(h, NFTA_TRACE_IIF, htonl(1));
	mnl_attr_put(h, NFTA_TRACE_NETWORK_HEADER, 20, packet);
	mnl_attr_put(h, NFTA_TRACE_TRANSPORT_HEADER, sizeof(packet) - 20,
		     packet + 20);
	return h;
}

static int send_to(const char *receiver, const struct nlmsghdr *h)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	if (strcmp(receiver, "group") == 0)
		to.nl_groups = 1u << (NFNLGRP_NFTRACE - 1);
	else
		to.nl_pid = (uint32_t)strtoul(receiver, NULL, 10);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    sendto(mnl_socket_get_fd(nl), h, h->nlmsg_len, 0,
		   (struct sockaddr *)&to, sizeof(to)) < 0) {
		fprintf(stderr, "forge: %s\n", strerror(errno));
		return 1;
	}
	mnl_socket_close(nl);
	return 0;
}

int main(int argc, char **argv)
{
	_Alignas(struct nlmsghdr) char buf[4096] = { 0 };

	if (argc == 4 && strcmp(argv[2], "legacy") == 0)
		return send_to(argv[1], make_legacy(buf, argv[3]));
	if (argc == 5 && strcmp(argv[2], "nft") == 0)
		return send_to(argv[1], make_nft(buf, argv[3], argv[4]));
	fputs(usage_text, stderr);
	return 2;
}
