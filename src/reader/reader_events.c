// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_events: one netlink message -> its journey, and what becomes of that. */
#include "reader/reader_events.h"

#include "capture/capture.h"
#include "capture/event.h"
#include "capture/event_again.h"
#include "capture/event_nft.h"
#include "capture/nft_update.h"
#include "journey/journey.h"
#include "journey/journeys_end.h"
#include "journey/journeys_link.h"
#include "place/place_nft.h"
#include "place/prefix.h"
#include "place/witness_places.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "reader/legacy_rules.h"
#include "reader/legacy_watch.h"
#include "reader/order.h"
#include "reader/others.h"
#include "reader/reader_control.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"

static void on_certain(void *arg, struct journey *j)
{
	struct reader_state *s = arg;

	order_add(s->order, j, s->now_ns);
}

static bool on_journey(void *arg, struct journey *j)
{
	struct reader_state *s = arg;

	if (s->pending && pending_journey(s->pending, j, s->now_ns))
		order_hold(s->order, j);
	else
		order_add(s->order, j, s->now_ns);
	return true;
}

static void on_nothing(void *arg, const struct journey *j)
{
	struct reader_state *s = arg;

	order_skip(s->order, j);
}

static void on_journey_back(void *arg, struct journey *j)
{
	struct reader_state *s = arg;

	if (s->pending)
		pending_take_back(s->pending, j);
	order_take_back(s->order, j);
}

/* A file tells of a queue that let go long ago, or never did. */
static bool is_queued(void *arg, const struct place *at, uint64_t since_ns)
{
	struct reader_state *s = arg;
	bool ask, holds;

	if (!s->plan->capture || s->orphaned)
		return false;
	holds = queue_watch_holds(&s->queues, at, since_ns, s->now_ns, &ask);
	if (ask) {
		atomic_store_explicit(&s->stats->queue_ask, s->queues.asks,
				      memory_order_release);
		reader_tell(s->control, READER_QUEUES);
	}
	return holds;
}

const struct journey_ops reader_journey_ops = {
	.done = on_journey,
	.nothing = on_nothing,
	.take_back = on_journey_back,
	.is_queued = is_queued,
};

static void print_event(void *arg, const struct event *e,
			const struct place *at, uint64_t wall_ns)
{
	struct reader_state *s = arg;

	printer_event(&s->printer, e, at, wall_ns);
}

static void tell(void *arg, int word)
{
	struct reader_state *s = arg;

	reader_tell(s->control, (enum reader_word)word);
}

const struct pending_ops reader_hold_ops = {
	.journey = on_certain,
	.event = print_event,
	.tell = tell,
};

static __attribute__((noinline)) void
on_missing(struct reader_state *s, uint32_t missing)
{
	if (!s->nft) {
		stats_add(&s->stats->lost, missing);
		lost_events_seen(&s->missing, journeys_begun(s->journeys), missing);
	}
	/* Should the socket have told of them before, they are no news now. */
	s->unshown -= missing < s->unshown ? missing : s->unshown;
	journeys_gap(s->journeys, missing);
}

/* NFULA_SEQ counts the messages of this socket's group, from 0. */
static inline void check_sequence(struct reader_state *s, const struct event *e)
{
	uint32_t missing = e->seq - s->next_seq;

	if (!(e->flags & EVENT_HAS_SEQ))
		return;
	s->next_seq = e->seq + 1;
	if (missing)
		on_missing(s, missing);
}

static void count_own(struct stats *st, const struct place *at)
{
	stats_add(&st->own, 1);
	stats_add(&st->own_rules, place_is_own_rule(at));
}

static inline void take_event(struct reader_state *s, const struct event *e,
			      const struct place *at)
{
	if (at->own)
		count_own(s->stats, at);
	else
		stats_add(&s->stats->events, 1);
	if (s->printer.by_event && !at->hidden &&
	    !(e->nft && others_made(s, e, at)) &&
	    !(s->pending && pending_event(s->pending, e, at, s->now_ns, s->wall_ns)))
		printer_event(&s->printer, e, at, s->wall_ns);
	journeys_add(s->journeys, e, at, s->now_ns, s->wall_ns);
}

void reader_on_event(struct reader_state *s, const struct event *e,
		     const struct place *at)
{
	take_event(s, e, at);
}

/*
 * An event of a chain that no reading has.  If somebody has made it meanwhile, it
 * is known now; else its journey misses the event.
 */
static const struct place *on_stranger(struct reader_state *s,
				       const struct event *e)
{
	const struct place *at = NULL;

	if (legacy_watch_stranger(s))
		at = place_find(s->index, e->nfproto, e->prefix, e->prefix_len);
	if (!at) {
		stats_add(&s->stats->strangers, 1);
		journeys_gap(s->journeys, 1);
	}
	return at;
}

