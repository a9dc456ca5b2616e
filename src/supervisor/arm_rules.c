// SPDX-License-Identifier: GPL-2.0-or-later
/* arm_rules: has the keeper put the rules in; tells the user what became of it. */
#include "supervisor/arm_rules.h"

#include <errno.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "doctor/kernel_lacks.h"
#include "plan/plan.h"
#include "rules/base/testpoint.h"
#include "rules/base/witness.h"
#include "rules/legacy/trace_rules.h"
#include "supervisor/queue_look.h"
#include "supervisor/run_state.h"

enum { INSTALL_MS = 30000 };

/* A family is traced by rules in raw, or by a table of nft's. */
static void plan_family(struct keeper_plan *k, struct plan *p, unsigned int i)
{
	struct plan_family *pf = &p->family[i];

	if (!pf->use)
		return;
	if (pf->trigger == TRIGGER_LEGACY) {
		k->set[i] = pf->set;
		k->undo.rules[i] = pf->set.count > 0;
	} else if (pf->set.count) {
		k->nft[i] = (struct nft_trigger_set) {
			.use = true, .limit = p->limit,
			.replies = p->replies,
			.behind_nat = p->behind_nat, .rules = &pf->set,
		};
		k->undo.nft[i] = true;
	}
}

/*
 * When a base chain goes the kernel drops what queues of user space hold
 * (nfqnl_nf_hook_drop).  That is not done to anybody for the sake of evidence:
 * where programs listen, only a table that is needed anyway has witnesses.
 */
static bool would_flush_queues(const struct keeper_plan *k, const struct plan *p)
{
	bool any = false;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		any |= p->family[i].use && !k->nft[i].use;
	if (!any || !p->witness || !queue_look_listens())
		return false;
	msg("note: programs listen on queues (NFQUEUE) here: there are no "
	    "witness chains for iptables-legacy's packets, as what the queues "
	    "hold would be dropped at the end");
	return true;
}

/* What the kernel has not, or not in a form that nobody can take away, is done without. */
static void plan_witness(struct keeper_plan *k, const struct plan *p)
{
	const bool sparing = would_flush_queues(k, p);

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct nft_trigger_set *set = &k->nft[i];

		if (!p->witness || !p->family[i].use || (sparing && !set->use))
			continue;
		/* Until it is known which of them are needed. */
		set->witness = WITNESS_ALL;
		if (set->use)
			continue;
		set->use = set->key_only = set->optional = true;
		k->undo.witness[i] = true;
	}
}

/* Is there a table that is there for certain? */
static bool has_table(const struct keeper_plan *k)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (k->nft[i].use && !k->nft[i].optional)
			return true;
	return false;
}

/*
 * Events of nft's rules are made only where the kernel's static key
 * nft_trace_enabled is on, which a rule of nft's with "nftrace set" turns on
 * (net/netfilter/nft_meta.c).  Where all triggers are TRACE rules in raw
 * a table of the run's own does it.
 */
static void plan_trace_key(struct keeper_plan *k, const struct plan *p)
{
	if (!p->see_nft || has_table(k))
		return;
	k->nft[0].use = k->nft[0].key_only = true;
	k->nft[0].optional = k->undo.witness[0] = false;
	k->undo.nft[0] = true;
}

static void plan_keeper(struct run_host *h, struct plan *p,
			const struct options *o)
{
	struct keeper_plan *k = &h->keeper_plan;

	k->lock = &h->lock;
	/* Also when no lock is needed: there is none to take then. */
	k->hold_lock = !o->no_lock || !p->lock;
	k->gives_lock = h->turns.use == LOCK_SHARED;
	k->door = &h->turns.door;
	k->endless = o->time_ns == 0;
	k->deadline = p->deadline;
	k->record = true;
	k->undo.owner = p->owner;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		plan_family(k, p, i);
	plan_witness(k, p);
	plan_trace_key(k, p);
}

int arm_rules_start_keeper(struct run *r)
{
	int err;

	plan_keeper(&r->host, &r->plan, r->o);
	err = keeper_start(&r->host.keeper, &r->host.keeper_plan);
	if (err) {
		msg_error("starting the keeper", err);
		return STATUS_FAILURE;
	}
	return 0;
}

/* Events of legacy rules come by way of the logger. */
static int plan_logger(const struct plan_family *pf, struct undo *u,
		       unsigned int i)
{
	int err;

	if (!pf->use ||
	    (pf->trigger != TRIGGER_LEGACY && pf->tables.count == 0))
		return 0;
	err = logger_read(families[i], u->old_logger[i]);
	if (err) {
		msg("error: the logger of %s cannot be read from %s: "
		    "%s (is nfnetlink_log in this kernel? try "
		    "modprobe nfnetlink_log)",
		    families[i]->name, families[i]->logger_path,
		    strerror(-err));
		return STATUS_FAILURE;
	}
	u->logger[i] = strcmp(u->old_logger[i], LOGGER_NETLINK) != 0;
	return 0;
}

