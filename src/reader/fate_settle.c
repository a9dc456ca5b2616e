// SPDX-License-Identifier: GPL-2.0-or-later
/* fate_settle: what the host and its rules tell of fates that no event tells. */
#include "reader/fate_settle.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "journey/drop_meaning.h"
#include "journey/journey.h"
#include "journey/path_fate.h"
#include "journey/slots.h"
#include "place/place.h"
#include "protocol/bulletin.h"
#include "protocol/losses.h"
#include "protocol/stats.h"
#include "reader/drops.h"
#include "reader/fate_finding.h"
#include "reader/inside_drop.h"
#include "reader/loss_ask.h"
#include "reader/loss_question.h"
#include "reader/reader_control.h"
#include "reader/reader_state.h"
#include "rules/base/clock.h"
#include "rules/base/family.h"

static uint8_t ask_fate(struct reader_state *s, struct journey *j, unsigned int b,
			struct cause_question *q, struct fate_asked *asked)
{
	bool fresh;
	int i = losses_find(&s->stats->losses, &s->loss_times, q, s->now_ns,
			    &fresh);

	asked->loss[b] = i;
	asked->any[b] = true;
	return i < 0 ? FINDING_COUNT : fate_finding_take(s, j, b, i, fresh);
}

static void it_is_unknown(struct fate *f, const char *cause)
{
	f->kind = FATE_UNKNOWN;
	f->by = NULL;
	f->cause = cause;
}

/*
 * Its last rule's target lets a packet go on, or drops it.  TPROXY has for certain
 * where somebody had to see it then; behind nat conntrack's helpers can have.
 */
static void settle_target(struct reader_state *s, struct journey *j,
			  unsigned int b, const struct cause_question *q,
			  uint8_t finding)
{
	bool shows = slots_must_see(&s->map, &j->path[b]);
	struct fate *f = &j->fate[b];

	if (f->kind != FATE_LOST)
		return;
	if (q->target == CAUSE_TPROXY && shows)
		fate_finding_dropped(s, j, b, NULL);
	else if (finding == FINDING_COUNT || shows ||
		 (q->target == CAUSE_TPROXY && finding == FINDING_NOTHING))
		it_is_unknown(f, "the target of its last rule can have "
			      "dropped it");
}

static void settle_queue(struct reader_state *s, struct journey *j,
			 unsigned int b, uint8_t finding)
{
	if ((finding == FINDING_COUNT || finding == FINDING_NOTHING) &&
	    !path_would_show(&s->map, &j->path[b]))
		it_is_unknown(&j->fate[b], "it was handed to a queue, and no "
			      "table here would see it come back");
}

/* What an answer leaves open, or that there is none. */
static void settle_rest(struct reader_state *s, struct journey *j,
			unsigned int b, const struct cause_question *q,
			uint8_t finding)
{
	if (q->about == ABOUT_TARGET)
		settle_target(s, j, b, q, finding);
	else if (q->about == ABOUT_QUEUE)
		settle_queue(s, j, b, finding);
	else if (q->about == ABOUT_INPUT && finding == FINDING_COUNT &&
		 j->fate[b].kind == FATE_DELIVERED)
		j->fate[b].cause = "if it is not IPVS's, which has services "
				   "here";
}

/* Keeps a text that was made for this packet; strangers' names may be in it. */
static const char *keep_cause(struct reader_state *s, const char *text,
			      const char *else_text)
{
	char fit[CAUSE_TEXT];
	const char *kept;

	escape_text(fit, sizeof(fit), text, strlen(text));
	kept = sentences_keep(&s->sentences, fit);
	return kept ? kept : else_text;
}

static bool is_bridged(const struct journey *j, unsigned int b)
{
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].branch == b &&
		    (j->step[i].phys_in || j->step[i].phys_out))
			return true;
	return false;
}

/* A rule may have dropped it, only none that tells. */
static void doubt_bridge(const struct reader_state *s, struct journey *j,
			 unsigned int b)
{
	struct fate *f = &j->fate[b];

	if (f->kind != FATE_LOST || f->cause || !s->plan->link_unseen ||
	    !is_bridged(j, b))
		return;
	f->kind = FATE_UNKNOWN;
	f->cause = "nft has rules for what is bridged, and they are not seen "
		   "here";
}

/* The kernel says that a function at a hook of netfilter's dropped it. */
static bool is_verdict(const struct fate *f)
{
	return f->drop && drop_meaning(f->drop)->says == DROP_SAYS_VERDICT;
}

/* Is it open what dropped it, at its last hook or at the next? */
static bool is_open(const struct fate *f)
{
	return f->kind == FATE_LOST || f->kind == FATE_UNKNOWN ||
	       (f->kind == FATE_DROP && !f->by && is_verdict(f));
}

