// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_rules: what --doctor says of the rules that are in force. */
#include "doctor/doctor_rules.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/msg.h"
#include "base/strbuf.h"
#include "rules/base/family.h"
#include "rules/base/target.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"
#include "rules/view/ruleset.h"

enum { CHAINS_SHOWN = 6 };

/* The chains of one program that drop, under way to a sentence. */
struct drops {
	char text[1024];
	struct strbuf line;
	unsigned int chains;
};

static void begin(struct drops *d)
{
	d->text[0] = '\0';
	d->line = (struct strbuf){ d->text, sizeof(d->text), 0 };
	d->chains = 0;
}

/* "filter:INPUT (policy, 3 rules)" */
static void add(struct drops *d, const char *table, const char *chain,
		bool policy, uint32_t rules)
{
	if ((!policy && !rules) || d->chains++ >= CHAINS_SHOWN)
		return;
	strbuf_add(&d->line, "%s%s:%s (%s", d->line.len ? ", " : "", table,
		   chain, policy ? "policy" : "");
	if (rules)
		strbuf_add(&d->line, "%s%u rule%s", policy ? ", " : "", rules,
			   plural(rules));
	strbuf_add(&d->line, ")");
}

static void say(const struct drops *d, const char *program)
{
	unsigned int more = d->chains > CHAINS_SHOWN ?
		d->chains - CHAINS_SHOWN : 0;

	if (!d->chains)
		msg("note: no rule of %s drops or rejects", program);
	else if (more)
		msg("note: %s drops or rejects in %s, and %u more chain%s",
		    program, d->text, more, plural(more));
	else
		msg("note: %s drops or rejects in %s", program, d->text);
}

static bool legacy_stops(const struct snapshot *s, const struct snap_rule *r)
{
	const struct target *t;

	if (r->verdict != SNAP_TARGET)
		return r->verdict == SNAP_DROP;
	t = target_find(s->target[r->target]);
	return t && (t->effect == EFFECT_DROP || t->effect == EFFECT_REJECT);
}

static void say_legacy(const struct snapshot *s, const struct family *f)
{
	char program[32];
	struct drops d;

	snprintf(program, sizeof(program), "%s-legacy", f->command);
	begin(&d);
	for (uint32_t i = 0; i < s->chains; i++) {
		const struct snap_chain *c = snapshot_chain(s, i);
		bool policy = c->hook != 0xff &&
			legacy_stops(s, snapshot_rule(s, c->first + c->count));
		uint32_t n = 0;

		for (uint32_t r = 0; r < c->count; r++)
			n += legacy_stops(s, snapshot_rule(s, c->first + r));
		add(&d, s->table[c->table].name, snapshot_text(s, c->name),
		    policy, n);
	}
	say(&d, program);
}

static bool nft_stops(const struct nft_snapshot *s,
		      const struct nft_snap_rule *r)
{
	const char *target = nft_snapshot_text(s, r->target);
	const struct target *t = *target ? target_find(target) : NULL;

	return r->verdict == NFT_SNAP_DROP || r->does & DOES_REJECT ||
	       (t && (t->effect == EFFECT_DROP || t->effect == EFFECT_REJECT));
}

static bool is_ours(const struct nft_snap_table *t)
{
	return t->flags & (NFT_SNAP_OWN | NFT_SNAP_NFTRACE);
}

static void say_nft(const struct nft_snapshot *s)
{
	struct drops d;

	begin(&d);
	for (uint32_t i = 0; i < s->chains; i++) {
		const struct nft_snap_chain *c = nft_snapshot_chain(s, i);
		const struct nft_snap_table *t = nft_snapshot_table(s, c->table);
		char table[320];
		uint32_t n = 0;

		if (is_ours(t) || t->flags & NFT_SNAP_DORMANT)
			continue;
		for (uint32_t r = 0; r < c->count; r++)
			n += nft_stops(s, nft_snapshot_rule(s, c->first + r));
		snprintf(table, sizeof(table), "%s %s",
			 nft_snapshot_family(t->nfproto),
			 nft_snapshot_text(s, t->name));
		add(&d, table, nft_snapshot_text(s, c->name),
		    c->hook != NFT_SNAP_NO_HOOK && c->policy == NF_DROP, n);
	}
	say(&d, "nft");
}