/* All that undoing needs is known before anything is changed. */
static int plan_undo(struct undo *u, struct plan *p, const struct options *o)
{
	int status = 0;

	p->owner.end = plan_end(o);
	u->owner = p->owner;
	for (unsigned int i = 0; i < FAMILY_COUNT && !status; i++)
		status = plan_logger(&p->family[i], u, i);
	return status;
}

static int say_given_up(void)
{
	msg("error: nftrace was stopped or stuck while arming: the keeper has "
	    "let the lock go and put the host back");
	return STATUS_FAILURE;
}

/* What the kernel lacks is no fault of the user's words. */
static int explain_refusal(const struct family *f, int err, bool nft)
{
	char lacks[LACKS_TEXT];

	if (nft ? kernel_lacks_nft(lacks, f) : kernel_lacks_raw(lacks, f, err)) {
		msg("error: %s", lacks);
		return STATUS_FAILURE;
	}
	msg("error: the kernel refuses the rules in %s of %s (dmesg may say "
	    "why): a match cannot be used there, or what it names does not "
	    "exist", nft ? "an nft table" : "raw", f->command);
	return STATUS_USAGE;
}

/* Return: the exit status. */
static int explain_install(const struct keeper_message *m)
{
	const struct family *f = families[m->error_family];

	if (m->error == -ECANCELED)
		return say_given_up();
	if (m->error == -ENOENT && strstr(m->what, LOGGER_NETLINK)) {
		msg("error: the kernel has no logger nfnetlink_log: try "
		    "modprobe nfnetlink_log");
		return STATUS_FAILURE;
	}
	if (strstr(m->what, "/run/nftrace") ||
	    (m->error != -EINVAL && m->error != -EOPNOTSUPP &&
	     m->error != -ENOENT && m->error != -ENOPROTOOPT &&
	     m->error != -EAFNOSUPPORT)) {
		msg("error: %s: %s", m->what,
		    strstr(m->what, "/run/nftrace") ? strerror(-m->error)
						    : msg_errno_text(m->error));
		return STATUS_FAILURE;
	}
	return explain_refusal(f, m->error, strstr(m->what, "nft"));
}

static void note_refused(const struct plan *p, const struct keeper_message *m)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct plan_family *pf = &p->family[i];

		for (unsigned int n = 0; n < pf->set.count; n++)
			pf->set.rule[n].refused = m->refused[i][n];
		for (unsigned int n = 0; n < pf->set.count; n++)
			if (m->refused[i][n])
				msg("note: the kernel refuses '%s' in chain %s "
				    "of %s (%s): left out there",
				    pf->text[n],
				    trace_chain_name(m->refused[i][n]),
				    pf->trigger == TRIGGER_NFT ? "nft" : "raw",
				    families[i]->command);
	}
}

/* The keeper has undone what went in. */
static void note_undone(struct run_host *h, const struct keeper_message *m)
{
	h->undo = m->undo;
	h->undone = true;
}

static int keeper_failed(int err)
{
	msg_error("waiting for the keeper to insert the rules", err);
	return STATUS_FAILURE;
}

int arm_rules_ask(struct run *r)
{
	struct run_host *h = &r->host;
	uint8_t witness[FAMILY_COUNT];
	int err, status = plan_undo(&h->keeper_plan.undo, &r->plan, r->o);

	if (status)
		return status;
	if (r->plan.inserts && r->plan.lock && !r->plan.deadline)
		msg("warning: this kernel has no time match: if everything is "
		    "killed at once, the rules stay until 'nftrace --cleanup'");
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		witness[i] = r->plan.family[i].witness;
	TESTPOINT("before-install");
	h->changed = true;
	err = keeper_ask_install(&h->keeper, &h->keeper_plan.undo, witness);
	return err ? keeper_failed(err) : 0;
}

int arm_rules_await(struct run *r)
{
	struct run_host *h = &r->host;
	struct keeper_message m;
	int err = keeper_await(&h->keeper, KEEPER_INSTALLED, INSTALL_MS, &m);

	if (err)
		return keeper_failed(err);
	if (m.error) {
		note_undone(h, &m);
		return explain_install(&m);
	}
	note_refused(&r->plan, &m);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct nft_trigger_set *nft = &h->keeper_plan.nft[i];

		h->installed += m.installed[i];
		h->nft_tracing[i] = nft->key_only ? m.nft[i] : m.installed[i];
		if (nft->key_only && !nft->optional && !m.nft[i])
			msg("note: nft of this kernel has no tables for %s: what "
			    "its rules do with a packet is not shown",
			    families[i]->name);
		h->witness[i] = m.witness[i];
	}
	return 0;
}

int arm_rules_check(struct run *r)
{
	struct keeper_message m;

	while (keeper_receive(&r->host.keeper, &m, 0) == 0) {
		if (m.event != KEEPER_UNDONE)
			continue;
		note_undone(&r->host, &m);
		return say_given_up();
	}
	return 0;
}
