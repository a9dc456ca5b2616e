// SPDX-License-Identifier: GPL-2.0-or-later
/* dump: all that the kernel has of one kind, by one request over netlink. */
#include "host/dump.h"

#include <errno.h>
#include <string.h>

#include "rules/base/netlink.h"

enum { REQUEST = 512, ANSWER = 32768 };

static int send_request(struct mnl_socket *nl, uint16_t type, uint16_t flags,
			const void *body, size_t size)
{
	char buf[REQUEST] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = 1;
	if (size > sizeof(buf) - MNL_NLMSG_HDRLEN - NLMSG_ALIGNTO)
		return -EMSGSIZE;
	memcpy(mnl_nlmsg_put_extra_header(nlh, size), body, size);
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	return 0;
}

/* Of a dump until its end, else one message. */
static int take_answers(struct mnl_socket *nl, uint16_t flags, mnl_cb_t cb,
			void *arg)
{
	char buf[ANSWER] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t n;
	int more;

	do {
		n = netlink_receive(mnl_socket_get_fd(nl), buf, sizeof(buf), 0);
		if (n < 0)
			return (int)n;
		more = mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(nl),
				  cb, arg);
		if (more < 0)
			return -errno;
	} while (more > MNL_CB_STOP && flags & NLM_F_DUMP);
	return 0;
}

int dump_ask(int bus, uint16_t type, uint16_t flags, const void *body,
	     size_t size, mnl_cb_t cb, void *arg)
{
	struct mnl_socket *nl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int err;

	if (!nl)
		return -errno;
	err = send_request(nl, type, flags, body, size);
	if (!err)
		err = take_answers(nl, flags, cb, arg);
	mnl_socket_close(nl);
	return err;
}

void dump_text(char *to, size_t size, const struct nlattr *attr)
{
	size_t len = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	memset(to, 0, size);
	if (len < size)
		memcpy(to, mnl_attr_get_payload(attr), len);
}
