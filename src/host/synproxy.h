/* SPDX-License-Identifier: GPL-2.0-or-later */
/* synproxy: the kernel's SYN proxy, which takes packets at the end of INPUT and POSTROUTING. */
#ifndef NFTRACE_SYNPROXY_H
#define NFTRACE_SYNPROXY_H

#include <stdbool.h>

/** synproxy_can_be - has this kernel one now, loaded as a module or built in? */
bool synproxy_can_be(void);

#endif
