/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_change: what is different behind an event, and who made it so, for people. */
#ifndef NFTRACE_TEXT_CHANGE_H
#define NFTRACE_TEXT_CHANGE_H

#include <stdbool.h>

struct change;
struct journey;
struct outbuf;
struct report_env;

/** text_change - "mark 0x0 -> 0x1", "(routing) out eth0, by ip rule 102 ..." */
void text_change(struct outbuf *o, const struct report_env *env,
		 const struct journey *j, const struct change *c);

/** text_change_has_way - is the routing rule told with the change of index @change? */
bool text_change_has_way(const struct report_env *env, const struct journey *j,
			 unsigned int change);

/** text_first_way - the same where no change shows it: text_change_has_way(.changes) */
void text_first_way(struct outbuf *o, const struct report_env *env,
		    const struct journey *j);

#endif
