/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_attr: what the parsers of nf_tables' messages share. */
#ifndef NFTRACE_NFT_ATTR_H
#define NFTRACE_NFT_ATTR_H

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

#include "capture/event.h"
#include "capture/event_name.h"

/** nft_attr_be32 - of at least four bytes, in host order */
static inline uint32_t nft_attr_be32(const struct nlattr *attr)
{
	return ntohl(mnl_attr_get_u32(attr));
}

/** nft_attr_name - into the message, up to its NUL if it has one */
static inline struct event_name nft_attr_name(const struct nlattr *attr)
{
	const char *text = mnl_attr_get_payload(attr);

	return (struct event_name){
		text, (uint32_t)strnlen(text, mnl_attr_get_payload_len(attr))
	};
}

/**
 * nft_attr_open - the header of a message of @len bytes
 * Return: NULL: it is broken.  libmnl looks for attributes up to the aligned end.
 */
static inline const struct nfgenmsg *nft_attr_open(const struct nlmsghdr *nlh,
						   size_t len)
{
	const struct nfgenmsg *nfg = event_open(nlh, len);

	return nfg && MNL_ALIGN((size_t)nlh->nlmsg_len) <= len ? nfg : NULL;
}

#endif
