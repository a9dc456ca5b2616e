// SPDX-License-Identifier: GPL-2.0-or-later
/* taken: what others take away from the run is noticed, said, and put back once. */
#include "supervisor/taken.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/msg.h"
#include "capture/capture.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "rules/keeper/logger.h"
#include "rules/nft/dump.h"
#include "rules/nft/found.h"
#include "supervisor/run_state.h"

enum { LOOK_MS = 250 };

/* Each sentence is about a family. */
static const struct thing {
	const char *name;	/* in the summary, before the family's */
	const char *again;	/* it is being put back */
	const char *left;	/* it is left as it is */
} things[KEEPER_THINGS] = {
	[KEEPER_LOGGER] = {
		.name = "the logger of",
		.again = "it is set to " LOGGER_NETLINK " again (at the end it "
			 "becomes what they chose); events of the meantime are "
			 "missing",
		.left = "it is left so, and events of legacy rules are missing "
			"from here on",
	},
	[KEEPER_NFT_TABLE] = {
		.name = "the nft table for",
		.again = "it is put in again; what came in the meantime was not "
			 "traced",
		.left = "it is left so, and nothing that it would trace is "
			"traced from here on",
	},
};

static uint8_t *state_of(struct run *r, enum keeper_thing thing,
			 unsigned int family)
{
	return &r->taken.state[thing][family];
}

static void note(struct run *r, enum keeper_thing thing, unsigned int family,
		 const char *how, bool put_back)
{
	const struct thing *t = &things[thing];
	uint8_t *state = state_of(r, thing, family);
	bool again = *state == TAKEN_BACK;

	if (*state == TAKEN_ASKED || *state == TAKEN_LEFT)
		return;
	*state = !again && put_back &&
		 keeper_ask_put_back(&r->host.keeper, thing, family) == 0 ?
		 TAKEN_ASKED : TAKEN_LEFT;
	msg("warning: somebody else %s%s: %s", how, again ? " once more" : "",
	    *state == TAKEN_ASKED ? t->again : t->left);
}

void taken_answered(struct run *r, const struct keeper_message *m)
{
	const struct thing *t = &things[m->thing];

	*state_of(r, m->thing, m->family) = m->error ? TAKEN_LEFT : TAKEN_BACK;
	if (m->thing == KEEPER_LOGGER && m->logger[0] &&
	    strcmp(m->logger, LOGGER_NETLINK) != 0) {
		struct undo *u = &r->host.keeper_plan.undo;

		memcpy(u->old_logger[m->family], m->logger, LOGGER_NAME);
		u->logger[m->family] = true;
	}
	/* What was put back may have been taken away again meanwhile. */
	r->taken.looked = false;
	if (m->error)
		msg("warning: that failed (%s): %s", msg_errno_text(m->error),
		    t->left);
}

static void look_at_logger(struct run *r, unsigned int i, bool put_back)
{
	const struct undo *u = &r->host.keeper_plan.undo;
	char now[LOGGER_NAME], how[LOGGER_NAME + 64];

	/* Not read while arming: no event comes by way of it. */
	if (!u->old_logger[i][0] || logger_read(families[i], now) < 0 ||
	    strcmp(now, LOGGER_NETLINK) == 0)
		return;
	snprintf(how, sizeof(how), "set the logger of %s to %s",
		 families[i]->name, now);
	note(r, KEEPER_LOGGER, i, how, put_back);
}

/* Return: false: the table could not be looked at. */
static bool look_at_table(struct run *r, unsigned int i, bool put_back)
{
	int tracing = nft_trigger_tracing(families[i], &r->plan.owner);
	char how[96];

	if (tracing < 0)
		return false;
	if ((unsigned int)tracing >= r->host.nft_tracing[i])
		return true;
	snprintf(how, sizeof(how), "%s the nft table of this run for %s",
		 tracing ? "changed" : "emptied or deleted", families[i]->name);
	note(r, KEEPER_NFT_TABLE, i, how, put_back);
	return true;
}

/* nft's rules are only looked at when somebody has changed any. */
static void look_at_tables(struct run *r, bool put_back)
{
	const struct undo *u = &r->host.keeper_plan.undo;
	struct run_taken *t = &r->taken;
	uint32_t generation;
	bool looked = true;

	if ((!u->nft[0] && !u->nft[1]) || nft_generation(&generation) < 0 ||
	    (t->looked && generation == t->generation))
		return;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (u->nft[i])
			looked &= look_at_table(r, i, put_back);
	t->generation = generation;
	t->looked = looked;
}

/* What the keeper took back by itself, of a run that was stuck, nobody took away. */
static bool keeper_may_have(const struct run *r)
{
	struct pollfd pfd = { .fd = r->host.keeper.fd, .events = POLLIN };
	uint64_t end_ns = r->clock.end_ns;

	return poll(&pfd, 1, 0) != 0 ||
	       (end_ns && clock_monotonic_ns() >= end_ns + NS_PER_S);
}

/* Only the socket that has bound the group can give it up: the reader's. */
static void look_at_group(struct run *r)
{
	struct pollfd pfd = { .fd = r->reader.process.fd, .events = POLLIN };
	uint32_t portid;
	int bound;

	/* A reader that has ended is heard of otherwise. */
	if (!r->plan.see_legacy || r->taken.group || poll(&pfd, 1, 0) != 0)
		return;
	bound = capture_holder(&portid);
	if (bound < 0 || (bound && portid == r->reader.capture.portid))
		return;
	r->taken.group = true;
	msg("warning: the reader has NFLOG group 0 no more%s: events of legacy "
	    "rules are missing from here on", bound ? ", somebody else has it"
						    : "");
}

static void look(struct run *r, bool put_back)
{
	look_at_group(r);
	if (keeper_may_have(r))
		return;
	look_at_tables(r, put_back);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		look_at_logger(r, i, put_back);
}

int taken_tick(struct run *r)
{
	uint64_t now = clock_monotonic_ns();
	struct run_taken *t = &r->taken;

	if (now >= t->look_ns) {
		look(r, true);
		t->look_ns = now + LOOK_MS * NS_PER_MS;
	}
	return (int)((t->look_ns - now) / NS_PER_MS) + 1;
}

void taken_look_last(struct run *r)
{
	look(r, false);
}

bool taken_any(const struct run_taken *t)
{
	for (unsigned int i = 0; i < KEEPER_THINGS; i++)
		for (unsigned int f = 0; f < FAMILY_COUNT; f++)
			if (t->state[i][f] != TAKEN_NOT)
				return true;
	return t->group;
}

static void say(enum keeper_thing thing, unsigned int family,
		enum taken_state state)
{
	msg("warning: others took %s %s from this run%s: packets or events are "
	    "missing", things[thing].name, families[family]->name,
	    state == TAKEN_BACK ? " (it was put back)" : "");
}

void taken_say(const struct run_taken *t)
{
	for (unsigned int i = 0; i < KEEPER_THINGS; i++)
		for (unsigned int f = 0; f < FAMILY_COUNT; f++)
			if (t->state[i][f] != TAKEN_NOT)
				say(i, f, t->state[i][f]);
	if (t->group)
		msg("warning: NFLOG group 0 was lost during the trace: events "
		    "are missing");
}
