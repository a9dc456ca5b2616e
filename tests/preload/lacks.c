// SPDX-License-Identifier: GPL-2.0-or-later
/* lacks: a preloaded library that makes the kernel look as if it lacked some of xtables. */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

typedef int getsockopt_fn(int, int, int, void *, socklen_t *);
typedef int setsockopt_fn(int, int, int, const void *, socklen_t);

/* LACKS holds words: a table's, match's or target's name. */
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

/* A replacement that holds a target which the kernel lacks: ENOENT. */
int setsockopt(int fd, int level, int opt, const void *value, socklen_t len)
{
	setsockopt_fn *real = (setsockopt_fn *)dlsym(RTLD_NEXT, "setsockopt");

	if (((level == SOL_IP && opt == IPT_SO_SET_REPLACE) ||
	     (level == SOL_IPV6 && opt == IP6T_SO_SET_REPLACE)) &&
	    lacks("TRACE", 5) && memmem(value, len, "TRACE", 6)) {
		errno = ENOENT;
		return -1;
	}
	return real(fd, level, opt, value, len);
}