/*
 * Of one that is_open(): the matches that can have dropped it are named only where nothing
 * else is known.
 */
static void look_inside(struct reader_state *s, struct journey *j,
			unsigned int b, bool explained)
{
	unsigned int family = family_index_by_nfproto(j->nfproto);
	char where[CAUSE_TEXT - 48], text[CAUSE_TEXT];
	struct fate *f = &j->fate[b];
	enum inside_drop inside;

	inside = inside_drop_find(j, b, &s->map,
				  place_index_rules(s->index, family), where,
				  sizeof(where));
	if (inside == INSIDE_MAYBE && is_verdict(f))
		inside = INSIDE_CERTAIN;
	if (inside == INSIDE_NOT && inside_drop_by_target(j, b, &s->map))
		fate_finding_dropped(s, j, b, "its target could not change it");
	if (inside == INSIDE_NOT ||
	    (inside == INSIDE_MAYBE && (explained || f->kind != FATE_LOST)))
		return;
	f->kind = inside == INSIDE_CERTAIN ? FATE_DROP : FATE_UNKNOWN;
	snprintf(text, sizeof(text), inside == INSIDE_CERTAIN ?
		 "by a match inside %s" :
		 "likely dropped by a match inside %s", where);
	f->by = NULL;
	f->cause = keep_cause(s, text, inside == INSIDE_CERTAIN ?
			      "by a match inside a chain" :
			      "likely dropped by a match inside a chain");
}

static bool is_confirmed(const struct reader_state *s, const void *arg)
{
	uint64_t count;

	(void)arg;
	return bulletin_confirms(s->bulletin, s->confirms.asks, &count);
}

static void ask_conntrack(struct reader_state *s)
{
	struct confirm_watch *w = &s->confirms;
	uint64_t asked_ns = clock_ns(CLOCK_MONOTONIC);

	w->asks++;
	atomic_store_explicit(&s->stats->confirm_ask, w->asks,
			      memory_order_release);
	reader_ask(s, READER_CONFIRMS, is_confirmed, NULL, 1);
	confirm_watch_answer(w, s->bulletin, asked_ns);
}

static bool goes_on(const struct fate *f)
{
	return f->kind == FATE_FORWARDED || f->kind == FATE_SENT ||
	       f->kind == FATE_DELIVERED;
}

/*
 * The first packet of a connection may be gone where nobody sees it.  If some were,
 * conntrack is asked whether it has this one's connection.
 */
static void look_at_confirmation(struct reader_state *s, struct journey *j)
{
	static const char text[] =
		"likely dropped by conntrack, which could not confirm new "
		"connections just then (insert_failed)";
	struct fate *f = &j->fate[0];
	struct cause_question q;

	/* Drop records tell of each. */
	if (s->drops || !(j->flags & JOURNEY_NAT) || !goes_on(f))
		return;
	if (confirm_watch_is_behind(&s->confirms, j->last_ns) && !reader_is_busy(s))
		ask_conntrack(s);
	if (!confirm_watch_failed(&s->confirms, j->last_ns))
		return;
	if (loss_question_connection(&q, j)) {
		losses_once(&s->stats->losses, &q);
		if (fate_finding_take(s, j, 0, LOSS_ONCE, true) != FINDING_COUNT)
			return;
	}
	f->kind = FATE_UNKNOWN;
	f->cause = text;
}

/*
 * Where the kernel says why, the host is asked only for what can say the same, and the
 * rules for whose verdict it was.
 */
static void settle_recorded(struct reader_state *s, struct journey *j,
			    unsigned int b, struct fate_asked *asked)
{
	struct fate *f = &j->fate[b];
	struct cause_question q;
	bool asks = (f->kind == FATE_LOST || f->kind == FATE_QUEUE) &&
		    loss_question(&q, j, b, &s->map);

	if (is_verdict(f)) {
		if (asks && q.about == ABOUT_TARGET)
			ask_fate(s, j, b, &q, asked);
		if (is_open(f))
			look_inside(s, j, b, false);
	} else if (drop_meaning(f->drop)->port &&
		   loss_question_socket(&q, j, b)) {
		ask_fate(s, j, b, &q, asked);
		asked->any[b] = false;
	} else if (asks && drop_meaning_asks(f->drop)) {
		ask_fate(s, j, b, &q, asked);
		/* The summary has it with the record. */
		asked->any[b] = false;
	}
}

static enum drops_lack find_lack(const struct reader_state *s,
				 const struct journey *j)
{
	return s->drops ? drops_lack(s->drops, j) : DROPS_NOT_HAD;
}

