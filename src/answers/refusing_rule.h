/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusing_rule: which rule of policy routing ("ip rule") lets a packet go nowhere. */
#ifndef NFTRACE_REFUSING_RULE_H
#define NFTRACE_REFUSING_RULE_H

#include <stdbool.h>
#include <stddef.h>

struct way_question;

struct refusing_rule {
	char text[128];		/* "100 fwmark 0x7 unreachable", as ip-rule(8) words it */
	bool alone;		/* no table but local was asked before: no route said so */
};

/**
 * refusing_rule_find - the first rule of "ip rule" that takes the packet and says @error
 * @error: what the kernel said of its route: -ENETUNREACH, -EACCES or -EINVAL
 * @in: the name of the interface by which it came; "lo" of what this host sends
 * Return: false: none does, or whether one does is not known here.
 */
bool refusing_rule_find(struct refusing_rule *r, const struct way_question *q,
			const char *in, int error);

#endif