static void on_update(struct reader_state *s, const struct nlmsghdr *nlh,
		      size_t len)
{
	struct nft_update c;

	if (!nft_update_parse(&c, nlh, len)) {
		stats_add(&s->stats->broken, 1);
		return;
	}
	if (nft_changers_note(&s->changers, s->stats, &c,
			      nft_update_is_of_run(&c)))
		reader_tell(s->control, READER_CHANGED);
	pending_update(s->pending, &c);
}

/*
 * Of what nobody but others traces a run with an expression shows nothing; whose
 * packet it is shows where it comes to IP's hooks.
 */
static void on_link_event(struct reader_state *s, struct event *e)
{
	const struct journey *j = journeys_by_id(s->journeys, e->nft->id);
	uint8_t nfproto = journeys_link_protocol(s->journeys, e);
	const struct place *at = !nfproto ? NULL :
		place_nft_find_link(s->nft, e, nfproto);

	stats_add(&s->stats->frames, !nfproto);
	if (!at)
		return;
	e->nfproto = nfproto;
	if (j || !s->plan->inserts)
		stats_add(&s->stats->events, 1);
	if (s->printer.by_event && !at->hidden &&
	    (j || !s->plan->inserts) && !others_made(s, e, at) &&
	    !(s->pending && pending_event(s->pending, e, at, s->now_ns, s->wall_ns)))
		printer_event(&s->printer, e, at, s->wall_ns);
	journeys_link(s->journeys, e, at, s->now_ns, s->wall_ns);
}

/* Where it is was known before; of another run's nothing is told. */
static void on_witness(struct reader_state *s, struct event *e)
{
	const struct place *at = witness_places_find(s->witness, e);

	if (!at)
		return;
	e->hook = at->hook;
	reader_on_event(s, e, at);
}

/* Of a table that came later, or is not to be seen. */
static bool may_drop_unseen(const struct event_nft *n)
{
	return n->family != NFPROTO_ARP && !witness_places_is_of_run(n);
}

static void on_nft_event(struct reader_state *s, const struct nlmsghdr *nlh,
			 size_t len)
{
	const struct place *at;
	struct event_nft nft;
	struct event e;

	if (!event_nft_parse(&e, &nft, nlh, len)) {
		stats_add(&s->stats->broken, 1);
		return;
	}
	if (witness_places_has_chain(&nft)) {
		if (s->witness)
			on_witness(s, &e);
		return;
	}
	if (!s->nft) {
		s->map.nft_unseen |= may_drop_unseen(&nft);
		return;
	}
	at = place_nft_find(s->nft, &e);
	nft.span = place_nft_span(s->nft);
	if (!at) {
		on_link_event(s, &e);
		return;
	}
	e.hook = at->hook;
	reader_on_event(s, &e, at);
}

static __attribute__((noinline)) void
on_no_place(struct reader_state *s, const struct event *e)
{
	const struct place *at;

	if (!e->prefix || !place_looks_like_trace(e->prefix, e->prefix_len)) {
		stats_add(&s->stats->foreign, 1);
		return;
	}
	at = on_stranger(s, e);
	if (at)
		reader_on_event(s, e, at);
}

static inline void on_legacy_event(struct reader_state *s,
				   const struct nlmsghdr *nlh, size_t len)
{
	const struct event *e = event_parse_again(&s->again, nlh, len);
	const struct place *at;

	if (!e) {
		stats_add(&s->stats->broken, 1);
		return;
	}
	check_sequence(s, e);
	if (!s->tables.checked)
		legacy_watch_check(s);
	/* An NFLOG rule's message may wait for others; a trace never does. */
	if (nlh->nlmsg_len < len && event_has_successor(nlh, len)) {
		stats_add(&s->stats->foreign, 1);
		return;
	}
	at = e->prefix ? place_find(s->index, e->nfproto, e->prefix,
				    e->prefix_len) : NULL;
	if (at)
		take_event(s, e, at);
	else
		on_no_place(s, e);
}

static void on_fence(struct reader_state *s, const struct nlmsghdr *nlh)
{
	if (!capture_is_fence(s->plan->capture, nlh))
		return;
	legacy_rules_passed(s, nlh);
	if (s->pending && capture_is_behind(nlh, s->nft_fence))
		pending_drained(s->pending);
}

static __attribute__((noinline)) void
on_other(struct reader_state *s, enum message_kind kind,
	 const struct nlmsghdr *nlh, size_t len)
{
	if (kind == MESSAGE_FENCE)
		on_fence(s, nlh);
	else if (kind == MESSAGE_NFT_TRACE && (s->nft || s->witness))
		on_nft_event(s, nlh, len);
	else if (kind == MESSAGE_NFT_UPDATE && s->nft)
		on_update(s, nlh, len);
}

__attribute__((hot)) void
reader_on_message(void *arg, const struct nlmsghdr *nlh, size_t len)
{
	enum message_kind kind = event_classify(nlh);

	if (kind == MESSAGE_LEGACY)
		on_legacy_event(arg, nlh, len);
	else
		on_other(arg, kind, nlh, len);
}
