// SPDX-License-Identifier: GPL-2.0-or-later
/* check: what stands in the way of a run or was left behind, and who did it. */
#include "plan/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "capture/capture.h"
#include "cli/options.h"
#include "plan/plan_state.h"
#include "plan/privileges.h"
#include "rules/base/family.h"
#include "rules/base/life.h"
#include "rules/base/owner.h"
#include "rules/base/portid.h"
#include "rules/base/process.h"
#include "rules/base/rule_set.h"
#include "rules/base/run_dir.h"
#include "rules/base/units.h"
#include "rules/keeper/lock.h"
#include "rules/keeper/logger.h"
#include "rules/legacy/ledger.h"
#include "rules/legacy/trace_rules.h"
#include "rules/nft/found.h"
#include "rules/view/ruleset.h"

enum { PEERS = 32, STALE = 32 };

void check_lock_holder(const struct lock *l)
{
	struct lock_peer peer[PEERS];
	int n = lock_peers(l, peer, PEERS);
	char name[96];

	for (int i = 0; i < n; i++) {
		if (peer[i].waits)
			continue;
		process_name(peer[i].pid, name, sizeof(name));
		if (peer[i].pid)
			msg("the xtables lock is held by pid %d (%s)",
			    (int)peer[i].pid, name);
		else
			msg("the xtables lock is held by a process of another "
			    "PID namespace");
	}
}

const char *check_lock_error(int err)
{
	return err == -EMEDIUMTYPE ? "it is no regular file" :
	       err == -ENOLINK ? "it is a link to a file that is not there" :
	       strerror(-err);
}

/* A reader of nftrace is no name that the user has typed: its run is. */
static void name_holder(pid_t pid, char *buf, size_t size)
{
	pid_t parent = process_parent(pid);
	char name[96], run[96];

	process_short_name(pid, name, sizeof(name));
	process_name(parent, run, sizeof(run));
	if (parent && strcmp(name, "nftrace-reader") == 0) {
		snprintf(buf, size, "pid %d (%s of pid %d: %s)", (int)pid,
			 name, (int)parent, run);
		return;
	}
	process_name(pid, name, sizeof(name));
	snprintf(buf, size, "pid %d (%s)", (int)pid, name);
}

bool check_group_holder(char *buf, size_t size)
{
	uint32_t portid = 0;
	pid_t pid;

	if (capture_holder(&portid) != 1) {
		snprintf(buf, size, "nobody");
		return false;
	}
	pid = portid_process(portid, NULL);
	if (pid)
		name_holder(pid, buf, size);
	else
		snprintf(buf, size, "netlink port %u, whose process is not to "
			 "be seen from here", portid);
	return true;
}

/* Where a dead run can have left rules. */
static const struct place_swept {
	int (*sweep)(const struct family *f, unsigned int how,
		     struct trace_stale *stale, unsigned int max);
	bool locked;			/* only under the xtables lock */
	const char *where;
} swept[] = {
	{ trace_rules_sweep, true, "raw of" },
	{ nft_trigger_sweep, false, "an nft table for" },
};

static void say_stale(const struct place_swept *p, const struct family *f,
		      const struct trace_stale *s, bool dry)
{
	const char *ending = plural(s->rules);
	int pid = (int)s->owner.pid;

	if (s->life == LIFE_UNSEEN)
		msg("note: %u rule%s of a run that may be alive (pid %d of a "
		    "PID namespace that does not show here) in %s %s: left "
		    "alone until a minute after its end; nftrace --cleanup in "
		    "the host's PID namespace knows whether it is",
		    s->rules, ending, pid, p->where, f->command);
	else if (s->life == LIFE_GOES_ON)
		msg("note: %u rule%s of a run that may be alive (pid %d) in "
		    "%s %s: left alone",
		    s->rules, ending, pid, p->where, f->command);
	else if (dry)
		msg("note: %u rule%s of a dead run (pid %d) in %s %s: nftrace "
		    "--cleanup removes them",
		    s->rules, ending, pid, p->where, f->command);
	else
		msg("note: %u rule%s of a dead run (pid %d) in %s %s removed",
		    s->rules, ending, pid, p->where, f->command);
}

