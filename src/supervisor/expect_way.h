/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect_way: why a packet did not come to a chain that --expect names. */
#ifndef NFTRACE_EXPECT_WAY_H
#define NFTRACE_EXPECT_WAY_H

struct run;

/**
 * expect_way_say - of the first that did not: the rule that leads there and did not match,
 * or the one at which it left the chain before; nothing if rules have changed meanwhile
 */
void expect_way_say(const struct run *r);

#endif
