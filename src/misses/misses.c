// SPDX-License-Identifier: GPL-2.0-or-later
/* misses: the rules that a packet nearly met. */
#include "misses/misses.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "journey/journey.h"
#include "journey/near_miss.h"
#include "misses/asked_packet.h"
#include "misses/condition.h"
#include "misses/miss_place.h"
#include "misses/misses_rules.h"
#include "misses/passed.h"
#include "misses/rule_kept.h"
#include "misses/trial.h"
#include "misses/unreached.h"
#include "misses/worth.h"
#include "place/place_types.h"
#include "rules/base/hash.h"

enum {
	TRIED = 8,	/* rules that may be near are tried, the best of them */
	TOLD = 256,	/* what is told of once */
};

struct misses {
	struct passed way;
	struct conditions seen, room;
	struct asked_packet packet;
	struct worth candidate[TRIED];
	unsigned int candidates;
	bool contradicted;		/* a rule did not do what its conditions say */
	struct near_misses near;
	uint64_t told[TOLD];		/* news_of() each */
	unsigned int tolds;
};

struct misses *misses_open(void)
{
	struct misses *m = calloc(1, sizeof(*m));

	/* Without room for what was read it is read again. */
	if (m)
		m->way.book.kept = rule_kept_open();
	return m;
}

void misses_close(struct misses *m)
{
	if (m)
		rule_kept_close(m->way.book.kept);
	free(m);
}

/* Of marks nft prints what a chain's end shows, long behind who asked. */
static void forget_marks(struct passed *w)
{
	for (uint32_t i = 0; i < w->n; i++)
		w->rule[i].mark_known = false;
}

/* Did anything of the packet but its mark change while this table was asked? */
static bool stayed_the_same(const struct misses *m, const struct journey *j)
{
	for (unsigned int i = 0; i < j->changes; i++)
		if (j->change[i].field != FIELD_MARK &&
		    j->change[i].field != FIELD_CTMARK &&
		    j->change[i].step >= m->way.from)
			return false;
	return true;
}

/* All that a rule said of the packet, in short. */
static void sum_up(struct passed_rule *r, const struct conditions *all)
{
	r->unread = all->unread;
	for (unsigned int i = 0; i < all->n; i++) {
		uint32_t bits = condition_fields(&all->c[i]);

		/* What several could mend is not what fails whatever else changes. */
		if (all->c[i].state == CONDITION_FAILED && !all->c[i].others)
			r->failed |= bits;
		else if (all->c[i].state != CONDITION_HELD)
			r->unknown |= bits;
		/* What holds now may not have held then. */
		else if (all->c[i].now)
			r->unknown |= bits;
		r->held += all->c[i].state == CONDITION_HELD && r->held < UINT8_MAX;
	}
}

/* The one condition that failed, or must have; -1: there is none, or more. */
static int only_failed(const struct conditions *all)
{
	int failed = -1;

	if (all->unread)
		return -1;
	for (unsigned int i = 0; i < all->n; i++) {
		if (all->c[i].state == CONDITION_HELD)
			continue;
		if (failed >= 0)
			return -1;
		failed = (int)i;
	}
	return failed;
}

/* A rule of a state alone that was passed over: that state is not the packet's. */
static void learn_state(struct asked *a, const struct condition *c)
{
	if (c->state == CONDITION_UNKNOWN && c->field == ASKED_STATE &&
	    a->states & ~c->number)
		a->states &= (uint8_t)~c->number;
}

static void add_candidate(struct misses *m, const struct worth *c)
{
	unsigned int i = m->candidates;

	if (i < TRIED)
		m->candidates++;
	else if (!worth_is_nearer(c, &m->candidate[--i]))
		return;
	for (; i && worth_is_nearer(c, &m->candidate[i - 1]); i--)
		m->candidate[i] = m->candidate[i - 1];
	m->candidate[i] = *c;
}

static void ask_misses(struct misses *m, const struct passed_rule *r)
{
	m->packet.a.mark = r->mark;
	m->packet.a.mark_known = r->mark_known;
	/* Who fails in two is not near, and who saves nobody need only be known to fail. */
	m->seen.enough = worth_is_better(&m->way, r) ? 2 : 1;
	rulebook_ask(&m->way.book, r->chain, r->number, &m->packet.a, &m->seen);
}

