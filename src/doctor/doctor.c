// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: --doctor, every check in turn, nothing changed. */
#include "doctor/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "base/sandbox.h"
#include "cli/options.h"
#include "doctor/bypass.h"
#include "doctor/doctor_kernel.h"
#include "doctor/doctor_rules.h"
#include "doctor/kernel_lacks.h"
#include "drop/drop_source.h"
#include "plan/check.h"
#include "plan/privileges.h"
#include "rules/base/family.h"
#include "rules/base/life.h"
#include "rules/base/owner.h"
#include "rules/base/run_dir.h"
#include "rules/keeper/lock.h"
#include "rules/keeper/logger.h"
#include "rules/legacy/snapshot.h"
#include "rules/legacy/snapshot_make.h"
#include "rules/legacy/table.h"
#include "rules/nft/make.h"
#include "rules/view/ruleset.h"

enum { TRIAL_MS = 5000 };

static enum severity worst;

static void report(enum severity s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void report(enum severity s, const char *fmt, ...)
{
	static const char *const words[] = { "ok", "warning", "error" };
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	msg("%s: %s", words[s], text);
	if (s > worst)
		worst = s;
}

static void check_process(void)
{
	if (getpid() == 1)
		report(WARNING, "nftrace would be PID 1 of its PID namespace: "
		       "when it dies the kernel ends the keeper with it; start "
		       "the container with an init (--init) or with the host's "
		       "PID namespace");
	else
		report(FINE, "not PID 1");
}

/* All that follows is read there, and what is not there would seem to be well. */
static bool check_proc(void)
{
	struct table_names names;
	struct owner self;

	if (owner_init(&self, 0) == 0 &&
	    table_names(families[0], &names) != -EUNATCH)
		return true;
	report(ERROR, "/proc is not there, or not all of it (subset=pid): "
	       "tables, loggers and processes do not show");
	return false;
}

static bool check_privileges(void)
{
	char text[256];

	if (privileges_missing(text, sizeof(text))) {
		report(ERROR, "%s", text);
		return false;
	}
	report(FINE, "privileges");
	return true;
}

/* As the reader does it; what that could not give up, or what failed, is printed. */
static int give_up(const void *arg, struct helper_out *out)
{
	char what[160];
	int err = sandbox_enter_helper(what, sizeof(what));

	(void)arg;
	(void)out;
	printf("%s", what);
	return err ? 1 : 0;
}

static void check_reader(void)
{
	struct helper_result res = { 0 };
	int err = helper_run(give_up, NULL, TRIAL_MS, &res);

	char why[256] = "";

	if (!err && res.status > 1)
		helper_tell_end(why, sizeof(why), &res);
	if (err || res.status)
		report(ERROR, "the reader could not give up its privileges: "
		       "%s", err ? strerror(-err) : *why ? why : res.text);
	else if (*res.text)
		report(FINE, "the reader keeps %s; " SANDBOX_HOLDS, res.text);
	else
		report(FINE, "the reader gives up every privilege");
	helper_release(&res);
}

static void check_tables(const struct family *f, unsigned int *tables)
{
	struct table_names names;

	int err = table_names(f, &names);

	if (err)
		report(ERROR, "the tables of %s cannot be read: %s", f->command,
		       msg_errno_text(err));
	*tables += names.count;
	if (!err && !names.count)
		report(FINE, "%s: no legacy table", f->command);
}

/* Return: is there an nf_tables?  @rules holds what it has while @res does. */
static bool check_nft(struct ruleset *rules, struct helper_result *res,
		      unsigned int *tables)
{
	struct ruleset_count n;
	struct helper h;
	int err = nft_snapshot_start(&h, NULL);

	if (!err)
		err = nft_snapshot_finish(&h, res, &rules->nft, NULL);
	if (err == -EOPNOTSUPP)
		report(FINE, "nft: this kernel has no nf_tables");
	else if (err)
		report(ERROR, "the rules of nft cannot be read: %s%s%s",
		       msg_errno_text(err), res->text && *res->text ? ": " : "",
		       res->text ? res->text : "");
	n = ruleset_count(rules, RULESET_NFT, NFPROTO_UNSPEC);
	if (rules->nft)
		report(FINE, "nft: %u table%s, %u rule%s", n.tables,
		       plural(n.tables), n.rules, plural(n.rules));
	/* Both are asked, whichever program made them. */
	if (*tables && n.tables)
		msg("note: rules of iptables-legacy and of nft are both in "
		    "force: a packet must pass both, and neither program lists "
		    "the other's");
	doctor_rules_mixed(rules->nft);
	*tables += n.tables;
	check_foreign(rules, NULL);
	return !err;
}

/* Without them what became of a packet behind the last table is inferred. */
static void check_witness(void)
{
	char text[DOCTOR_TEXT];
	enum severity bad = doctor_kernel_witness(text);

	report(bad, "%s", text);
}

static void check_logger(const struct family *f)
{
	char name[LOGGER_NAME];
	int err = logger_read(f, name);

	if (err)
		report(ERROR, "the logger of %s cannot be read from %s: %s",
		       f->name, f->logger_path, strerror(-err));
	else if (faccessat(AT_FDCWD, f->logger_path, W_OK, AT_EACCESS) < 0)
		report(ERROR, "the logger of %s (%s) cannot be set: %s is "
		       "not writable", f->name, name, f->logger_path);
	else
		report(FINE, "logger of %s: %s", f->name, name);
}

static void check_group(void)
{
	char who[160], lacks[LACKS_TEXT];

	if (kernel_lacks_group(lacks))
		report(ERROR, "%s", lacks);
	else if (check_group_holder(who, sizeof(who)))
		report(ERROR, "NFLOG group 0 is taken by %s", who);
	else
		report(FINE, "NFLOG group 0 is free");
}

static bool is_held(const struct lock *lock)
{
	struct lock_peer peer[16];
	int n = lock_peers(lock, peer, 16);

	for (int i = 0; i < n; i++)
		if (!peer[i].waits)
			return true;
	return false;
}

/* Only looked at: to take it, or to create its file, would be a change. */
static void check_lock(void)
{
	struct lock lock;
	int err;

	if (access(lock_path(), F_OK) < 0 && errno == ENOENT) {
		err = lock_could_open();
		if (err)
			report(ERROR, "the lock file %s cannot be made: %s",
			       lock_path(), check_lock_error(err));
		else
			report(FINE, "the xtables lock %s is free (no such "
			       "file yet)", lock_path());
		return;
	}
	err = lock_open(&lock);
	if (err) {
		report(ERROR, "the lock file %s cannot be opened: %s",
		       lock_path(), check_lock_error(err));
		return;
	}
	if (is_held(&lock)) {
		check_lock_holder(&lock);
		report(WARNING, "the xtables lock %s is busy", lock.path);
	} else {
		report(FINE, "the xtables lock %s is free", lock.path);
	}
	lock_close(&lock);
}

/* Where a run notes what the next one must mend if everything is killed. */
static void check_notes(void)
{
	int err = run_dir_room("/run");

	if (err)
		report(WARNING, "/run is not writable (%s): what the logger was "
		       "cannot be noted for the case that all is killed, and "
		       "so it is not changed", strerror(-err));
	else
		report(FINE, "/run is writable");
}

static void check_left(void)
{
	struct check_left left;

	if (check_dead_runs(SWEEP_DRY, false, &left) != 0)
		report(ERROR, "what dead runs left cannot be looked for");
	else if (left.strange)
		report(WARNING, "what dead runs have noted is not all to be "
		       "believed, or to be removed");
	else if (left.found)
		report(WARNING, "dead runs have left something behind: "
		       "nftrace --cleanup");
	else if (left.unseen)
		report(WARNING, "whether a run is dead that has rules here does "
		       "not show in this PID namespace");
	else
		report(FINE, "dead runs have left nothing");
}

static void check_kernel(const struct family *f, bool nft)
{
	char text[DOCTOR_TEXT];
	enum severity bad;

	if (!doctor_kernel_family(f)) {
		report(FINE, "kernel: no %s", f->name);
		return;
	}
	bad = doctor_kernel_raw(text, f);
	report(bad, "%s", text);
	bad = nft ? doctor_kernel_nft(text, f) : FINE;
	if (nft && *text)
		report(bad, "%s", text);
}

/* @nft: as check_nft() has read them */
static void check_rules(const struct nft_snapshot *nft)
{
	struct ruleset rules = { .nft = NULL };
	struct helper_result res[FAMILY_COUNT];
	struct helper h;

	memset(res, 0, sizeof(res));
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		int err = snapshot_start(&h, families[i], NULL, SNAP_TEXTS);

		if (!err)
			err = snapshot_finish(&h, &res[i], &rules.legacy[i],
					      NULL);
		if (err)
			report(ERROR, "the rules of %s cannot be read: %s",
			       families[i]->command, msg_errno_text(err));
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct ruleset_count n = ruleset_count(&rules, RULESET_LEGACY,
						       families[i]->nfproto);

		if (n.tables)
			report(FINE, "%s: %u rule%s in %u legacy table%s",
			       families[i]->command, n.rules, plural(n.rules),
			       n.tables, plural(n.tables));
	}
	if (check_foreign(&rules, NULL))
		report(WARNING, "others trace as well");
	rules.nft = nft;
	doctor_rules_drops(&rules);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		helper_release(&res[i]);
}