void doctor_rules_drops(const struct ruleset *rules)
{
	if (!ruleset_count(rules, RULESET_LEGACY, NFPROTO_UNSPEC).tables ||
	    !ruleset_count(rules, RULESET_NFT, NFPROTO_UNSPEC).tables)
		return;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (rules->legacy[i] && rules->legacy[i]->tables)
			say_legacy(rules->legacy[i], families[i]);
	say_nft(rules->nft);
}

/* Rules of a table that iptables-nft lists, and that are not in its words. */
struct mixture {
	uint32_t strange, familiar;
	const struct nft_snap_rule *first;	/* strange one */
};

/* In whose base chains iptables-nft has its rules. */
static bool has_builtin(const struct nft_snapshot *s, const struct nft_snap_table *t)
{
	static const char *const names[] = {
		"INPUT", "FORWARD", "OUTPUT", "PREROUTING", "POSTROUTING",
	};

	for (uint32_t c = 0; c < t->chains; c++)
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (strcmp(nft_snapshot_text(s, nft_snapshot_chain(
					s, t->first_chain + c)->name), names[i]) == 0)
				return true;
	return false;
}

/* @refused: it lists not one of them, so that only their form tells whose they are */
static void look(struct mixture *m, const struct nft_snapshot *s,
		 const struct nft_snap_table *t, bool refused)
{
	memset(m, 0, sizeof(*m));
	for (uint32_t c = 0; c < t->chains; c++) {
		const struct nft_snap_chain *chain =
			nft_snapshot_chain(s, t->first_chain + c);

		for (uint32_t i = 0; i < chain->count; i++) {
			const struct nft_snap_rule *r =
				nft_snapshot_rule(s, chain->first + i);

			bool is = refused ? r->alike : r->iptables;

			m->familiar += is;
			m->strange += !is;
			if (!is && !m->first)
				m->first = r;
		}
	}
}

/* Of iptables-nft's names; who else uses them means no table of iptables'. */
static bool is_listed(const struct nft_snapshot *s,
		      const struct nft_snap_table *t)
{
	static const char *const names[] = {
		"filter", "nat", "mangle", "raw", "security",
	};
	bool ip = t->nfproto == NFPROTO_IPV4 || t->nfproto == NFPROTO_IPV6;

	for (size_t i = 0; ip && i < ARRAY_SIZE(names); i++)
		if (strcmp(nft_snapshot_text(s, t->name), names[i]) == 0)
			return true;
	return false;
}

static void say_mixed(const struct nft_snapshot *s,
		      const struct nft_snap_table *t, const struct mixture *m)
{
	const struct nft_snap_chain *c = nft_snapshot_chain(s, m->first->chain);
	const char *table = nft_snapshot_text(s, t->name);
	const char *command = t->nfproto == NFPROTO_IPV6 ? "ip6tables" :
							   "iptables";

	msg("note: %s -t %s -S refuses to list the table, or lists it wrongly: "
	    "another program wrote %u rule%s into it in nft's words, the first "
	    "into chain %s (%.*s); nft list table %s %s shows them all",
	    command, table, m->strange, plural(m->strange),
	    nft_snapshot_text(s, c->name), (int)m->first->len,
	    nft_snapshot_text(s, m->first->text),
	    nft_snapshot_family(t->nfproto), table);
}

void doctor_rules_mixed(const struct nft_snapshot *s)
{
	struct mixture m;

	for (uint32_t i = 0; s && i < s->tables; i++) {
		const struct nft_snap_table *t = nft_snapshot_table(s, i);

		if (!is_listed(s, t) || is_ours(t))
			continue;
		look(&m, s, t, false);
		if (!m.familiar && has_builtin(s, t))
			look(&m, s, t, true);
		if (m.strange && m.familiar)
			say_mixed(s, t, &m);
	}
}
