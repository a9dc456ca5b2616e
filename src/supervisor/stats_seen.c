// SPDX-License-Identifier: GPL-2.0-or-later
/* stats_seen: what the supervisor takes of what the reader told: a copy, within bounds. */
#include "supervisor/stats_seen.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/escape.h"
#include "protocol/stats.h"
#include "replay/replay_state.h"
#include "report/sink.h"
#include "rules/base/family.h"

enum { ERRNO_MAX = 4095 };	/* the kernel's: what a system call can return */

static int32_t bounded_error(int32_t err)
{
	return err <= 0 && err >= -ERRNO_MAX ? err : -EIO;
}

/* A reader that was taken over must not drive root's terminal by its words. */
static void bound_text(char *text, size_t size)
{
	char told[sizeof(((struct stats_drop *)NULL)->text)];
	size_t len = strnlen(text, size - 1);

	memcpy(told, text, len);
	escape_text(text, size, told, len);
}

static void bound_drop(struct stats_drop *d)
{
	bound_text(d->text, sizeof(d->text));
	if (d->family >= FAMILY_COUNT)
		d->family = FAMILY_COUNT;
}

/*
 * All but drops that are none: most of it, and a page that nobody touches costs nothing.
 * Nothing is read from @shared a second time.
 */
static void copy_used(struct stats *copy, const struct stats *shared)
{
	const size_t drop = offsetof(struct stats, drop),
		behind = drop + sizeof(copy->drop);

	memcpy(copy, shared, drop);
	memcpy((char *)copy + behind, (const char *)shared + behind,
	       sizeof(*copy) - behind);
	atomic_signal_fence(memory_order_seq_cst);
	if (copy->drops > STATS_DROPS)
		copy->drops = STATS_DROPS;
	memcpy(copy->drop, shared->drop, copy->drops * sizeof(copy->drop[0]));
	atomic_signal_fence(memory_order_seq_cst);
}

void stats_take(struct stats *copy, const struct stats *shared)
{
	copy_used(copy, shared);
	for (unsigned int i = 0; i < copy->drops; i++)
		bound_drop(&copy->drop[i]);
	if (copy->owners > STATS_OWNERS)
		copy->owners = STATS_OWNERS;
	for (unsigned int i = 0; i < STATS_OWNERS; i++)
		bound_text(copy->owner[i].text, sizeof(copy->owner[i].text));
	if (copy->reasons > STATS_REASONS)
		copy->reasons = STATS_REASONS;
	for (unsigned int i = 0; i < STATS_REASONS; i++)
		bound_text(copy->reason[i].text, sizeof(copy->reason[i].text));
	if (copy->changers > STATS_CHANGERS)
		atomic_store_explicit(&copy->changers, STATS_CHANGERS,
				      memory_order_relaxed);
	for (unsigned int i = 0; i < STATS_CHANGERS; i++)
		bound_text(copy->changer[i].name,
			   sizeof(copy->changer[i].name));
	bound_text(copy->unexpected.packet, sizeof(copy->unexpected.packet));
	if (copy->unexpected.kind >= FATE_COUNT)
		copy->unexpected.kind = FATE_INCOMPLETE;
	bound_text(copy->unreached.packet, sizeof(copy->unreached.packet));
	if (copy->unreached.kind >= FATE_COUNT)
		copy->unreached.kind = FATE_INCOMPLETE;
	if (copy->unreached.steps > STATS_TRAIL)
		copy->unreached.steps = 0;
	bound_text(copy->loops.first, sizeof(copy->loops.first));
	bound_text(copy->unanswered.first, sizeof(copy->unanswered.first));
	bound_text(copy->hidden.first, sizeof(copy->hidden.first));
	bound_text(copy->untracked_by, sizeof(copy->untracked_by));
	bound_text(copy->refused.word, sizeof(copy->refused.word));
	if (copy->bare.ranges > STATS_RANGES)
		copy->bare.ranges = STATS_RANGES;
	bound_text(copy->misfit.place, sizeof(copy->misfit.place));
	copy->input_error = bounded_error(copy->input_error);
	copy->output_error = bounded_error(copy->output_error);
	if (copy->input_end > REPLAY_MEMORY) {
		copy->input_end = REPLAY_ERROR;
		copy->input_error = -EIO;
	}
	if (copy->output_sink > SINK_COUNT)
		copy->output_sink = SINK_COUNT;
}
