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
#include "misses/brief.h"
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

/* A rule of a state alone that was passed over: that state is not the packet's. */
static void learn_state(struct asked *a, const struct brief *b)
{
	if (b->open && b->field == ASKED_STATE && a->states & ~b->states)
		a->states &= (uint8_t)~b->states;
}

/* Is there room for it, or does it take the place of another? */
static bool is_among_best(const struct misses *m, const struct worth *c)
{
	return m->candidates < TRIED || worth_is_nearer(c, &m->candidate[TRIED - 1]);
}

static void add_candidate(struct misses *m, const struct worth *c)
{
	unsigned int i = m->candidates < TRIED ? m->candidates++ : TRIED - 1;

	for (; i && worth_is_nearer(c, &m->candidate[i - 1]); i--)
		m->candidate[i] = m->candidate[i - 1];
	m->candidate[i] = *c;
}

/* Who fails in two is not near, and who saves nobody need only be known to fail. */
static uint8_t enough_of(bool better)
{
	return better ? 2 : 1;
}

static void ask_misses(struct misses *m, const struct passed_rule *r, bool better)
{
	m->packet.a.mark = r->mark;
	m->packet.a.mark_known = r->mark_known;
	m->seen.enough = enough_of(better);
	rulebook_ask(&m->way.book, r->chain, r->number, &m->packet.a, &m->seen);
}

/* Return: false: to be short took all of it, which is in .seen */
static bool ask_in_short(struct misses *m, struct brief *b, const struct passed_rule *r,
			 bool better)
{
	m->packet.a.mark = r->mark;
	m->packet.a.mark_known = r->mark_known;
	b->enough = enough_of(better);
	b->only = 0;
	if (rulebook_ask_brief(&m->way.book, r->chain, r->number, &m->packet.a, b))
		return true;
	ask_misses(m, r, better);
	brief_of(b, &m->seen);
	return false;
}

/*
 * What the kernel did with the packet must be what the conditions say of it.  Else
 * something here is not as it was, or not understood, and nothing is certain.
 */
static bool contradicts(const struct passed_rule *r)
{
	return r->met ? r->failed : !r->unread && !r->failed && !r->unknown;
}

/* One thing alone failed of a rule that was passed over.  @seen: it was put down */
static void weigh_near(struct misses *m, uint32_t at, const struct brief *b, bool better,
		       bool seen)
{
	const struct passed_rule *r = &m->way.rule[at];
	struct worth c;

	if (m->way.nat && !seen)
		ask_misses(m, r, better);
	learn_state(&m->packet.a, b);
	if (b->n <= 1 || !better)
		return;
	c = (struct worth){ at, r->effect, brief_held(b), b->last, b->distance };
	if (!is_among_best(m, &c))
		return;
	if (m->way.nat ? worth_is_for_it(&m->way, &m->seen, b->last) : worth_is_telling(b))
		add_candidate(m, &c);
}

static void judge(struct misses *m, uint32_t at)
{
	struct passed_rule *r = &m->way.rule[at];
	bool better = worth_is_better(&m->way, r), seen;
	struct brief b;

	seen = !ask_in_short(m, &b, r, better);
	r->unread = b.unread;
	r->failed = b.failed;
	r->unknown = b.unknown;
	r->term = b.term;
	m->contradicted |= contradicts(r);
	if (!r->met && brief_only_failed(&b) >= 0)
		weigh_near(m, at, &b, better, seen);
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
	struct brief b;

	/* None but those that would have saved the packet is a candidate. */
	ask_misses(m, r, true);
	brief_of(&b, &m->seen);
	if (brief_only_failed(&b) != c->failed)
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
	m->packet.a.serial = rulebook_serial(&m->way.book);
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
		m->packet.a.serial = rulebook_serial(&m->way.book);
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
