// SPDX-License-Identifier: GPL-2.0-or-later
/* compat: which matches of xtables this kernel has for nft's rules. */
#include "rules/nft/compat.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>

#include "rules/base/family.h"
#include "rules/base/netlink.h"
#include "rules/nft/batch.h"

enum { TYPE_MATCH = 0, BUFFER = 4096 };

static int ask_revision(struct mnl_socket *nl, char *buf, uint32_t seq)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	ssize_t n;
	int ret;

	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		n = netlink_receive(mnl_socket_get_fd(nl), buf, BUFFER, 0);
		if (n < 0)
			return (int)n;
		ret = mnl_cb_run(buf, (size_t)n, seq,
				 mnl_socket_get_portid(nl), NULL, NULL);
	} while (ret > MNL_CB_STOP);
	return ret < 0 ? -errno : 0;
}

int nft_compat_match(const struct family *f, const char *name,
		     uint8_t revision)
{
	_Alignas(struct nlmsghdr) char buf[BUFFER] = { 0 };
	const uint32_t seq = 1;
	struct mnl_socket *nl = nft_socket_open();
	struct nlmsghdr *nlh;
	int err;

	if (!nl)
		return -errno;
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NFNL_SUBSYS_NFT_COMPAT << 8 | NFNL_MSG_COMPAT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = seq;
	((struct nfgenmsg *)mnl_nlmsg_put_extra_header(
		nlh, sizeof(struct nfgenmsg)))->nfgen_family = f->nfproto;
	mnl_attr_put_strz(nlh, NFTA_COMPAT_NAME, name);
	mnl_attr_put_u32(nlh, NFTA_COMPAT_REV, htonl(revision));
	mnl_attr_put_u32(nlh, NFTA_COMPAT_TYPE, htonl(TYPE_MATCH));
	err = ask_revision(nl, buf, seq);
	mnl_socket_close(nl);
	/* nfnetlink knows no such subsystem. */
	return err == -EINVAL ? -EOPNOTSUPP : err;
}
