// SPDX-License-Identifier: GPL-2.0-or-later
/* no_ip_tables: a preloaded library that makes the kernel look as if it had nothing of iptables-legacy. */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

typedef int getsockopt_fn(int, int, int, void *, socklen_t *);
typedef FILE *fopen_fn(const char *, const char *);

/* The options of ip_tables and ip6_tables begin at 64. */
int getsockopt(int fd, int level, int opt, void *restrict value,
	       socklen_t *restrict len)
{
	getsockopt_fn *real = (getsockopt_fn *)dlsym(RTLD_NEXT, "getsockopt");

	if ((level == SOL_IP || level == SOL_IPV6) && opt >= 64 && opt < 70) {
		errno = ENOPROTOOPT;
		return -1;
	}
	return real(fd, level, opt, value, len);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	fopen_fn *real = (fopen_fn *)dlsym(RTLD_NEXT, "fopen");

	if (strstr(path, "_tables_names") || strstr(path, "_tables_targets")) {
		errno = ENOENT;
		return NULL;
	}
	return real(path, mode);
}
