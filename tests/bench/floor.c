// SPDX-License-Identifier: GPL-2.0-or-later
/* floor: the bare loop that only counts NFLOG messages; what the kernel itself costs. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_log/libnetfilter_log.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/sock_diag.h>

enum { BATCH = 64, SLOT = 4096, SNAPLEN = 128, BUFFER = 32 << 20 };

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void send_config(struct mnl_socket *nl, struct nlmsghdr *nlh)
{
	nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		fail("floor: send");
}

static struct mnl_socket *listen_group(void)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	int half = BUFFER; /* the kernel doubles it */
	char buf[512] = { 0 };
	struct nlmsghdr *nlh;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		fail("floor: socket");
	setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &half,
		   sizeof(half));
	nlh = nflog_nlmsg_put_header(buf, NFULNL_MSG_CONFIG, AF_UNSPEC, 0);
	nflog_attr_put_cfg_cmd(nlh, NFULNL_CFG_CMD_BIND);
	send_config(nl, nlh);
	memset(buf, 0, sizeof(buf));
	nlh = nflog_nlmsg_put_header(buf, NFULNL_MSG_CONFIG, AF_UNSPEC, 0);
	nflog_attr_put_cfg_mode(nlh, NFULNL_COPY_PACKET, SNAPLEN);
	mnl_attr_put_u16(nlh, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ));
	send_config(nl, nlh);
	return nl;
}

static unsigned int drops(int fd)
{
	unsigned int info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len);
	return info[SK_MEMINFO_DROPS];
}

int main(void)
{
	static unsigned char bytes[BATCH][SLOT];
	static struct mmsghdr msg[BATCH];
	static struct iovec iov[BATCH];
	struct sigaction sa = { .sa_handler = on_signal };
	struct mnl_socket *nl = listen_group();
	int fd = mnl_socket_get_fd(nl);
	unsigned long long count = 0;

	sigaction(SIGINT, &sa, NULL);
	for (int i = 0; i < BATCH; i++) {
		iov[i].iov_base = bytes[i];
		iov[i].iov_len = SLOT;
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	fprintf(stderr, "floor: armed\n");
	while (!stop) {
		int n = recvmmsg(fd, msg, BATCH, MSG_WAITFORONE, NULL);

		for (int i = 0; i < n; i++) {
			const struct nlmsghdr *nlh = iov[i].iov_base;

			/* The answers to the configuration do not count. */
			count += nlh->nlmsg_type != NLMSG_ERROR;
		}
	}
	fprintf(stderr, "floor: %llu events, %u lost\n", count, drops(fd));
	return 0;
}