static int sweep_place(const struct place_swept *p, const struct family *f,
		       unsigned int how, struct check_left *left)
{
	struct trace_stale stale[STALE];
	int n = p->sweep(f, how, stale, STALE);

	/* A family that this kernel does not have holds no rules. */
	if (n == -ENOPROTOOPT || n == -EAFNOSUPPORT)
		return 0;
	if (n < 0) {
		privileges_error("looking for rules of dead runs", n);
		return STATUS_FAILURE;
	}
	for (int s = 0; s < n; s++) {
		left->found += stale[s].life == LIFE_OVER;
		left->unseen += stale[s].life == LIFE_UNSEEN;
		say_stale(p, f, &stale[s], how & SWEEP_DRY);
	}
	return 0;
}

static int sweep_family(const struct family *f, unsigned int how, bool locked,
			struct check_left *left)
{
	int status = 0;

	for (size_t i = 0; i < ARRAY_SIZE(swept) && !status; i++)
		status = sweep_place(&swept[i], f, swept[i].locked && !locked ?
				     how | SWEEP_DRY : how, left);
	return status;
}

static void say_strange(void *arg, const char *name, int err)
{
	struct check_left *left = arg;

	left->strange++;
	if (err != -EUCLEAN)
		msg("warning: the note " RUN_DIR "/%s stays there: %s", name,
		    strerror(-err));
	else
		msg("warning: " RUN_DIR "/%s is not what this version of "
		    "nftrace writes there: it is left alone, and nothing is put "
		    "back from it; remove it when no run needs it", name);
}

static void check_folder(struct check_left *left)
{
	int err = run_dir_check();

	if (!err)
		return;
	left->strange++;
	if (err == -EUCLEAN || err == -ENOTDIR)
		msg("warning: " RUN_DIR " is not a folder to which only this "
		    "user can write: nothing in there is believed, and nothing "
		    "noted there; remove it");
	else
		msg("warning: " RUN_DIR " cannot be looked into: %s",
		    strerror(-err));
}

static void mend_counters(unsigned int how, bool locked,
			  struct check_left *left)
{
	const struct run_dir_strange strange = { say_strange, left };
	int tables = ledger_mend(locked ? how : how | SWEEP_DRY, &strange);
	const char *whom = tables == 1 ? "it" : "them";

	if (tables <= 0)
		return;
	left->found += (unsigned int)tables;
	if (how & SWEEP_DRY)
		msg("note: a dead run kept counters of %d table%s from %s: "
		    "nftrace --cleanup puts them back",
		    tables, plural((uint64_t)tables), whom);
	else
		msg("note: a dead run kept counters of %d table%s from %s; "
		    "put back", tables, plural((uint64_t)tables), whom);
}

static void say_logger(const struct family *f, const struct logger_mended *m,
		       bool dry)
{
	if (m->error)
		msg("error: the logger of %s cannot be put back to %s: %s; "
		    "the note of it in " RUN_DIR " stays: nftrace --cleanup "
		    "when the kernel has it (modprobe %s), or set another "
		    "with sysctl", f->name, m->name, msg_errno_text(m->error),
		    m->name);
	else if (m->restored && dry)
		msg("note: a dead run left the logger of %s changed; it was "
		    "%s: nftrace --cleanup puts it back", f->name, m->name);
	else if (m->restored)
		msg("note: a dead run left the logger of %s changed; put back "
		    "to %s", f->name, m->name);
}

static void mend_loggers(unsigned int how, struct check_left *left)
{
	const struct run_dir_strange strange = { say_strange, left };
	struct logger_mended mended[FAMILY_COUNT];
	int records = logger_mend(how, mended, &strange);

	if (records <= 0)
		return;
	left->found += (unsigned int)records;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		left->failed += mended[i].error != 0;
		say_logger(families[i], &mended[i], how & SWEEP_DRY);
	}
}

/* Whoever traces legacy tables has it, in whatever PID namespace. */
static bool group_is_free(void)
{
	uint32_t portid;
	int held = capture_holder(&portid);

	/* Without nfnetlink_log there is no such file, and no group. */
	return held == 0 || held == -ENOENT;
}

int check_dead_runs(unsigned int how, bool locked, struct check_left *left)
{
	int status = 0;

	memset(left, 0, sizeof(*left));
	if (group_is_free())
		how |= SWEEP_ALONE;
	mend_counters(how, locked, left);
	for (unsigned int i = 0; i < FAMILY_COUNT && !status; i++)
		status = sweep_family(families[i], how, locked, left);
	if (status)
		return status;
	check_folder(left);
	mend_loggers(how, left);
	return 0;
}

/* What is said of others' rules, and to whom. */
struct foreign {
	const struct plan *plan;	/* NULL: there is no run */
	unsigned int traces;
};

