// SPDX-License-Identifier: GPL-2.0-or-later
/* ipset_ask: is a packet in a set of ipset now, by asking. */
#include "reader/ipset_ask.h"

#include <string.h>

#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "reader/reader_control.h"
#include "reader/reader_state.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"

enum {
	KEPT_MS = 1000,
};

static bool is_ipset_answered(const struct reader_state *s, const void *arg)
{
	(void)arg;
	return atomic_load_explicit(&s->bulletin->ipset.answered, memory_order_acquire) ==
	       s->ipsets.asks;
}

static bool ask_ipset(struct reader_state *s, const struct ipset_key *k, struct ipset_answer *a)
{
	struct ipset_asked *m = &s->ipsets;

	s->stats->ipset.key = *k;
	atomic_store_explicit(&s->stats->ipset.ask, ++m->asks, memory_order_release);
	reader_ask(s, READER_MEMBER, is_ipset_answered, NULL, 1);
	if (!is_ipset_answered(s, NULL))
		return false;
	*a = s->bulletin->ipset.answer;
	return true;
}

static void find_ipset(void *arg, const struct ipset_key *k, struct ipset_answer *a)
{
	struct ipset_ask *q = arg;
	struct ipset_asked *m = &q->s->ipsets;
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	for (unsigned int i = 0; i < IPSET_KEPT; i++) {
		if (now < m->kept[i].until_ns &&
		    memcmp(&m->kept[i].key, k, sizeof(*k)) == 0) {
			*a = m->kept[i].answer;
			return;
		}
	}
	memset(a, 0, sizeof(*a));
	/* Until an answer has come, late as it may be, there is no other question. */
	if (!is_ipset_answered(q->s, NULL) || m->asks >= q->last ||
	    !reader_may_ask(q->s) || !ask_ipset(q->s, k, a))
		return;
	m->kept[m->next].key = *k;
	m->kept[m->next].answer = *a;
	m->kept[m->next].until_ns = now + KEPT_MS * NS_PER_MS;
	m->next = (m->next + 1) % IPSET_KEPT;
}

void ipset_ask_begin(struct ipset_ask *q, struct reader_state *s)
{
	*q = (struct ipset_ask){
		.sets = { .find = find_ipset, .arg = q }, .s = s,
		.last = s->ipsets.asks + IPSET_ASKS,
	};
}
