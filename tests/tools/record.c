// SPDX-License-Identifier: GPL-2.0-or-later
/* record: writes the messages of NFLOG group 0 to files, a message each: seeds for fuzzing. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

/* usage: record EVENTS PACKETS PLACES SECONDS: three folders; until nothing came for so long */

static void write_seed(const char *folder, unsigned int n, const void *head,
		       size_t head_len, const void *data, size_t len)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%03u", folder, n);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	fwrite(head, 1, head_len, f);
	fwrite(data, 1, len, f);
	fclose(f);
}

static struct nlmsghdr *put_config(char *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	return nlh;
}

static void bind_group(struct mnl_socket *s)
{
	struct nfulnl_msg_config_cmd cmd = { .command = NFULNL_CFG_CMD_BIND };
	struct nfulnl_msg_config_mode mode = {
		.copy_range = htonl(256), .copy_mode = NFULNL_COPY_PACKET };
	char buf[MNL_NLMSG_HDRLEN + 256];
	struct nlmsghdr *nlh = put_config(buf);

	mnl_attr_put(nlh, NFULA_CFG_CMD, sizeof(cmd), &cmd);
	mnl_socket_sendto(s, nlh, nlh->nlmsg_len);
	nlh = put_config(buf);
	mnl_attr_put(nlh, NFULA_CFG_MODE, sizeof(mode), &mode);
	mnl_attr_put_u16(nlh, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ));
	mnl_socket_sendto(s, nlh, nlh->nlmsg_len);
}

static void write_parts(char *const folders[], unsigned int n,
			const struct nlmsghdr *nlh)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	uint8_t head = nfg->nfgen_family == AF_INET6 ? 3 : 2;
	const struct nlattr *attr;

	write_seed(folders[0], n, "", 0, nlh, nlh->nlmsg_len);
	mnl_attr_for_each(attr, nlh, sizeof(*nfg)) {
		const void *data = mnl_attr_get_payload(attr);
		size_t len = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) == NFULA_PAYLOAD)
			write_seed(folders[1], n, &head, 1, data, len);
		if (mnl_attr_get_type(attr) == NFULA_PREFIX)
			write_seed(folders[2], n, "", 0, data,
				   strnlen(data, len));
	}
}

int main(int argc, char *argv[])
{
	struct mnl_socket *s = mnl_socket_open(NETLINK_NETFILTER);
	struct pollfd pfd = { .events = POLLIN };
	char buf[65536] __attribute__((aligned(8)));
	unsigned int n = 0;
	ssize_t len;

	if (argc != 5 || !s || mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0)
		return 2;
	bind_group(s);
	puts("ready");
	fflush(stdout);
	pfd.fd = mnl_socket_get_fd(s);
	while (poll(&pfd, 1, atoi(argv[4]) * 1000) > 0) {
		const struct nlmsghdr *nlh = (void *)buf;

		len = mnl_socket_recvfrom(s, buf, sizeof(buf));
		if (len > 0 && nlh->nlmsg_type == (NFNL_SUBSYS_ULOG << 8 |
						   NFULNL_MSG_PACKET))
			write_parts(argv + 1, n++, nlh);
	}
	printf("%u messages\n", n);
	return 0;
}