/* As a run does it; it can do without. */
static void check_drops(void)
{
	struct drop_source s;
	char text[256];

	drop_source_open(&s);
	drop_source_start(&s);
	drop_source_take(&s);
	drop_source_tell(text, sizeof(text), &s);
	if (drop_source_ring(&s))
		report(FINE, "the kernel tells why it drops a traced packet%s%s",
		       *text ? ", but " : "", text);
	else
		msg("note: the kernel does not tell why it drops a packet: %s",
		    text);
	drop_source_close(&s);
}

static void tell_bypass(const char *sentence)
{
	report(FINE, "%s", sentence);
}

int check_doctor(const struct options *o)
{
	struct ruleset rules = { .nft = NULL };
	struct helper_result res = { 0 };
	unsigned int tables = 0;
	bool nft;

	(void)o;
	worst = FINE;
	check_process();
	if (check_proc() && check_privileges()) {
		check_reader();
		for (unsigned int i = 0; i < FAMILY_COUNT; i++)
			check_tables(families[i], &tables);
		nft = check_nft(&rules, &res, &tables);
		check_witness();
		if (!tables && nft)
			report(FINE, "no table of iptables or nft: no rule "
			       "decides what becomes of a packet here");
		else if (!tables)
			report(ERROR, "no table of iptables, and no nf_tables: "
			       "nothing to trace");
		for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
			check_kernel(families[i], rules.nft);
			check_logger(families[i]);
		}
		check_drops();
		check_group();
		check_lock();
		check_rules(rules.nft);
		check_notes();
		check_left();
	}
	helper_release(&res);
	bypass_each(BYPASS_ALL, NULL, tell_bypass);
	return worst == ERROR ? STATUS_FAILURE : worst == WARNING ?
		STATUS_INCOMPLETE : STATUS_TRACED;
}