/* @before, @behind: the words around the program's name */
static void say_rule(const struct ruleset_rule *r, const char *before,
		     const char *behind, const char *more)
{
	bool nft = r->backend == RULESET_NFT;

	msg("note: %s%s%s%s: %s%s%s%s%s%s%.*s", before, r->program, behind,
	    more, r->family, nft ? " " : "", r->table, nft ? " " : "",
	    r->chain, nft ? ": " : "", (int)r->len, r->text);
}

/* In raw the run's rules have no event by which to tell their packets. */
static bool is_shown(const struct plan *p, const struct ruleset_rule *r)
{
	bool shown = false;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (r->early || (r->backend == RULESET_LEGACY &&
				 strcmp(families[i]->command, r->program) == 0))
			shown |= p->family[i].use &&
				p->family[i].trigger == TRIGGER_LEGACY;
	return shown;
}

static const char *what_becomes(const struct plan *p,
				const struct ruleset_rule *r)
{
	if (!p)
		return "";
	if (!p->inserts)
		return "";
	return is_shown(p, r) ? "; what it traces shows as well"
			      : "; what only it traces is left out";
}

/* Of a run of this program, whose rules check_dead_runs() tells. */
static bool is_of_run(const struct ruleset_rule *r)
{
	static const char before[] = "--comment \"";
	const char *at = memmem(r->text, r->len, before, sizeof(before) - 1);
	char text[OWNER_TEXT];
	struct owner o;
	size_t left;

	if (!at)
		return false;
	at += sizeof(before) - 1;
	left = r->len - (size_t)(at - r->text);
	snprintf(text, sizeof(text), "%.*s", (int)left, at);
	text[strcspn(text, "\"")] = '\0';
	return owner_parse(&o, text);
}

static void check_foreign_rule(void *arg, const struct ruleset_rule *r)
{
	struct foreign *f = arg;

	if ((!f->plan || f->plan->see_legacy) && r->does & DOES_NFLOG0)
		say_rule(r, "", " has a rule that logs to group 0 as well; its "
			 "messages are passed over unless they pretend to be "
			 "trace events", "");
	if (r->does & DOES_TRACE_OFF)
		say_rule(r, "a rule of ", " ends the tracing of packets that "
			 "it matches", "");
	if (!(r->does & DOES_TRACE_ON) || (!f->plan && is_of_run(r)))
		return;
	say_rule(r, "", r->backend == RULESET_NFT ?
		 " has a trace rule that is not ours" :
		 " has a TRACE rule that is not ours",
		 what_becomes(f->plan, r));
	f->traces++;
}

unsigned int check_foreign(const struct ruleset *rules, const struct plan *p)
{
	struct foreign f = { .plan = p };

	ruleset_each(rules, DOES_NFLOG0 | DOES_TRACE_ON | DOES_TRACE_OFF,
		     check_foreign_rule, &f);
	return f.traces;
}

static int conclude_cleanup(const struct check_left *left)
{
	if (left->failed || left->strange || left->unseen) {
		msg("cleaned up, but for what is named above");
		return left->failed ? STATUS_FAILURE : STATUS_INCOMPLETE;
	}
	msg("cleaned up: nothing of a dead run is left in this network "
	    "namespace; in another: nftrace --netns NAME --cleanup");
	return STATUS_TRACED;
}

int check_cleanup(const struct options *o)
{
	struct owner owner;
	struct lock lock;
	struct check_left left;
	int status, err = owner_init(&owner, time(NULL));

	if (err) {
		msg("error: /proc is not there or not readable: whose rules "
		    "are a dead run's cannot be told");
		return STATUS_FAILURE;
	}
	err = lock_open(&lock);
	if (err) {
		msg("error: the lock file %s cannot be opened: %s", lock_path(),
		    check_lock_error(err));
		return STATUS_FAILURE;
	}
	msg("Trying to acquire the lock: %s", lock.path);
	err = lock_acquire(&lock, (int)o->wait_s * 1000, -1);
	if (err) {
		check_lock_holder(&lock);
		msg("error: could not get the xtables lock in %u "
		    "seconds (-w waits longer)", o->wait_s);
		return err == -EWOULDBLOCK ? STATUS_BUSY : STATUS_FAILURE;
	}
	ledger_open(&owner);
	status = check_dead_runs(0, true, &left);
	ledger_forget();
	lock_close(&lock);
	return status ? status : conclude_cleanup(&left);
}
