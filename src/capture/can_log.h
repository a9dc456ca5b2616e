/* SPDX-License-Identifier: GPL-2.0-or-later */
/* can_log: is there an nfnetlink_log in this kernel?  Asked, it is loaded. */
#ifndef NFTRACE_CAN_LOG_H
#define NFTRACE_CAN_LOG_H

/**
 * can_log - does the kernel know messages about groups of NFLOG?
 * Return: 0; -EOPNOTSUPP: it has no nfnetlink_log, and can load none; -EPERM: it does not
 * say so without CAP_NET_ADMIN; or -errno.
 */
int can_log(void);

#endif
