// SPDX-License-Identifier: GPL-2.0-or-later
/* dnat_words: which packets come to a rule that translates, in the words that trace them. */
#include "plan/dnat_words.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "rules/base/family.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"
#include "rules/view/ruleset.h"

enum {
	DEPTH = 8,		/* jumps */
	LOOKS = 4096,		/* rules that jump, looked at in all */
	WAYS_SHOWN = 3,
};

/* What a packet must have to get there; .len 0: that is open. */
struct words {
	struct strview dst, proto, dport;
};

struct search {
	const struct ruleset *rules;
	unsigned int family;	/* FAMILY_COUNT: nft */
	struct strbuf line;
	char way[WAYS_SHOWN][160];
	unsigned int ways, looks;
};

/* A rule of either backend. */
struct rule_seen {
	struct strview text;
	uint32_t chain;		/* that it stands in */
	uint32_t to;		/* that it jumps to, or SHM_NONE */
	bool six;
};

static void take(struct strview *to, struct strview value, bool inverted)
{
	if (!to->len && !inverted)
		*to = value;
}

/* A range, a set or a list is no word of -d and --dport. */
static bool is_plain(struct strview value)
{
	return value.len && value.len < 48 && !memchr(value.at, '{', value.len) &&
	       value.at[0] != '@' && value.at[0] != '$';
}

/* "-d 10.96.0.80/32 -p tcp -m tcp --dport 80" */
static void read_iptables(struct words *w, struct strview text)
{
	struct strview word, value;
	bool inverted = false;

	while (strview_quoted(&text, &word)) {
		struct strview *to = strview_is(word, "-d") ? &w->dst :
			strview_is(word, "-p") ? &w->proto :
			strview_is(word, "--dport") ? &w->dport : NULL;

		if (to && strview_quoted(&text, &value) && is_plain(value))
			take(to, value, inverted);
		inverted = strview_is(word, "!");
	}
}

/* "ip daddr 10.96.0.80 tcp dport 80" */
static void read_nft(struct words *w, struct strview text)
{
	struct strview word, value, before = { "", 0 };

	while (strview_quoted(&text, &word)) {
		struct strview *to = strview_is(word, "daddr") ? &w->dst :
			strview_is(word, "dport") ? &w->dport :
			strview_is(word, "l4proto") ? &w->proto : NULL;

		if (!to) {
			before = word;
			continue;
		}
		if (!strview_quoted(&text, &value))
			return;
		if (strview_is(value, "!=") || !is_plain(value))
			continue;
		if (to == &w->dport && !strview_is(before, "th"))
			take(&w->proto, before, false);
		take(to, value, false);
	}
}

static void read_words(struct words *w, const struct rule_seen *r)
{
	if (strview_starts(r->text, "-A "))
		read_iptables(w, r->text);
	else
		read_nft(w, r->text);
}

static void put(struct strbuf *to, const char *option, struct strview value)
{
	if (value.len)
		strbuf_add(to, " %s %.*s", option, (int)value.len, value.at);
}

static struct strview plain_address(struct strview dst)
{
	static const char *const hosts[] = { "/32", "/128" };

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		size_t n = strlen(hosts[i]);

		if (dst.len > n &&
		    memcmp(dst.at + dst.len - n, hosts[i], n) == 0)
			dst.len -= n;
	}
	return dst;
}

static void add_way(struct search *s, const struct words *w, bool six)
{
	char way[sizeof(s->way[0])];
	struct strbuf line = { way, sizeof(way), 0 };

	way[0] = '\0';
	strbuf_add(&line, "nftrace%s", !w->dst.len && six ? " -6" : "");
	put(&line, "-d", plain_address(w->dst));
	put(&line, "-p", w->proto);
	if (w->proto.len)
		put(&line, "--dport", w->dport);
	for (unsigned int i = 0; i < s->ways && i < WAYS_SHOWN; i++)
		if (strcmp(s->way[i], way) == 0)
			return;
	if (s->ways < WAYS_SHOWN) {
		strcpy(s->way[s->ways], way);
		strbuf_add(&s->line, "%s%s", s->ways ? " or " : "", way);
	}
	s->ways++;
}

static uint32_t count(const struct search *s)
{
	return s->family < FAMILY_COUNT ? s->rules->legacy[s->family]->rules
					: s->rules->nft->rules;
}

static struct rule_seen legacy_rule(const struct snapshot *s, unsigned int f,
				    uint32_t i)
{
	const struct snap_rule *r = snapshot_rule(s, i);

	return (struct rule_seen){
		.text = { snapshot_text(s, r->text), r->len },
		.chain = SHM_NONE,
		.to = r->verdict == SNAP_JUMP || r->verdict == SNAP_GOTO ?
			r->chain : SHM_NONE,
		.six = families[f]->nfproto == NFPROTO_IPV6,
	};
}

static struct rule_seen nft_rule(const struct nft_snapshot *s, uint32_t i)
{
	const struct nft_snap_rule *r = nft_snapshot_rule(s, i);
	const struct nft_snap_chain *c = nft_snapshot_chain(s, r->chain);

	return (struct rule_seen){
		.text = { nft_snapshot_text(s, r->text), r->len },
		.chain = r->chain, .to = r->to,
		.six = nft_snapshot_table(s, c->table)->nfproto == NFPROTO_IPV6,
	};
}

static struct rule_seen rule_at(const struct search *s, uint32_t i)
{
	return s->family < FAMILY_COUNT ?
		legacy_rule(s->rules->legacy[s->family], s->family, i) :
		nft_rule(s->rules->nft, i);
}

/* Of legacy a rule does not tell its chain. */
static uint32_t chain_of(const struct search *s, uint32_t rule)
{
	const struct snapshot *snap;

	if (s->family == FAMILY_COUNT)
		return nft_snapshot_rule(s->rules->nft, rule)->chain;
	snap = s->rules->legacy[s->family];
	for (uint32_t i = 0; i < snap->chains; i++) {
		const struct snap_chain *c = snapshot_chain(snap, i);

		if (rule - c->first < c->count)
			return i;
	}
	return SHM_NONE;
}

static void look(struct search *s, struct words w, uint32_t rule,
		 unsigned int depth)
{
	struct rule_seen r = rule_at(s, rule);
	uint32_t chain = chain_of(s, rule);

	read_words(&w, &r);
	if (w.dst.len || (w.dport.len && w.proto.len)) {
		add_way(s, &w, r.six);
		return;
	}
	if (depth == DEPTH || chain == SHM_NONE)
		return;
	for (uint32_t i = 0; i < count(s) && s->looks < LOOKS; i++)
		if (rule_at(s, i).to == chain) {
			s->looks++;
			look(s, w, i, depth + 1);
		}
}

unsigned int dnat_words(char *to, size_t size, const struct ruleset *rules,
			unsigned int family, uint32_t rule)
{
	struct search s = {
		.rules = rules, .family = family,
		.line = { to, size, 0 },
	};
	static const struct words open;

	*to = '\0';
	look(&s, open, rule, 0);
	if (s.ways > WAYS_SHOWN)
		strbuf_add(&s.line, ", and %u more", s.ways - WAYS_SHOWN);
	return s.ways;
}
