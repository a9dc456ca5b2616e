// SPDX-License-Identifier: GPL-2.0-or-later
/* misses: the rules that a dropped packet nearly met. */
#include "misses/misses.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "capture/ifnames.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "journey/near_miss.h"
#include "misses/condition.h"
#include "misses/miss_place.h"
#include "misses/misses_rules.h"
#include "misses/passed.h"
#include "misses/rule_kept.h"
#include "misses/trial.h"
#include "misses/unreached.h"
#include "place/place_types.h"
#include "rules/base/target.h"

enum {
	TRIED = 8,	/* rules that may be near are tried, the best of them */
	TOLD = 256,	/* rules behind others that are told of, once each */
};

/* A rule that failed in one condition, while another held. */
struct candidate {
	uint32_t at;		/* in passed.rule */
	uint8_t effect;		/* enum place_effect */
	uint8_t held;
	uint8_t failed;		/* its index in the rule's conditions */
	uint32_t distance;
};

struct misses {
	struct passed way;
	struct conditions seen, room;
	struct asked asked;
	char name[4][17];		/* of .asked's devices */
	struct candidate candidate[TRIED];
	unsigned int candidates;
	bool contradicted;		/* a rule did not do what its conditions say */
	struct near_misses near;
	uint32_t told[TOLD];		/* ids of places */
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

static void take_device(struct misses *m, unsigned int i,
			struct asked_device *d, const struct ifnames *names,
			uint32_t index)
{
	const char *name = index ? ifnames_raw(names, index) : "";

	strncpy(m->name[i], name, sizeof(m->name[i]) - 1);
	*d = (struct asked_device){ index, m->name[i] };
}

/* Ports of a bridge only legacy's events tell, where there is one. */
static void take_port(struct misses *m, unsigned int i, struct asked_device *d,
		      const struct ifnames *names, uint32_t index)
{
	if (index)
		take_device(m, i, d, names, index);
	else
		*d = (struct asked_device){ 0, NULL };
}

/*
 * A buffer is freed with the state that its rules saw.  Who asks for that has conntrack
 * see all packets, so one without an entry is INVALID.
 */
static uint8_t states_of(const struct journey *j, struct conntrack *ct)
{
	const struct path_drop *d = &j->path[0].drop;

	conntrack_seen(j, ct);
	if (!ct->state && j->fate[0].drop && j->fate[0].drop == d->seen &&
	    !d->group)
		ct->state = d->state;
	if (ct->state)
		return (uint8_t)(1u << ct->state);
	/* What finds neighbours conntrack leaves alone. */
	if (j->last.proto == IPPROTO_ICMPV6 || journey_untracked_by(j))
		return ASKED_ALL_STATES;
	return ASKED_ALL_STATES & ~(1u << CONNTRACK_UNTRACKED);
}

static void take_packet(struct misses *m, const struct journey *j,
			const struct misses_rules *rules)
{
	const struct ifnames *names = rules->names;
	const struct packet_view *v = &j->path[0].look.view;
	const struct step *last = &j->step[journey_kept(j) - 1];
	struct asked *a = &m->asked;

	memset(a, 0, sizeof(*a));
	a->p = &j->last;
	a->nfproto = j->nfproto;
	a->hook = (uint8_t)v->hook;
	take_device(m, 0, &a->in, names, v->in);
	take_device(m, 1, &a->out, names, v->out);
	take_port(m, 2, &a->phys_in, names, last->phys_in);
	take_port(m, 3, &a->phys_out, names, last->phys_out);
	a->states = states_of(j, &a->ct);
	a->sets = rules->sets;
	a->ipsets = rules->ipsets;
	a->printed = rules->printed;
	a->uid = j->uid;
	a->gid = UINT32_MAX;
	a->hw = j->hw_header;
	a->hw_len = j->hw_header_len;
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

/*
 * What answers is let pass by nearly every ruleset: that a packet is no answer is no
 * reason that anybody could do something about.
 */
static bool is_telling(const struct condition *c)
{
	return c->want.field != ASKED_STATE ||
	       (c->want.number != CONNTRACK_ESTABLISHED &&
		c->want.number != CONNTRACK_RELATED);
}

/* Policies accept by a mark, which a rule behind them asks for. */
static bool is_better(const struct passed_rule *r)
{
	return r->effect == EFFECT_ACCEPT || r->effect == EFFECT_RETURN ||
	       r->effect == EFFECT_JUMP || r->effect == EFFECT_GOTO ||
	       (r->effect == EFFECT_CONTINUE && r->marks);
}

/* Is @a to be told before @b? */
static bool is_nearer(const struct candidate *a, const struct candidate *b)
{
	if ((a->effect == EFFECT_ACCEPT) != (b->effect == EFFECT_ACCEPT))
		return a->effect == EFFECT_ACCEPT;
	if (a->held != b->held)
		return a->held > b->held;
	return a->distance < b->distance;
}

static void add_candidate(struct misses *m, const struct candidate *c)
{
	unsigned int i = m->candidates;

	if (i < TRIED)
		m->candidates++;
	else if (!is_nearer(c, &m->candidate[--i]))
		return;
	for (; i && is_nearer(c, &m->candidate[i - 1]); i--)
		m->candidate[i] = m->candidate[i - 1];
	m->candidate[i] = *c;
}

static void ask(struct misses *m, const struct passed_rule *r)
{
	m->asked.mark = r->mark;
	m->asked.mark_known = r->mark_known;
	/* Who fails in two is not near, and who saves nobody need only be known to fail. */
	m->seen.enough = is_better(r) ? 2 : 1;
	rulebook_ask(&m->way.book, r->chain, r->number, &m->asked, &m->seen);
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

	ask(m, r);
	sum_up(r, &m->seen);
	m->contradicted |= contradicts(r);
	failed = only_failed(&m->seen);
	if (failed < 0 || r->met)
		return;
	learn_state(&m->asked, &m->seen.c[failed]);
	if (m->seen.n > 1 && is_better(r) &&
	    is_telling(&m->seen.c[failed]))
		add_candidate(m, &(struct candidate){
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

static void try_candidate(struct misses *m, const struct candidate *c,
			  const struct misses_rules *rules, uint8_t nfproto,
			  uint32_t room)
{
	struct near_misses *near = &m->near;
	const struct passed_rule *r = &m->way.rule[c->at];
	const struct condition *failed;
	const struct place *at;

	ask(m, r);
	if (only_failed(&m->seen) != c->failed)
		return;
	failed = &m->seen.c[c->failed];
	if (!asked_is_alike(&m->asked, &failed->want) ||
	    !trial_saves(&m->way, c->at, &m->asked, failed, rules, &m->room))
		return;
	at = near->count < room ?
		miss_place(&m->way.book, r->chain, r->number, rules, nfproto) : NULL;
	if (!at) {
		near->more += near->count == room;
		return;
	}
	if (is_told(near, at))
		return;
	tell(&near->miss[near->count], failed, &m->asked);
	near->miss[near->count++].at = at;
}

/* Of each such rule it is said once: it is the same for all packets of its kind. */
static bool is_news(struct misses *m, const struct place *at)
{
	for (unsigned int i = 0; i < m->tolds; i++)
		if (m->told[i] == at->id)
			return false;
	if (m->tolds == TOLD)
		return false;
	m->told[m->tolds++] = at->id;
	return true;
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
	m->asked.mark = last->mark;
	m->asked.mark_known = last->mark_known;
	if (!unreached_find(&u, &m->way, &m->asked, &m->room))
		return NULL;
	at = miss_place(&m->way.book, u.chain, u.number, rules, nfproto);
	return at && is_news(m, at) ? at : NULL;
}

static void tell_behind(struct near_misses *near, const struct place *at)
{
	struct near_miss *n = &near->miss[near->count++];

	n->at = at;
	n->how = NEAR_MISS_BEHIND;
	n->words[0] = n->value[0] = '\0';
}

void misses_find(struct misses *m, struct journey *j,
		 const struct misses_rules *rules)
{
	const struct place *behind;

	m->candidates = 0;
	m->near.count = m->near.more = 0;
	m->contradicted = false;
	m->way.printed = rules->printed;
	if (!passed_find(&m->way, j, rules->legacy, rules->nft) ||
	    !stayed_the_same(m, j) ||
	    (rules->printed && j->last.layer == PACKET_NOTHING))
		return;
	if (rules->printed)
		forget_marks(&m->way);
	take_packet(m, j, rules);
	for (uint32_t i = 0; i < m->way.n; i++)
		judge(m, i);
	if (m->contradicted)
		return;
	behind = find_behind(m, rules, j->nfproto);
	for (unsigned int i = 0; i < m->candidates; i++)
		try_candidate(m, &m->candidate[i], rules, j->nfproto,
			      NEAR_MISSES - !!behind);
	if (behind)
		tell_behind(&m->near, behind);
	if (m->near.count)
		j->fate[0].near = &m->near;
}
