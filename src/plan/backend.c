// SPDX-License-Identifier: GPL-2.0-or-later
/* backend: which backends hold rules here, and which one shall trigger the trace. */
#include "plan/backend.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/options.h"
#include "plan/plan_state.h"
#include "plan/privileges.h"
#include "rules/nft/found.h"
#include "rules/nft/snapshot.h"
#include "rules/nft/trigger.h"
#include "rules/nft/trigger_set.h"
#include "rules/view/ruleset.h"

/* Of iptables-legacy: NF_IP_PRI_RAW, NF_IP6_PRI_RAW. */
enum { RAW_PRIORITY = -300 };

static int look_at_legacy(struct plan_family *pf, const struct family *f)
{
	struct table_blob info;
	int sock, err = table_names(f, &pf->tables);

	if (err)
		return err;
	if (pf->tables.count == 0)
		return 0;
	sock = table_socket(f);
	if (sock < 0)
		return sock;
	for (unsigned int i = 0; i < pf->tables.count && !err; i++) {
		err = table_info(f, sock, pf->tables.name[i], &info);
		if (!err)
			pf->entries += info.num_entries;
	}
	close(sock);
	return err;
}

/* nf_tables may have been built without the tables of a family. */
static bool has_families(void)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (nft_trigger_owns(families[i]) == -EAFNOSUPPORT)
			return false;
	return true;
}

static int look_at_tables(struct plan *p, const struct options *o)
{
	unsigned int nft[FAMILY_COUNT] = { 0 };
	char what[64];
	int err;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		err = look_at_legacy(&p->family[i], families[i]);
		if (!err)
			continue;
		snprintf(what, sizeof(what), "reading the raw and other "
			 "tables of %s", families[i]->command);
		privileges_error(what, err);
		return STATUS_FAILURE;
	}
	err = nft_trigger_tables(nft, &p->link_tables);
	p->ruleless = !err && (p->inserts || p->link_tables) &&
		o->backend != BACKEND_LEGACY;
	p->witness = !err && !o->no_witness;
	p->nft_there = !err;
	if ((err == -EOPNOTSUPP && o->backend != BACKEND_NFT &&
	     !o->behind_nat) ||
	    o->backend == BACKEND_LEGACY)
		err = 0;
	if (err) {
		privileges_error("reading nft's tables", err);
		return STATUS_FAILURE;
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		p->nft_unseen |= o->backend == BACKEND_LEGACY && nft[i];
		p->family[i].nft_tables = p->nft_unseen ? 0 : nft[i];
		p->ruleless &= !p->family[i].tables.count && !nft[i];
	}
	/* Asked only where nft's way would be taken without a rule of nft's. */
	if (p->nft_there && (p->ruleless || o->replies || o->late_too))
		p->nft_there = has_families();
	p->ruleless &= p->nft_there;
	if (p->nft_unseen)
		msg("note: nft has tables here, too; with --backend legacy it "
		    "is not seen what they do");
	return 0;
}

static bool is_asked(const struct options *o, unsigned int i)
{
	return i == 0 ? o->ipv4 : o->ipv6;
}

static bool holds_rules(const struct plan_family *pf)
{
	return pf->tables.count || pf->nft_tables;
}

/*
 * @only_nft: there are no legacy tables of whatever family, and nft is there
 *
 * What answers, and what DNAT has made of a packet, is known only behind raw.
 */
static enum plan_trigger choose_trigger(const struct plan_family *pf,
					const struct options *o, bool only_nft,
					bool nft_is_there)
{
	if (o->backend == BACKEND_NFT || o->behind_nat)
		return TRIGGER_NFT;
	if ((o->replies || o->late_too) && o->backend == BACKEND_AUTO && nft_is_there)
		return TRIGGER_NFT;
	if (pf->tables.count || o->backend == BACKEND_LEGACY)
		return TRIGGER_LEGACY;
	return pf->nft_tables || only_nft ? TRIGGER_NFT : TRIGGER_LEGACY;
}

