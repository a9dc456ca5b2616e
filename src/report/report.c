// SPDX-License-Identifier: GPL-2.0-or-later
/* report: what several forms of report share. */
#include "report/report.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "capture/event.h"
#include "journey/journey.h"
#include "place/place.h"
#include "place/text_doubt.h"
#include "rules/legacy/snapshot.h"

const char *report_time_source(const struct report_env *env, uint64_t ns,
			       bool stamped)
{
	if (stamped)
		return "packet";
	if (report_since_boot(ns))
		return "boot";
	return env->log ? "log" : "reader";
}

const char *report_hook_name(unsigned int hook)
{
	static const char *const link[] = {
		[FATE_HOOK_INGRESS] = "INGRESS", [FATE_HOOK_EGRESS] = "EGRESS",
		[FATE_HOOK_BRIDGE] = "BRIDGE",
	};

	if (hook >= NF_INET_NUMHOOKS && hook < FATE_HOOKS)
		return link[hook];
	return snapshot_hook_name(hook);
}

/* Of a branch's last event, NULL: none was shown. */
static const struct place *last_place(const struct journey *j,
				      unsigned int branch)
{
	for (uint32_t i = journey_kept(j); i-- > 0;)
		if (j->step[i].branch == branch)
			return j->step[i].place;
	return NULL;
}

/* What hides how the packet went on behind its last event. */
static const char *unknown_because(const struct journey *j,
				   unsigned int branch)
{
	const struct place *last = last_place(j, branch);

	if (last && last->doubt == TEXT_DOUBT_CHANGED)
		return "the rules were changed during the trace";
	/* A trace that was read without the rules that made it. */
	if (last && last->effect == EFFECT_UNKNOWN && !last->rule_len)
		return "the rules are not known (--rules FILE)";
	return "no table here would see it go on";
}

/* Events are known to be missing, or one had to follow and did not. */
static int incomplete_because(char *buf, size_t size, const struct journey *j,
			      unsigned int branch)
{
	const struct place *last = last_place(j, branch);
	char at[REPORT_REASON / 2];

	if (j->flags & JOURNEY_HEADLESS && !(j->flags & JOURNEY_GAP))
		return snprintf(buf, size, "its first events are missing");
	if (j->lost)
		return snprintf(buf, size, "%u event%s lost", j->lost,
				j->lost == 1 ? "" : "s");
	if (j->flags & JOURNEY_GAP || !last)
		return snprintf(buf, size, "events lost");
	escape_text(at, sizeof(at), last->prefix, last->prefix_len);
	return snprintf(buf, size, "nothing follows %s: lines are missing, or "
			"it went no further without a rule's doing",
			at + sizeof("TRACE: ") - 1);
}

size_t report_reason(char *buf, size_t size, const struct journey *j,
		     unsigned int branch)
{
	const struct fate *f = &j->fate[branch];
	int n = 0;

	buf[0] = '\0';
	switch (f->kind) {
	case FATE_LOST:
		n = snprintf(buf, size, "%s %s: no rule dropped it%s%s",
			     f->inside ? "in" : "after",
			     report_hook_name(f->hook), f->cause ?
			     "; likely: " : "", f->cause ? f->cause : "");
		break;
	case FATE_QUEUE:
		n = snprintf(buf, size, "%s", f->cause ? f->cause : "");
		break;
	case FATE_UNKNOWN:
		n = snprintf(buf, size, "after %s: %s", report_hook_name(f->hook),
			     f->cause ? f->cause : unknown_because(j, branch));
		break;
	case FATE_INCOMPLETE:
		n = incomplete_because(buf, size, j, branch);
		break;
	}
	return n > 0 ? (size_t)n : 0;
}
