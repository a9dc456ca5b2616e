// SPDX-License-Identifier: GPL-2.0-or-later
/* insert: tells the keeper what to put in, and the user what became of it. */
#include "supervisor/insert.h"

#include <errno.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "rules/base/testpoint.h"
#include "rules/legacy/trace_rules.h"
#include "supervisor/plan.h"
#include "supervisor/run_state.h"

enum { INSTALL_MS = 30000 };

/* Rules of legacy's or a table of nft's, one of them for a family. */
static void plan_family(struct run *r, unsigned int i)
{
	struct keeper_plan *k = &r->keeper_plan;
	struct plan_family *pf = &r->plan.family[i];

	if (!pf->use)
		return;
	if (pf->trigger == TRIGGER_LEGACY) {
		k->set[i] = pf->set;
		k->undo.rules[i] = pf->set.count > 0;
	} else if (pf->set.count) {
		k->nft[i] = (struct nft_trigger_set) {
			.use = true, .limit = r->plan.limit,
			.replies = r->plan.replies, .rules = &pf->set,
		};
		k->undo.nft[i] = true;
	}
}

/* With legacy's triggers alone nft would be silent about its part. */
static void plan_key(struct keeper_plan *k, const struct plan *p)
{
	if (!p->see_nft || k->undo.nft[0] || k->undo.nft[1])
		return;
	k->nft[0].use = k->nft[0].key_only = true;
	k->undo.nft[0] = true;
}

static void plan_keeper(struct run *r)
{
	struct keeper_plan *k = &r->keeper_plan;
	const struct plan *p = &r->plan;

	k->lock = &r->lock;
	/* Also when it is not needed: there is nothing to take then. */
	k->hold_lock = !r->o->no_lock || !p->lock;
	k->endless = r->o->time_ns == 0;
	k->deadline = p->deadline;
	k->record = true;
	k->undo.owner = p->owner;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		plan_family(r, i);
	plan_key(k, p);
}

int insert_keeper_start(struct run *r)
{
	const int not_its[] = { r->signal_fd, -1 };
	int err;

	plan_keeper(r);
	err = keeper_start(&r->keeper, &r->keeper_plan, not_its);
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

/* All that is needed to undo, known before anything is done. */
static int plan_undo(struct run *r)
{
	struct undo *u = &r->keeper_plan.undo;
	int status = 0;

	r->plan.owner.end = plan_end(r->o);
	u->owner = r->plan.owner;
	for (unsigned int i = 0; i < FAMILY_COUNT && !status; i++)
		status = plan_logger(&r->plan.family[i], u, i);
	return status;
}

static int given_up(void)
{
	msg("error: nftrace was stopped or stuck while arming: the keeper has "
	    "let the lock go and put the host back");
	return STATUS_FAILURE;
}

/* Return: the exit status. */
static int explain_install(const struct keeper_message *m)
{
	const struct family *f = families[m->error_family];

	if (m->error == -ECANCELED)
		return given_up();
	if (m->error == -ENOENT && strstr(m->what, LOGGER_NETLINK)) {
		msg("error: the kernel has no logger nfnetlink_log: try "
		    "modprobe nfnetlink_log");
		return STATUS_FAILURE;
	}
	if (strstr(m->what, "/run/nftrace") ||
	    (m->error != -EINVAL && m->error != -EOPNOTSUPP &&
	     m->error != -ENOENT)) {
		msg("error: %s: %s", m->what,
		    strstr(m->what, "/run/nftrace") ? strerror(-m->error)
						    : msg_errno_text(m->error));
		return STATUS_FAILURE;
	}
	msg("error: the kernel refuses the rules in %s of %s (dmesg may say "
	    "why): a match cannot be used there, or what it names does not "
	    "exist",
	    strstr(m->what, "nft") ? "an nft table" : "raw", f->command);
	return STATUS_USAGE;
}

static void note_refused(const struct run *r, const struct keeper_message *m)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		for (unsigned int n = 0; n < r->plan.family[i].set.count; n++)
			if (m->refused[i][n])
				msg("note: the kernel refuses '%s' in chain %s "
				    "of %s (%s): left out there",
				    r->plan.family[i].text[n],
				    trace_chain_name(m->refused[i][n]),
				    r->plan.family[i].trigger == TRIGGER_NFT
					    ? "nft"
					    : "raw",
				    families[i]->command);
}

int insert_rules(struct run *r)
{
	struct keeper_message m;
	int err, status = plan_undo(r);

	if (status)
		return status;
	if (r->plan.inserts && r->plan.lock && !r->plan.deadline)
		msg("warning: this kernel has no time match: if everything is "
		    "killed at once, the rules stay until 'nftrace --cleanup'");

	TESTPOINT("before-install");
	r->changed = true;
	err = keeper_install(&r->keeper, &r->keeper_plan.undo);
	if (!err)
		err = keeper_await(&r->keeper, KEEPER_INSTALLED, INSTALL_MS,
				   &m);
	if (err) {
		msg_error("waiting for the keeper to insert the rules", err);
		return STATUS_FAILURE;
	}
	if (m.error) {
		r->undo = m.undo;
		r->undone = true;
		return explain_install(&m);
	}
	note_refused(r, &m);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		r->installed += m.installed[i];
	return 0;
}

int insert_check(struct run *r)
{
	struct keeper_message m;

	while (keeper_receive(&r->keeper, &m, 0) == 0) {
		if (m.event != KEEPER_UNDONE)
			continue;
		r->undo = m.undo;
		r->undone = true;
		return given_up();
	}
	return 0;
}