int backend_choose(struct plan *p, const struct options *o)
{
	bool asked = o->ipv4 || o->ipv6, legacy = false, nft = false;
	int status = look_at_tables(p, o);

	if (status)
		return status;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		legacy |= p->family[i].tables.count > 0;
		nft |= p->family[i].nft_tables > 0;
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct plan_family *pf = &p->family[i];

		pf->use = asked ? is_asked(o, i)
				: holds_rules(pf) || p->ruleless;
		pf->trigger = choose_trigger(pf, o, p->ruleless ||
					     (nft && !legacy), p->nft_there);
		if (!pf->use)
			continue;
		p->lock |= pf->trigger == TRIGGER_LEGACY;
		p->see_legacy |= pf->trigger == TRIGGER_LEGACY ||
			pf->tables.count;
		p->see_nft |= o->backend != BACKEND_LEGACY &&
			(pf->nft_tables || p->link_tables ||
			 pf->trigger == TRIGGER_NFT);
	}
	return 0;
}

static void say_ruleless(const struct plan *p)
{
	if (p->ruleless)
		msg("note: no table of iptables or nft is at the hooks of IP "
		    "here: no rule there decides what becomes of a packet");
}

bool backend_any(const struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (p->family[i].use)
			return true;
	return false;
}

int backend_none(void)
{
	msg("error: no firewall rules in this network namespace: nothing here "
	    "can drop a packet (-4 or -6 traces all the same, by creating the "
	    "raw table)");
	return STATUS_FAILURE;
}

static bool raw_is_new(const struct plan_family *pf)
{
	for (unsigned int i = 0; i < pf->tables.count; i++)
		if (strcmp(pf->tables.name[i], "raw") == 0)
			return false;
	return true;
}

static void leave_out(struct plan_family *pf, unsigned int i)
{
	pf->left_out = pf->fits;
	msg_detail("note: %s is left out: there is no table of %s or nft for it "
		   "here (-%c traces it all the same)", families[i]->name,
		   families[i]->command, i == 0 ? '4' : '6');
}

/* nft's events have no more of a packet, whatever was asked for. */
static void say_snaplen(const struct plan *p, const struct options *o)
{
	if (p->inserts && !p->see_legacy && o->snaplen > OPTIONS_SNAPLEN)
		msg("note: --snaplen has no effect here: of a packet nft tells the "
		    "IP header and 20 bytes behind it");
}

void backend_drop_idle(struct plan *p, const struct options *o)
{
	say_ruleless(p);
	say_snaplen(p, o);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct plan_family *pf = &p->family[i];

		if (!pf->use && !holds_rules(pf) && !o->ipv4 && !o->ipv6)
			leave_out(pf, i);
		if (pf->use && p->inserts && pf->set.count == 0)
			pf->use = false;
		else if (pf->use && p->inserts &&
			 pf->trigger == TRIGGER_LEGACY && raw_is_new(pf))
			msg("note: this creates the raw table of %s, which "
			    "stays, empty", families[i]->command);
	}
}

static void put_count(char *buf, size_t size, const char *backend,
		      const struct ruleset_count *n)
{
	char words[64] = "";

	if (n->iptables && n->iptables < n->tables)
		snprintf(words, sizeof(words), ", %u of iptables-nft",
			 n->iptables);
	else if (n->iptables)
		snprintf(words, sizeof(words), "%s of iptables-nft",
			 n->tables == 1 ? "" : n->tables == 2 ? ", both"
							      : ", all");
	snprintf(buf, size, "%s: %u rule%s in %u table%s%s", backend, n->rules,
		 plural(n->rules), n->tables, plural(n->tables), words);
}

void backend_say(const struct ruleset *rules)
{
	struct ruleset_count legacy, nft;
	char legacy_text[96], nft_text[160];

	legacy = ruleset_count(rules, RULESET_LEGACY, NFPROTO_UNSPEC);
	nft = ruleset_count(rules, RULESET_NFT, NFPROTO_UNSPEC);
	put_count(legacy_text, sizeof(legacy_text), "legacy", &legacy);
	put_count(nft_text, sizeof(nft_text), "nft", &nft);
	if (legacy.tables && nft.tables)
		msg("%s; %s: both active", legacy_text, nft_text);
	else
		msg_detail("%s", nft.tables ? nft_text : legacy_text);
}

