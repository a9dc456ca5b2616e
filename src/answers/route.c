// SPDX-License-Identifier: GPL-2.0-or-later
/* route: asks the kernel which way it would send a packet; changes nothing. */
#include "answers/route.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>

#include "rules/base/netlink.h"

/* Of others the kernel takes no question. */
static bool can_be_asked(const struct route_question *q)
{
	return q->proto == IPPROTO_TCP || q->proto == IPPROTO_UDP ||
	       q->proto == (q->nfproto == NFPROTO_IPV6 ? IPPROTO_ICMPV6
						       : IPPROTO_ICMP);
}

static void put_question(struct nlmsghdr *nlh, const struct route_question *q)
{
	bool six = q->nfproto == NFPROTO_IPV6;
	uint8_t len = six ? 16 : 4;
	struct rtmsg *rtm;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = six ? AF_INET6 : AF_INET;
	rtm->rtm_dst_len = (uint8_t)(len * 8);
	/* Routing by TOS knows the four bits between precedence and ECN. */
	rtm->rtm_tos = six ? 0 : q->tos & 0x1c;
	mnl_attr_put(nlh, RTA_DST, len, q->dst);
	if (q->src) {
		rtm->rtm_src_len = (uint8_t)(len * 8);
		mnl_attr_put(nlh, RTA_SRC, len, q->src);
	}
	if (q->in)
		mnl_attr_put_u32(nlh, RTA_IIF, q->in);
	if (q->mark)
		mnl_attr_put_u32(nlh, RTA_MARK, q->mark);
	if (can_be_asked(q))
		mnl_attr_put_u8(nlh, RTA_IP_PROTO, q->proto);
}

static int take_answer(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct route_answer *a = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	a->type = rtm->rtm_type;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm))
		if (mnl_attr_get_type(attr) == RTA_OIF &&
		    mnl_attr_get_payload_len(attr) >= 4)
			a->out = mnl_attr_get_u32(attr);
	return MNL_CB_STOP;
}

static int converse(struct mnl_socket *nl, const struct route_question *q,
		    struct route_answer *a)
{
	char buf[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	ssize_t n;

	put_question(nlh, q);
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	n = netlink_receive(mnl_socket_get_fd(nl), buf, sizeof(buf), 0);
	if (n < 0)
		return (int)n;
	/* An error message is an answer, too: no such way. */
	if (mnl_cb_run(buf, (size_t)n, 0, 0, take_answer, a) < 0)
		a->error = -errno;
	return 0;
}

int route_ask(const struct route_question *q, struct route_answer *a)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	int err;

	memset(a, 0, sizeof(*a));
	if (!nl)
		return -errno;
	err = converse(nl, q, a);
	mnl_socket_close(nl);
	return err;
}
