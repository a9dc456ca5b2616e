// SPDX-License-Identifier: GPL-2.0-or-later
/* lacks: a preloaded library that makes the kernel look as if it lacked some of netfilter. */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

typedef int getsockopt_fn(int, int, int, void *, socklen_t *);
typedef int setsockopt_fn(int, int, int, const void *, socklen_t);
typedef int socket_fn(int, int, int);
typedef FILE *fopen_fn(const char *, const char *);
typedef ssize_t sendto_fn(int, const void *, size_t, int, const struct sockaddr *, socklen_t);

enum { NO_SUBSYSTEM = 0x40 };

/*
 * LACKS holds words: a table's, match's or target's name, or a module's: nf_log_syslog,
 * nfnetlink_log, nft_compat, nft_limit; ipv6; nft_ipv4, nft_ipv6: tables of nft's for it;
 * loggers: not loaded yet; modprobe, modules: cannot be.
 */
static bool lacks(const char *name, size_t max)
{
	const char *list = getenv("LACKS"), *at;
	size_t len = strnlen(name, max);

	for (at = list; at && len && (at = strstr(at, name)); at += len)
		if ((at == list || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static bool is_table_question(int level, int opt)
{
	return (level == SOL_IP && opt == IPT_SO_GET_INFO) ||
	       (level == SOL_IPV6 && opt == IP6T_SO_GET_INFO);
}

static bool is_revision_question(int level, int opt)
{
	return (level == SOL_IP && (opt == IPT_SO_GET_REVISION_MATCH ||
				    opt == IPT_SO_GET_REVISION_TARGET)) ||
	       (level == SOL_IPV6 && (opt == IP6T_SO_GET_REVISION_MATCH ||
				      opt == IP6T_SO_GET_REVISION_TARGET));
}

int getsockopt(int fd, int level, int opt, void *restrict value,
	       socklen_t *restrict len)
{
	getsockopt_fn *real = (getsockopt_fn *)dlsym(RTLD_NEXT, "getsockopt");

	/* Each asks with the name in front. */
	if ((is_table_question(level, opt) &&
	     lacks(value, XT_TABLE_MAXNAMELEN)) ||
	    (is_revision_question(level, opt) &&
	     lacks(value, XT_EXTENSION_MAXNAMELEN))) {
		errno = ENOENT;
		return -1;
	}
	return real(fd, level, opt, value, len);
}

/* As with ipv6.disable=1. */
int socket(int domain, int type, int protocol)
{
	socket_fn *real = (socket_fn *)dlsym(RTLD_NEXT, "socket");

	if (domain == AF_INET6 && lacks("ipv6", 4)) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return real(domain, type, protocol);
}

/* A replacement that holds a target which the kernel lacks: ENOENT. */
int setsockopt(int fd, int level, int opt, const void *value, socklen_t len)
{
	setsockopt_fn *real = (setsockopt_fn *)dlsym(RTLD_NEXT, "setsockopt");

	if (((level == SOL_IP && opt == IPT_SO_SET_REPLACE) ||
	     (level == SOL_IPV6 && opt == IP6T_SO_SET_REPLACE)) &&
	    (lacks("TRACE", 5) || lacks("nf_log_syslog", 13)) && memmem(value, len, "TRACE", 6)) {
		errno = ENOENT;
		return -1;
	}
	return real(fd, level, opt, value, len);
}

/* What the kernel says of itself, where LACKS has the word. */
static const struct { const char *word, *path, *text; } files[] = {
	{ "nf_log_syslog", "/proc/net/netfilter/nf_log",
	  " 2 NONE (nfnetlink_log)\n10 NONE (nfnetlink_log)\n" },
	{ "loggers", "/proc/net/netfilter/nf_log",
	  " 2 NONE (nfnetlink_log)\n10 NONE (nfnetlink_log)\n" },
	{ "modprobe", "/proc/sys/kernel/modprobe", "/nowhere/modprobe\n" },
	{ "modules", "/proc/sys/kernel/modules_disabled", "1\n" },
};

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	fopen_fn *real = (fopen_fn *)dlsym(RTLD_NEXT, "fopen");

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (lacks(files[i].word, strlen(files[i].word)) &&
		    strcmp(path, files[i].path) == 0)
			return fmemopen((void *)files[i].text,
					strlen(files[i].text), "r");
	return real(path, mode);
}

/* A new table of a family that no kernel has any more (DECnet's). */
static void spoil_tables(char *bytes, int len)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)bytes;

	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		struct nfgenmsg *nfg = NLMSG_DATA(nlh);

		if (nlh->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE))
			continue;
		if ((nfg->nfgen_family == NFPROTO_IPV4 && lacks("nft_ipv4", 8)) ||
		    (nfg->nfgen_family == NFPROTO_IPV6 && lacks("nft_ipv6", 8)))
			nfg->nfgen_family = NFPROTO_DECNET;
	}
}

/* The kernel itself refuses, since it is asked for a part that no kernel has. */
static void spoil(char *bytes, size_t len)
{
	static const char limit[] = "limit";
	struct nlmsghdr *nlh = (struct nlmsghdr *)bytes;
	unsigned int subsystem = nlh->nlmsg_type >> 8;
	char *at;

	if ((subsystem == NFNL_SUBSYS_ULOG && lacks("nfnetlink_log", 13)) ||
	    (subsystem == NFNL_SUBSYS_NFT_COMPAT && lacks("nft_compat", 10)))
		nlh->nlmsg_type |= NO_SUBSYSTEM << 8;
	spoil_tables(bytes, (int)len);
	if (!lacks("nft_limit", 9))
		return;
	while ((at = memmem(bytes, len, limit, sizeof(limit))))
		*at = 'L';
}

ssize_t sendto(int fd, const void *buf, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	sendto_fn *real = (sendto_fn *)dlsym(RTLD_NEXT, "sendto");
	int domain = 0;
	socklen_t size = sizeof(domain);
	char *copy;

	if (len >= sizeof(struct nlmsghdr) &&
	    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
	    domain == AF_NETLINK && (copy = malloc(len))) {
		ssize_t n;

		memcpy(copy, buf, len);
		spoil(copy, len);
		n = real(fd, copy, len, flags, to, to_len);
		free(copy);
		return n;
	}
	return real(fd, buf, len, flags, to, to_len);
}