/*
 * What the kernel did with the packet must be what the conditions say of it.  Else
 * something here is not as it was, or not understood, and nothing is certain.
 */
static bool contradicts(const struct passed_rule *r)
{
	return r->met ? r->failed : !r->unread && !r->failed && !r->unknown;
}

static void judge(struct misses *m, uint32_t at)
{
	struct passed_rule *r = &m->way.rule[at];
	int failed;

	ask_misses(m, r);
	sum_up(r, &m->seen);
	m->contradicted |= contradicts(r);
	failed = only_failed(&m->seen);
	if (failed < 0 || r->met)
		return;
	learn_state(&m->packet.a, &m->seen.c[failed]);
	if (m->seen.n > 1 && worth_is_better(&m->way, r) &&
	    worth_is_telling(&m->way, &m->seen, (unsigned int)failed))
		add_candidate(m, &(struct worth){
			at, r->effect, r->held, (uint8_t)failed,
			m->seen.c[failed].distance,
		});
}

/* That it must have failed says something of the address that it asked for, and of nothing else. */
static bool is_of_address(const struct condition *c)
{
	return !c->others && (c->field == ASKED_SRC || c->field == ASKED_DST);
}

static void tell(struct near_miss *n, const struct condition *c,
		 const struct asked *a)
{
	near_miss_copy(n, c->words);
	n->how = c->now ? NEAR_MISS_ASKED : c->state == CONDITION_UNKNOWN ?
		 NEAR_MISS_ELIMINATED : NEAR_MISS_SEEN;
	n->value[0] = '\0';
	if (c->state == CONDITION_UNKNOWN && !is_of_address(c))
		return;
	if (c->tell)
		c->tell(n->value, c, a);
	else
		asked_value(n->value, sizeof(n->value), a, c->field);
}

/* Has it been told of already, with another mark or by another caller? */
static bool is_told(const struct near_misses *near, const struct place *at)
{
	for (uint32_t i = 0; i < near->count; i++)
		if (near->miss[i].at == at)
			return true;
	return false;
}

/* A rule, and what the packet had. */
static uint64_t news_of(const struct place *at, const char *value)
{
	return hash_name(hash_mix(0, at->id), value, strlen(value));
}

/* It is the same for all packets of its kind. */
static bool is_news(struct misses *m, uint64_t news)
{
	for (unsigned int i = 0; i < m->tolds; i++)
		if (m->told[i] == news)
			return false;
	if (m->tolds == TOLD)
		return false;
	m->told[m->tolds++] = news;
	return true;
}

static void try_candidate(struct misses *m, const struct worth *c,
			  const struct misses_rules *rules, uint8_t nfproto,
			  uint32_t room)
{
	struct near_misses *near = &m->near;
	const struct passed_rule *r = &m->way.rule[c->at];
	const struct condition *failed;
	const struct place *at;

	ask_misses(m, r);
	if (only_failed(&m->seen) != c->failed)
		return;
	failed = &m->seen.c[c->failed];
	if (!asked_is_alike(&m->packet.a, &failed->want) ||
	    !trial_saves(&m->way, c->at, &m->packet.a, failed, rules, &m->room))
		return;
	at = near->count < room ?
		miss_place(&m->way.book, r->chain, r->number, rules, nfproto) : NULL;
	if (!at) {
		near->more += near->count == room;
		return;
	}
	if (is_told(near, at))
		return;
	tell(&near->miss[near->count], failed, &m->packet.a);
	if (m->way.nat && !is_news(m, news_of(at, near->miss[near->count].value)))
		return;
	near->miss[near->count++].at = at;
}