/* Why one that was not seen again is not known to be lost. */
static const char *taken_words(const struct fate *f, bool fragment,
			       enum drops_lack lack)
{
	if (fragment && f->cause)
		return f->cause;
	switch (lack) {
	case DROPS_NO_ROOM:
		return "lost, or taken: what the kernel tells of lost packets "
		       "was incomplete just then";
	case DROPS_UNREAD:
		return "lost, or taken: what the kernel tells of lost packets "
		       "was not read in time";
	default:
		return "it was not seen again, and the kernel does not say "
		       "that it dropped it: it may have been taken";
	}
}

/*
 * Where the kernel tells of each packet that it drops, one that went missing and was
 * not told of was taken: sent on in another form, held, or put together with others.
 * A setting that would have dropped it is no cause then; but it is (@explained) where
 * what the kernel tells was not read.
 */
static void doubt_unrecorded(const struct reader_state *s, struct journey *j,
			     unsigned int b, bool explained,
			     struct fate_asked *asked)
{
	bool fragment = j->first.flags & PACKET_FRAGMENT;
	struct fate *f = &j->fate[b];
	enum drops_lack lack;

	if (f->kind != FATE_LOST || f->drop)
		return;
	lack = find_lack(s, j);
	if (lack == DROPS_NOT_HAD ||
	    (lack != DROPS_ALL_READ && explained && !fragment))
		return;
	it_is_unknown(f, taken_words(f, fragment, lack));
	if (lack != DROPS_ALL_READ)
		asked->lacks = lack;
	/* The summary gives causes of what was lost. */
	asked->any[b] = false;
}

/*
 * It seems to have gone on, and would seem so if it was lost behind: no fault of the run.
 * What made it go on stays, and one that is in doubt already is that.
 */
static void doubt_unheard(struct reader_state *s, struct fate *f)
{
	static const char doubt[] = "likely: ";
	char text[CAUSE_TEXT];

	if (!f->cause) {
		f->cause = fate_unheard;
	} else if (strncmp(f->cause, doubt, sizeof(doubt) - 1) != 0) {
		snprintf(text, sizeof(text), "%s; %s", f->cause, fate_unheard);
		f->cause = keep_cause(s, text, fate_unheard);
	}
}

/*
 * A packet that seems to have gone on, as no record tells of it: but some were lost, or
 * are not read yet, or there are none.
 */
static void doubt_lack(struct reader_state *s, struct journey *j,
		       struct fate_asked *asked)
{
	static const char *const words[] = {
		[DROPS_NO_ROOM] = "likely: what the kernel tells of lost packets "
				  "was incomplete just then",
		[DROPS_UNREAD] = "likely: what the kernel tells of lost packets "
				 "was not read in time",
	};
	enum drops_lack lack = find_lack(s, j);

	if (lack == DROPS_ALL_READ)
		return;
	for (unsigned int b = 0; b < j->branches; b++) {
		struct fate *f = &j->fate[b];

		if (!goes_on(f) || f->drop)
			continue;
		if (lack == DROPS_NOT_HAD) {
			doubt_unheard(s, f);
			continue;
		}
		f->cause = words[lack];
		asked->lacks = lack;
	}
}

static void settle(struct reader_state *s, struct journey *j, unsigned int b,
		   struct fate_asked *asked)
{
	struct cause_question q;
	bool explained = false;

	if (j->fate[b].drop) {
		settle_recorded(s, j, b, asked);
		return;
	}
	if (loss_question(&q, j, b, &s->map)) {
		uint8_t finding = ask_fate(s, j, b, &q, asked);

		explained = finding != FINDING_NOTHING &&
			    finding != FINDING_COUNT;
		settle_rest(s, j, b, &q, finding);
	} else if (goes_on(&j->fate[b]) && loss_question_bypass(&q, j, b)) {
		ask_fate(s, j, b, &q, asked);
	}
	if (is_open(&j->fate[b]))
		look_inside(s, j, b, explained);
	doubt_bridge(s, j, b);
	doubt_unrecorded(s, j, b, explained, asked);
}

void fate_settle(struct reader_state *s, struct journey *j,
		 struct fate_asked *asked)
{
	memset(asked->any, 0, sizeof(asked->any));
	asked->lacks = DROPS_ALL_READ;
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->fate[b].kind != FATE_INCOMPLETE)
			settle(s, j, b, asked);
	look_at_confirmation(s, j);
	doubt_lack(s, j, asked);
}

void fate_settle_count(struct reader_state *s, const struct journey *j,
		       const struct fate_asked *asked)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (asked->any[b])
			losses_count(&s->stats->losses, asked->loss[b]);
}
