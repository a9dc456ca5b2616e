// SPDX-License-Identifier: GPL-2.0-or-later
/* run_hints: why a run shows nothing, or less than there was. */
#include "supervisor/run_hints.h"

#include <inttypes.h>
#include <sys/wait.h>

#include "base/msg.h"
#include "doctor/bypass.h"
#include "host/listen_queue.h"
#include "plan/dnat_hint.h"
#include "rules/nft/dump.h"
#include "rules/nft/found.h"
#include "supervisor/books.h"
#include "supervisor/command_place.h"
#include "supervisor/conntrack_look.h"
#include "supervisor/run_state.h"
#include "supervisor/taken.h"

static void tell_bypass(const char *sentence)
{
	msg("note: %s", sentence);
}

/* Packets matched, and no event came: where can they have gone? */
static void say_unheard(const struct run *r, uint64_t matched)
{
	if (r->reader.seen.lost)
		msg("nothing was traced although %" PRIu64 " packet%s matched: "
		    "all events were lost: a lower --rate or a larger --buffer "
		    "helps", matched, plural(matched));
	else if (!r->plan.see_legacy)
		msg("nothing was traced although %" PRIu64 " packet%s matched: "
		    "no event of nft reached nftrace (nftrace --doctor tries why)",
		    matched, plural(matched));
	else
		msg("nothing was traced although %" PRIu64 " packet%s matched: "
		    "no event reached NFLOG group 0 (nftrace --doctor tries why)", matched,
		    plural(matched));
}

/* Which packets could match and were not looked at. */
static void say_left_out(const struct run *r)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (r->plan.family[i].left_out)
			msg("note: %s is left out: there is no table of %s or "
			    "nft for it here (-%c traces it all the same)",
			    families[i]->name, families[i]->command,
			    i == 0 ? '4' : '6');
}

static const char no_match[] = "nothing was traced: no packet matched";

static void ask_of_command(const struct command *c)
{
	if (WIFEXITED(c->wstatus) && !WEXITSTATUS(c->wstatus))
		msg("%s, and so none that the command sent. Does it talk in "
		    "another network namespace (--netns)?", no_match);
	else
		msg("%s: the command failed before it sent one, or talks in "
		    "another network namespace (--netns)", no_match);
}

/* What is known is said, and nothing asked. */
static void say_no_match(const struct run *r)
{
	const struct in_interface *in = &r->plan.in;
	bool known = true;
	char where[512];

	if (r->o->command && command_place(where, sizeof(where), r->o->command))
		msg("%s here: %s", no_match, where);
	else if (r->command.state == COMMAND_ENDED)
		ask_of_command(&r->command);
	else if (in->told && !in->mixed)
		msg("%s: see the note on %s above", no_match, in->name);
	else
		known = false;
	if (!dnat_hint_say(&r->plan, &r->snapshots.rules,
			   known ? NULL : no_match) && !known)
		msg("%s. Is the match right, and do the packets pass this "
		    "network namespace (--netns)?", no_match);
	in_interface_say(in);
}

static void say_nothing(const struct run *r)
{
	uint64_t matched = books_counted(&r->host);
	const struct stats *st = &r->reader.seen;

	if (st->packets ||
	    (st->events && !st->others.runs && !st->others.rules))
		return;
	/* It ended for that, and what would have matched then nobody knows. */
	if (st->output_error && !matched)
		return;
	if (taken_any(&r->taken) || r->host.turns.put_back) {
		msg("nothing was traced (%" PRIu64 " packet%s matched): others "
		    "took away what the trace needs, see above", matched,
		    plural(matched));
	} else if (!r->plan.inserts && st->frames) {
		msg("nothing was traced: what hit the trace rules that are "
		    "there was no packet of IP (arp and the like)");
	} else if (!r->plan.inserts) {
		msg("nothing was traced: no packet hit the trace rules that "
		    "are there");
	} else if (matched) {
		say_unheard(r, matched);
	} else {
		say_no_match(r);
		say_left_out(r);
		bypass_each(BYPASS_ALL, NULL, tell_bypass);
	}
}

/*
 * What limit refused it does not count.  As long as fewer packets passed than
 * its bucket holds, it has refused none.
 */
static bool is_limited(const struct run *r)
{
	return r->plan.rate[0] &&
	       books_counted(&r->host) >= r->plan.limit.burst;
}

static void say_rate(const struct run *r)
{
	if (is_limited(r))
		msg("note: the rate of %s may have hidden packets (-l changes "
		    "it)", r->plan.rate);
}

/* Of packets that passed nat unasked: why. */
static void say_nat(const struct run *r)
{
	const struct stats *st = &r->reader.seen;
	uint64_t n = st->nat_silent, untracked = st->nat_untracked;
	uint64_t rest = n > untracked ? n - untracked : 0;

	if (untracked)
		msg("note: %" PRIu64 " packet%s passed nat without an event: "
		    "untracked by %s%s", untracked, plural(untracked),
		    st->untracked_by,
		    st->untracked_more ? " and other rules" : "");
	/* A refused connection is gone before anybody has counted it. */
	if (rest && !r->reader.conntrack.tracks && !st->nat_asked)
		msg("note: %" PRIu64 " packet%s passed nat without an event: "
		    "nat works on connections, and conntrack had none here "
		    "whenever it was looked at (four times a second)", rest,
		    plural(rest));
	else if (rest)
		msg_detail("note: %" PRIu64 " packet%s passed nat without an "
			   "event: nat is asked for the first packet of a "
			   "connection, and not for what is untracked or "
			   "invalid", rest, plural(rest));
}

