// SPDX-License-Identifier: GPL-2.0-or-later
/* report_wrapped: --full and --flat for a terminal, which would break lines within a word. */
#include "report/report.h"

#include "report/wrap.h"

static void wrapped_journey(struct outbuf *o, const struct report_env *env,
			    const struct journey *j)
{
	size_t at = outbuf_written(o);

	report_block.journey(o, env, j);
	wrap_lines(o, at, env->width, env->lead);
}

static void wrapped_late(struct outbuf *o, const struct report_env *env,
			 const struct report_late *l)
{
	size_t at = outbuf_written(o);

	report_block.late(o, env, l);
	wrap_lines(o, at, env->width, env->lead);
}

static void wrapped_event(struct outbuf *o, const struct report_env *env,
			  const struct event *e, const struct place *at,
			  uint64_t wall_ns)
{
	size_t begin = outbuf_written(o);

	report_flat.event(o, env, e, at, wall_ns);
	wrap_lines(o, begin, env->width, env->lead);
}

const struct report report_block_wrapped = {
	.name = "block, wrapped",
	.journey = wrapped_journey,
	.late = wrapped_late,
};

const struct report report_flat_wrapped = {
	.name = "flat, wrapped",
	.event = wrapped_event,
};