/* Return: a rule that was not reached; NULL: none, or it was told of. */
static const struct place *find_behind(struct misses *m,
				       const struct misses_rules *rules,
				       uint8_t nfproto)
{
	const struct passed_rule *last;
	const struct place *at;
	struct unreached u;

	if (!m->way.n)
		return NULL;
	last = &m->way.rule[m->way.n - 1];
	m->packet.a.mark = last->mark;
	m->packet.a.mark_known = last->mark_known;
	if (!unreached_find(&u, &m->way, &m->packet.a, &m->room))
		return NULL;
	at = miss_place(&m->way.book, u.chain, u.number, rules, nfproto);
	return at && is_news(m, news_of(at, "")) ? at : NULL;
}

static void tell_behind(struct near_misses *near, const struct place *at)
{
	struct near_miss *n = &near->miss[near->count++];

	n->at = at;
	n->how = NEAR_MISS_BEHIND;
	n->words[0] = n->value[0] = '\0';
}

/* All that was asked on the way: which of it was near? */
static void look(struct misses *m, const struct misses_rules *rules,
		 uint8_t nfproto)
{
	const struct place *behind;

	for (uint32_t i = 0; i < m->way.n; i++)
		judge(m, i);
	if (m->contradicted)
		return;
	behind = m->way.nat ? NULL : find_behind(m, rules, nfproto);
	for (unsigned int i = 0; i < m->candidates; i++)
		try_candidate(m, &m->candidate[i], rules, nfproto,
			      NEAR_MISSES - !!behind);
	if (behind)
		tell_behind(&m->near, behind);
}

static void begin(struct misses *m, const struct misses_rules *rules)
{
	m->candidates = 0;
	m->near.count = m->near.more = 0;
	m->near.nat = false;
	m->contradicted = false;
	m->way.printed = rules->printed;
}

static void find_refused(struct misses *m, const struct journey *j,
			 const struct misses_rules *rules)
{
	begin(m, rules);
	if (!passed_find(&m->way, j, rules->legacy, rules->nft) ||
	    !stayed_the_same(m, j) ||
	    (rules->printed && j->last.layer == PACKET_NOTHING))
		return;
	if (rules->printed)
		forget_marks(&m->way);
	asked_packet_take(&m->packet, j, rules);
	look(m, rules, j->nfproto);
}

/* Has anything of it changed but what happens to every packet that is forwarded? */
static bool went_as_it_came(const struct journey *j)
{
	for (unsigned int i = 0; i < j->changes; i++)
		switch (j->change[i].field) {
		case FIELD_MARK: case FIELD_CTMARK: case FIELD_TTL: case FIELD_OUT:
		case FIELD_IN:
			break;
		default:
			return false;
		}
	return true;
}

static void look_at_nat(struct misses *m, const struct journey *j,
			const struct misses_rules *rules, uint8_t hook)
{
	uint32_t from = 0;

	while (!m->near.count &&
	       passed_find_nat(&m->way, j, hook, from, rules->legacy,
			       rules->nft)) {
		from = m->way.to;
		begin(m, rules);
		if (!m->way.n)
			continue;
		asked_packet_take_nat(&m->packet, j, rules, m->way.from, hook);
		look(m, rules, j->nfproto);
	}
}

/*
 * Nat has been asked, and has left it as it was.  Nearly every packet of its host's own
 * does so: of those nobody asks why.
 */
static void find_untranslated(struct misses *m, const struct journey *j,
			      const struct misses_rules *rules)
{
	begin(m, rules);
	if (!(j->flags & JOURNEY_NAT) || rules->printed || !went_as_it_came(j))
		return;
	/* A rule for this destination says more than one for this source. */
	look_at_nat(m, j, rules, NF_INET_PRE_ROUTING);
	if (!m->near.count)
		look_at_nat(m, j, rules, NF_INET_POST_ROUTING);
	m->near.nat = true;
}

bool misses_can_be(const struct journey *j)
{
	switch (j->fate[0].kind) {
	case FATE_DROP: case FATE_REJECT: case FATE_LOST:
		return true;
	case FATE_FORWARDED:
		return j->flags & JOURNEY_NAT;
	}
	return false;
}

void misses_find(struct misses *m, struct journey *j,
		 const struct misses_rules *rules)
{
	if (j->fate[0].kind == FATE_FORWARDED)
		find_untranslated(m, j, rules);
	else
		find_refused(m, j, rules);
	if (m->near.count)
		j->fate[0].near = &m->near;
}
