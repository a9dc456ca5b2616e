// SPDX-License-Identifier: GPL-2.0-or-later
/* can_log: is there an nfnetlink_log in this kernel?  Asked, it is loaded. */
#include "capture/can_log.h"

#include <arpa/inet.h>
#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "rules/base/netlink.h"

enum { BUFFER = 4096, NOBODYS_GROUP = 0xfffe };

/* About a group, and nothing to do with it: -ENODEV where nobody has bound it. */
static void ask(char *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->res_id = htons(NOBODYS_GROUP);
}

int can_log(void)
{
	_Alignas(struct nlmsghdr) char buf[BUFFER] = { 0 };
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	const struct nlmsgerr *answer;
	ssize_t n;

	if (!nl)
		return -errno;
	ask(buf);
	n = mnl_socket_sendto(nl, nlh, nlh->nlmsg_len);
	if (n >= 0)
		n = netlink_receive(mnl_socket_get_fd(nl), buf, BUFFER, 0);
	else
		n = -errno;
	mnl_socket_close(nl);
	if (n < 0)
		return (int)n;
	if (!mnl_nlmsg_ok(nlh, (int)n) || nlh->nlmsg_type != NLMSG_ERROR)
		return 0;
	answer = mnl_nlmsg_get_payload(nlh);
	/* nfnetlink knows no such subsystem. */
	if (answer->error == -EINVAL || answer->error == -EOPNOTSUPP)
		return -EOPNOTSUPP;
	return answer->error == -EPERM ? -EPERM : 0;
}