/* Of what takes the later packets of a flow the first ones tell nothing. */
static void say_flows(const struct run *r)
{
	const struct stats *st = &r->reader.seen;
	uint32_t out[STATS_OUT + 1] = { 0 };

	if (!st->packets)
		return;
	for (unsigned int i = 0; i < STATS_OUT; i++)
		out[i] = (uint32_t)stats_get(&st->out[i]);
	bypass_each(st->fate[FATE_FORWARDED] + st->fate[FATE_SENT] ?
		    BYPASS_ENDS : BYPASS_FLOWS, out, tell_bypass);
}

/* Their rules tell of packets only where nft's events are read. */
static void say_links(const struct run *r)
{
	if (r->reader.seen.packets && r->plan.link_tables && !r->plan.see_nft)
		msg("note: %u table%s of nft's families bridge and netdev can "
		    "drop packets ahead of iptables and behind it, and %s not "
		    "seen in this run", r->plan.link_tables,
		    plural(r->plan.link_tables),
		    r->plan.link_tables == 1 ? "is" : "are");
}

int run_hints_begin(struct run *r)
{
	if (!listen_queue_full(&r->reader.listen_full))
		r->reader.listen_full = UINT64_MAX;
	return 0;
}

int run_hints_armed(struct run *r)
{
	struct run_reader *rd = &r->reader;

	rd->nft_told = !r->plan.see_nft && r->plan.nft_there &&
		       nft_generation(&rd->nft_before) == 0;
	return 0;
}

void run_hints_disarm(struct run *r)
{
	struct run_reader *rd = &r->reader;
	uint32_t now;

	rd->nft_changed = rd->nft_told && nft_generation(&now) == 0 &&
			  now != rd->nft_before;
}

/* Such a SYN is taken from the rules by its socket, and the kernel has no word on it. */
static void say_listen_queue(const struct run *r)
{
	uint64_t now, was = r->reader.listen_full;

	if (r->reader.seen.fate[FATE_DELIVERED] && listen_queue_full(&now) &&
	    now > was)
		msg("note: %" PRIu64 " time%s meanwhile, traced or not, a listening "
		    "socket of TCP had no room for one more connection: such a "
		    "packet is DELIVERED, and not answered (ListenOverflows)",
		    now - was, plural(now - was));
}

/* Their events were not listened to, and so none of their rules is shown. */
static void say_late_nft(const struct run *r)
{
	unsigned int nft[FAMILY_COUNT] = { 0 }, link = 0, came = 0;

	if (!r->reader.seen.packets || r->plan.see_nft || r->plan.nft_unseen ||
	    !r->plan.nft_there || nft_trigger_tables(nft, &link) < 0)
		return;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		came |= r->plan.family[i].use && nft[i];
	if (came || link > r->plan.link_tables)
		msg("note: tables of nft came while this run went on, which had been "
		    "without: what their rules do is not seen in it");
	else if (r->reader.nft_changed)
		msg("note: rules of nft were changed while this run went on, which "
		    "traces none, and may have come and gone: what they did is "
		    "not seen in it");
}

static void say_only(const struct run *r)
{
	if (r->o->only && r->reader.seen.packets && !r->reader.seen.printed)
		msg("note: none of them fits --only");
}

/* A socket, a neighbour, a queue of the device can have lost it, and nobody said so. */
static void say_likely(const struct run *r)
{
	const struct stats *st = &r->reader.seen;

	if (!drop_source_worked(&r->reader.drops) &&
	    st->fate[FATE_DELIVERED] + st->fate[FATE_FORWARDED] +
		    st->fate[FATE_SENT])
		msg("note: DELIVERED, FORWARDED and SENT are only likely: the "
		    "kernel does not tell what it drops behind the rules "
		    "(%s)", r->o->no_drops ? "--no-drops"
					   : "--doctor says why");
}

/*
 * With -c the last one's answer is not waited for.  What is lost, or over the rate,
 * may have been the answer.
 */
static void say_unanswered(const struct run *r)
{
	const struct stats *st = &r->reader.seen;
	const struct stats_unanswered *u = &st->unanswered;

	if (u->untracked)
		msg("note: answers to %" PRIu64 " packet%s are not traced: "
		    "--replies knows them by conntrack, which does not track "
		    "%s", u->untracked, plural(u->untracked),
		    u->untracked == 1 ? "it" : "them");
	if (!u->count || st->lost || is_limited(r) ||
	    r->outcome.end == END_COUNT)
		return;
	msg_as_told("note: no answer to %" PRIu64 " of %" PRIu64 "%s connection%s "
		    "was seen (behind conntrack, until the end)%s%s",
		    u->count, u->connections, u->more ? " or more" : "",
		    plural(u->connections), *u->first ? ": the first one's "
						    "question is " : "",
		    u->first);
	if (u->zoned)
		msg("note: %" PRIu64 " of these %s put into a zone of conntrack by a "
		    "rule: an answer that is in another one is of no connection "
		    "there, and not known as one", u->zoned,
		    u->zoned == 1 ? "was" : "were");
}

/* What is asked first by who traces for the first time. */
static void say_replies(const struct run *r)
{
	if (r->reader.seen.packets && r->plan.inserts && !r->o->replies &&
	    !r->o->all)
		msg_detail("note: answers are traced only if they match as "
			   "well (--replies traces them)");
}

void run_hints_say(const struct run *r)
{
	say_nothing(r);
	say_only(r);
	say_likely(r);
	say_rate(r);
	books_say(r);
	say_nat(r);
	say_late_nft(r);
	conntrack_look_say(&r->reader);
	say_flows(r);
	say_links(r);
	say_listen_queue(r);
	say_unanswered(r);
	say_replies(r);
}