/* Where the trace of a family begins: nftrace's own chain, or legacy's raw. */
static int32_t begins_at(const struct plan_family *pf)
{
	return pf->trigger == TRIGGER_NFT ? NFT_TRIGGER_EARLY : RAW_PRIORITY;
}

/* Of inet or netdev: ahead of IP's hooks. */
static bool is_ingress(const struct nft_snap_table *t,
		       const struct nft_snap_chain *c)
{
	return (t->nfproto == NFPROTO_INET && c->hook == NF_INET_INGRESS) ||
	       (t->nfproto == NFPROTO_NETDEV &&
		c->hook == NFT_SNAP_LINK_HOOK + NF_NETDEV_INGRESS);
}

/* Does the chain see packets of this family before the trace begins? */
static bool is_early(const struct plan_family *pf, uint8_t nfproto,
		     const struct nft_snap_table *t,
		     const struct nft_snap_chain *c)
{
	if (pf->use && is_ingress(t, c))
		return true;
	if (!pf->use || (t->nfproto != nfproto && t->nfproto != NFPROTO_INET))
		return false;
	if (c->hook != NF_INET_PRE_ROUTING && c->hook != NF_INET_LOCAL_OUT)
		return false;
	/* Of two at one priority the one that was made later runs first. */
	return c->priority < begins_at(pf) ||
	       (pf->trigger == TRIGGER_LEGACY && c->priority == RAW_PRIORITY);
}

static bool traces(const struct nft_snapshot *s, const struct nft_snap_chain *c)
{
	for (uint32_t i = 0; i < c->count; i++)
		if (nft_snapshot_rule(s, c->first + i)->does & DOES_TRACE_ON)
			return true;
	return false;
}

static void say_early(const struct nft_snapshot *s,
		      const struct nft_snap_table *t,
		      const struct nft_snap_chain *c, bool perhaps)
{
	char table[256], chain[256];

	escape_text(table, sizeof(table), nft_snapshot_text(s, t->name),
		    t->name_len);
	escape_text(chain, sizeof(chain), nft_snapshot_text(s, c->name),
		    c->name_len);
	msg("note: nft %s %s:%s (%spriority %d) %s before the trace begins: "
	    "what it does %s%s",
	    nft_snapshot_family(t->nfproto), table, chain,
	    is_ingress(t, c) ? "ingress, " : "", (int)c->priority,
	    perhaps ? "may run" : "runs", traces(s, c) ?
	    "shows only where it traces itself" : "is not shown",
	    perhaps ? " then" : "");
}

/* With --behind-nat the trace begins behind the priority that all but some use. */
static bool is_late_nat(const struct plan *p, const struct nft_snap_chain *c)
{
	return p->behind_nat && c->type == NFT_SNAP_NAT &&
	       (c->hook == NF_INET_PRE_ROUTING || c->hook == NF_INET_LOCAL_OUT) &&
	       c->priority >= NFT_TRIGGER_BEHIND_NAT;
}

static void say_late_nat(const struct nft_snapshot *s,
			 const struct nft_snap_table *t,
			 const struct nft_snap_chain *c)
{
	msg("note: nft %s %s:%s (priority %d) translates only behind where the "
	    "trace begins: -d is what its packets have before",
	    nft_snapshot_family(t->nfproto), nft_snapshot_text(s, t->name),
	    nft_snapshot_text(s, c->name), (int)c->priority);
}

void backend_say_early(const struct plan *p, const struct nft_snapshot *s)
{
	for (uint32_t i = 0; p->inserts && s && i < s->chains; i++) {
		const struct nft_snap_chain *c = nft_snapshot_chain(s, i);
		const struct nft_snap_table *t =
			nft_snapshot_table(s, c->table);
		bool early = false, perhaps = true;

		if (t->flags & (NFT_SNAP_NFTRACE | NFT_SNAP_DORMANT))
			continue;
		if (is_late_nat(p, c))
			say_late_nat(s, t, c);
		for (unsigned int f = 0; f < FAMILY_COUNT; f++) {
			if (!is_early(&p->family[f], families[f]->nfproto, t,
				      c))
				continue;
			early = true;
			perhaps &= !is_ingress(t, c) &&
				c->priority == begins_at(&p->family[f]);
		}
		if (early)
			say_early(s, t, c, perhaps);
	}
}
