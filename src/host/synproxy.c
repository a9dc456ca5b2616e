// SPDX-License-Identifier: GPL-2.0-or-later
/* synproxy: the kernel's SYN proxy, which takes packets at the end of INPUT and POSTROUTING. */
#include "host/synproxy.h"

#include <errno.h>
#include <unistd.h>

bool synproxy_can_be(void)
{
	return access("/proc/net/stat/synproxy", F_OK) == 0 || errno != ENOENT;
}
