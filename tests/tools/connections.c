// SPDX-License-Identifier: GPL-2.0-or-later
/* connections: puts so many into conntrack's table, all assured, as many at once as a message takes. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

enum { ROOM = 1 << 16, LONGEST = 256, SERVER = 7, SECONDS = 600 };

static __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "connections: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void put_tuple(struct nlmsghdr *nlh, uint16_t type, const uint32_t address[2],
		      uint16_t from, uint16_t to)
{
	struct nlattr *tuple = mnl_attr_nest_start(nlh, type), *part;

	part = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	mnl_attr_put_u32(nlh, CTA_IP_V4_SRC, htonl(address[0]));
	mnl_attr_put_u32(nlh, CTA_IP_V4_DST, htonl(address[1]));
	mnl_attr_nest_end(nlh, part);
	part = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, IPPROTO_UDP);
	mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT, htons(from));
	mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, htons(to));
	mnl_attr_nest_end(nlh, part);
	mnl_attr_nest_end(nlh, tuple);
}

/* Return: its length. */
static size_t put_connection(void *at, uint32_t n)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);
	struct nfgenmsg *nfg;
	const uint32_t there[] = { 10U << 24 | (n / 256) << 8 | 1, 10U << 24 | 200U << 16 | 1 };
	const uint32_t back[] = { there[1], there[0] };
	uint16_t port = (uint16_t)(1000 + n % 256);

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_INET;
	put_tuple(nlh, CTA_TUPLE_ORIG, there, port, SERVER);
	put_tuple(nlh, CTA_TUPLE_REPLY, back, SERVER, port);
	mnl_attr_put_u32(nlh, CTA_STATUS, htonl(IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED));
	mnl_attr_put_u32(nlh, CTA_TIMEOUT, htonl(SECONDS));
	return nlh->nlmsg_len;
}

int main(int argc, char **argv)
{
	static char room[ROOM] __attribute__((aligned(8)));
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	uint32_t count;
	size_t len = 0;

	if (argc != 2) {
		fputs("usage: connections COUNT\n", stderr);
		return 2;
	}
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	count = (uint32_t)atol(argv[1]);
	/* Those for which there is no room any more are refused, and nobody asks how many. */
	for (uint32_t n = 0; n < count; n++) {
		len += put_connection(room + len, n);
		if (len + LONGEST <= ROOM && n + 1 < count)
			continue;
		if (mnl_socket_sendto(nl, room, len) < 0)
			die("send");
		len = 0;
	}
	mnl_socket_close(nl);
	return 0;
}
