/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line_branch: of a packet's line what became of it: where it went, as whom, by which rule. */
#ifndef NFTRACE_LINE_BRANCH_H
#define NFTRACE_LINE_BRANCH_H

#include <stdint.h>

#include "report/line_fit.h"

struct grounds;
struct journey;
struct report_env;

/** line_interface - " in br0 (port veth1)", or LINE_OUT's; @index 0: nothing */
void line_interface(struct line *l, const struct report_env *env,
		    enum line_kind kind, uint32_t index, uint32_t port);

/** line_branch - of branch @b all that is behind its fate's word */
void line_branch(struct line *l, const struct report_env *env,
		 const struct journey *j, unsigned int b,
		 const struct grounds *g);

#endif
