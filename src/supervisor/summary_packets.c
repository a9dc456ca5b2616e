// SPDX-License-Identifier: GPL-2.0-or-later
/* summary_packets: what became of the packets, of a run or of a file. */
#include "supervisor/summary_packets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/msg.h"
#include "rules/base/family.h"
#include "supervisor/run_state.h"

enum { DROPS_SHOWN = 10 };

const char *summary_output_name(const struct run_reader *rd)
{
	uint8_t i = rd->seen.output_sink;
	const char *path = i < SINK_COUNT ? rd->sink[i].path : "";

	return *path && strcmp(path, "-") != 0 ? path : "standard output";
}

/* An error can come at the very end, when the last of the results are written. */
void summary_output_error(const struct run_reader *rd)
{
	int err = rd->seen.output_error;

	if (err && err != -EPIPE)
		msg("error: writing %s: %s: it is not complete", summary_output_name(rd),
		    strerror(-err));
}

/* -c: what came behind the last one nobody asked for. */
static bool has_all(const struct stats *st, const struct options *o)
{
	return o->count && st->printed >= o->count;
}

/* Which of the packets are told of; what stdout had no room for has a line of its own. */
static void say_which(char *to, size_t size, const struct stats *st,
		      const struct options *o)
{
	to[0] = '\0';
	if (st->printed + st->unprinted == st->packets)
		return;
	if (!has_all(st, o))
		snprintf(to, size, ", %" PRIu64 " of them printed",
			 st->printed);
	else if (o->count == 1)
		snprintf(to, size, ", the first one%s printed",
			 o->only ? " that fits" : "");
	else
		snprintf(to, size, ", the first %" PRIu64 "%s printed",
			 o->count, o->only ? " that fit" : "");
}

static void print_fates(const struct stats *st, const struct options *o,
			const char *behind)
{
	char line[512], which[64];
	size_t at = 0;

	say_which(which, sizeof(which), st, o);
	line[0] = '\0';
	for (unsigned int k = 0; k < FATE_COUNT; k++)
		if (st->fate[k])
			at += (size_t)snprintf(line + at, sizeof(line) - at,
					       "%s%" PRIu64 " %s",
					       at ? ", " : ": ",
					       st->fate[k],
					       fate_word(k));
	msg("%" PRIu64 " packet%s traced%s%s%s", st->packets,
	    plural(st->packets), which, line, behind);
	if (st->incomplete > st->fate[FATE_INCOMPLETE])
		msg("warning: of %" PRIu64 " packet%s that --only leaves out "
		    "events are missing: what became of %s is not known",
		    st->incomplete - st->fate[FATE_INCOMPLETE],
		    plural(st->incomplete - st->fate[FATE_INCOMPLETE]),
		    st->incomplete - st->fate[FATE_INCOMPLETE] == 1 ? "it" :
								   "them");
}

/* The same rule can be there for both families: then the family is said. */
static bool drops_are_mixed(const struct stats *st)
{
	bool seen[FAMILY_COUNT + 1] = { false };

	for (unsigned int i = 0; i < DROPS_SHOWN && i < st->drops; i++)
		seen[st->drop[i].family] = true;
	return seen[0] && seen[1];
}

static void print_drops(const struct stats *st)
{
	bool mixed = drops_are_mixed(st);

	for (unsigned int i = 0; i < DROPS_SHOWN && i < st->drops; i++) {
		const struct stats_drop *d = &st->drop[i];
		char family[16] = "";

		if (mixed && d->family < FAMILY_COUNT)
			snprintf(family, sizeof(family), " (%s)",
				 families[d->family]->name);
		msg_as_told("  %" PRIu64 " by %s%s", d->packets, d->text, family);
	}
}

/* With nobody known the rules have said it all. */
static void print_owners(const struct stats *st)
{
	uint64_t rest = st->owners_others;

	if (!st->owners)
		return;
	msg("drops by owner:");
	for (unsigned int i = 0; i < STATS_OWNERS && i < st->owners; i++)
		msg_as_told("  %" PRIu64 " %s", st->owner[i].packets,
			    st->owner[i].text);
	if (rest)
		msg("  %" PRIu64 " other programs'", rest);
	if (st->unowned)
		msg("  %" PRIu64 " nobody's that is known", st->unowned);
}

static void say_no_room(const struct stats *st)
{
	char doubted[96] = "";

	if (st->drops_doubted)
		snprintf(doubted, sizeof(doubted), ": %" PRIu64 " that came just "
			 "then %s told as likely, or as UNKNOWN",
			 st->drops_doubted, st->drops_doubted == 1 ? "is" : "are");
	msg("warning: the kernel told why it lost %" PRIu64 " packet%s, and there "
	    "was no room for that%s", st->drops_lost, plural(st->drops_lost),
	    doubted);
}

static void say_unread(uint64_t n)
{
	msg("warning: what the kernel tells of lost packets was not read in time, "
	    "as so much came or this host is too busy: %" PRIu64 " packet%s %s "
	    "told as likely, or as UNKNOWN", n, plural(n), n == 1 ? "is" : "are");
}

/* What the kernel says of packets that no rule dropped. */
static void print_reasons(const struct stats *st, const struct options *o)
{
	for (unsigned int i = 0; i < DROPS_SHOWN && i < st->reasons; i++)
		msg_as_told("  %" PRIu64 " %s", st->reason[i].packets,
			    st->reason[i].text);
	if (st->drops_doubted || (st->drops_lost && !has_all(st, o)))
		say_no_room(st);
	if (st->drops_unread)
		say_unread(st->drops_unread);
	if (st->late)
		msg("note: %" PRIu64 " packet%s lost after %s told of: the line "
		    "that says so came later", st->late, st->late == 1 ?
		    " was" : "s were", st->late == 1 ? "it was" : "they were");
	if (st->hidden.count)
		msg("note: %" PRIu64 " packet%s that --only had left out %s "
		    "lost later; the first: %s", st->hidden.count,
		    plural(st->hidden.count), st->hidden.count == 1 ? "was"
								   : "were",
		    st->hidden.first);
}

static void say_loops(const struct stats_loops *l)
{
	if (!l->count)
		return;
	msg_as_told("warning: a routing loop: %" PRIu64 " packet%s came back and "
		    "went the same way again%s%s", l->count, plural(l->count),
		    *l->first ? "; the first: " : "", l->first);
}

void summary_packets(const struct stats *st, const struct options *o,
		     const char *behind)
{
	print_fates(st, o, behind);
	print_drops(st);
	print_owners(st);
	print_reasons(st, o);
	say_loops(&st->loops);
}
