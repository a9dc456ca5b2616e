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
#include "journey/drop_meaning.h"
#include "journey/journey.h"
#include "place/place.h"
#include "place/place_says.h"
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

const char *report_kernel(const struct report_env *env)
{
	const struct report_run *run = env->traced ? env->traced : env->run;

	return run ? run->kernel : "";
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

	if (j->fate[branch].drop)
		return j->flags & JOURNEY_COPIES &&
		       j->fate[branch].hook != NF_INET_LOCAL_IN ?
			"it was dropped, or a copy of it that nobody saw" :
			"a socket refused it, or was done with it";
	if (last && last->doubt == TEXT_DOUBT_CHANGED)
		return "the rules were changed during the trace";
	if (last && last->doubt == TEXT_DOUBT_MISFIT)
		return "the rules given are not those that the log is of";
	/* A trace that was read without the rules that made it. */
	if (last && last->effect == EFFECT_UNKNOWN && !last->rule_len)
		return "the rules are not known (--rules FILE)";
	return "no chain stands behind that, so what came next cannot be seen";
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

/* No rule dropped it; or the end came in the middle of a table, by no rule's verdict. */
static int lost_because(char *buf, size_t size, const struct fate *f,
			const struct packet *p)
{
	static const char not_ours[] = FATE_NOT_OURS;
	int n = snprintf(buf, size, "%s %s: no rule %s",
			 f->inside ? "in" : "after",
			 report_hook_name(f->hook),
			 f->inside ? "was seen to drop it" : "dropped it");

	if (f->drop) {
		n += snprintf(buf + n, size - (size_t)n, "; ");
		return n + drop_meaning_print(buf + n, size - (size_t)n, f, p);
	}
	/* What was for nobody here is missed by nobody. */
	if (f->cause && strncmp(f->cause, not_ours, sizeof(not_ours) - 1) == 0)
		return snprintf(buf, size, "after %s: %s",
				report_hook_name(f->hook), f->cause);
	if (f->cause)
		n += snprintf(buf + n, size - (size_t)n, "; likely: %s",
			      f->cause);
	return n;
}

static int dropped_because(char *buf, size_t size, const struct journey *j,
			   unsigned int branch)
{
	const struct place *last = last_place(j, branch);
	char at[REPORT_REASON / 2] = "";
	size_t head = sizeof("TRACE: ") - 1;
	int n;

	if (last)
		escape_text(at, sizeof(at), last->prefix, last->prefix_len);
	n = snprintf(buf, size, last && place_is_in_doubt(last) ?
			"at %s or behind it; " :
			"behind %s: by no rule's verdict; ",
		     strlen(at) > head ? at + head :
			report_hook_name(j->fate[branch].hook));
	return n + drop_meaning_print(buf + n, size - (size_t)n,
				      &j->fate[branch], &j->first);
}

/* What the kernel says beside a fate that it does not explain alone. */
static int kernel_says(char *buf, size_t size, const struct journey *j,
		       unsigned int branch, int n)
{
	if (!j->fate[branch].drop)
		return n;
	if (n)
		n += snprintf(buf + n, size - (size_t)n, "; ");
	return n + drop_meaning_print(buf + n, size - (size_t)n,
				      &j->fate[branch], &j->first);
}

/* Without a rule's verdict, or by a rule whose verdict is another. */
static int drop_because(char *buf, size_t size, const struct journey *j,
			unsigned int branch)
{
	const struct fate *f = &j->fate[branch];

	if (f->drop && !f->by)
		return dropped_because(buf, size, j, branch);
	if (f->by && place_match_dropped(f->by))
		return snprintf(buf, size, "its match dropped it");
	if (f->drop && f->cause)
		return kernel_says(buf, size, j, branch, 0);
	return snprintf(buf, size, "%s", f->cause ? f->cause : "");
}

/* What is in a buffer behind snprintf(3). */
static size_t bounded(int n, size_t size)
{
	if (n < 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

size_t report_late_reason(char *buf, size_t size, const struct report_late *l)
{
	return bounded(drop_meaning_print(buf, size, &l->fate, &l->packet),
		       size);
}

size_t report_reason(char *buf, size_t size, const struct journey *j,
		     unsigned int branch)
{
	const struct fate *f = &j->fate[branch];
	int n = 0;

	buf[0] = '\0';
	switch (f->kind) {
	case FATE_LOST:
		n = lost_because(buf, size, f, &j->first);
		break;
	case FATE_DROP:
	case FATE_REJECT:
		n = drop_because(buf, size, j, branch);
		break;
	case FATE_STOLEN:
		if (!f->by && f->cause)
			n = snprintf(buf, size, "after %s: %s",
				     report_hook_name(f->hook), f->cause);
		n = kernel_says(buf, size, j, branch, n);
		break;
	case FATE_DELIVERED:
	case FATE_FORWARDED:
	case FATE_SENT:
		n = snprintf(buf, size, "%s", f->cause ? f->cause : "");
		n = kernel_says(buf, size, j, branch, n);
		break;
	case FATE_QUEUE:
		n = f->drop ? kernel_says(buf, size, j, branch, 0) :
			snprintf(buf, size, "%s", f->cause ? f->cause : "");
		break;
	case FATE_UNKNOWN:
		n = snprintf(buf, size, "after %s: %s", report_hook_name(f->hook),
			     f->cause ? f->cause : unknown_because(j, branch));
		n = f->cause ? n : kernel_says(buf, size, j, branch, n);
		break;
	case FATE_INCOMPLETE:
		n = incomplete_because(buf, size, j, branch);
		n = kernel_says(buf, size, j, branch, n);
		break;
	default:
		n = kernel_says(buf, size, j, branch, 0);
	}
	return bounded(n, size);
}
