// SPDX-License-Identifier: GPL-2.0-or-later
/* inquiry: a question about a packet's end while it is answered, in a helper child. */
#include "answers/inquiry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool inquiry_tell(struct inquiry *i, enum cause_finding finding,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(i->text, sizeof(i->text), fmt, ap);
	va_end(ap);
	i->finding = finding;
	return true;
}

bool inquiry_interface(uint32_t index, unsigned long what, struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool known;

	memset(ifr, 0, sizeof(*ifr));
	if (fd < 0)
		return false;
	known = if_indextoname(index, ifr->ifr_name) &&
		ioctl(fd, what, ifr) == 0;
	close(fd);
	return known;
}
