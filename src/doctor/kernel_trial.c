// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel_trial: a rule as a run would insert it, in a network namespace that ends with it. */
#include "doctor/kernel_trial.h"

#include <errno.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "rules/base/helper.h"
#include "rules/base/units.h"
#include "rules/keeper/logger_gaps.h"
#include "rules/legacy/trace_rules.h"
#include "rules/match/match.h"
#include "rules/nft/trigger.h"

enum { KERNEL_TRIAL_MS = 10000, DEADLINE_S = 60 };

struct trial {
	const struct family *f;
	const struct match_result *m;
	struct owner owner;
	enum plan_trigger trigger;
};

static int insert(const struct trial *t)
{
	struct trace_rule rule = {
		.chains = TRACE_BOTH,
		.entry = (void *)match_entry_bytes(t->m, 0),
	};
	struct trace_set set = {
		.family = t->f, .count = 1, .rule = &rule,
	};
	const struct nft_trigger_set nft = {
		.use = true, .rules = &set,
		.limit = { .number = 1, .seconds = 1, .burst = 5 },
		.deadline_ms = DEADLINE_S * MS_PER_S,
	};
	uint8_t witness;

	if (t->trigger == TRIGGER_NFT)
		return nft_trigger_install(t->f, &nft, &t->owner, &witness);
	return trace_rules_install(&set, &t->owner);
}

static int try(const void *arg, struct helper_out *out)
{
	int n;

	(void)out;
	if (unshare(CLONE_NEWNET) < 0)
		return EPERM;
	n = insert(arg);
	return n < 0 ? helper_status(n) : 0;
}

static int has_raw(const void *arg, struct helper_out *out)
{
	const struct family *f = arg;
	struct table_blob raw;
	int sock, err;

	(void)out;
	if (unshare(CLONE_NEWNET) < 0)
		return 0;
	sock = table_socket(f);
	if (sock < 0)
		return 0;
	err = table_info(f, sock, "raw", &raw);
	close(sock);
	return err == -ENOENT ? ENOENT : 0;
}

static int run(helper_fn *fn, const void *arg)
{
	struct helper_result res = { 0 };
	int err = helper_run(fn, arg, KERNEL_TRIAL_MS, &res);

	if (!err && res.status)
		err = res.status < 0 ? -ETIMEDOUT : -res.status;
	helper_release(&res);
	return err;
}

bool kernel_trial_has_raw(const struct family *f)
{
	return run(has_raw, f) != -ENOENT;
}

/* nftrace's own matches are in the entry only where it is for raw. */
static int parse(struct helper_result *res, struct trial *t)
{
	static char word[] = "-p", tcp[] = "tcp";
	char *const words[] = { word, tcp, NULL };
	struct match_request req = {
		.family = t->f, .argc = 2, .argv = words,
		.nft = t->trigger == TRIGGER_NFT,
	};
	char comment[OWNER_TEXT];
	struct helper h;
	int err = owner_init(&t->owner, time(NULL) + DEADLINE_S);

	if (err)
		return err;
	owner_format(&t->owner, comment);
	if (!req.nft) {
		req.rate = "1/second";
		req.burst = 5;
		req.deadline = (uint32_t)t->owner.end;
		req.comment = comment;
	}
	err = match_start(&h, &req);
	return err ? err : match_finish(&h, res, &t->m);
}

int kernel_trial(const struct family *f, enum plan_trigger trigger)
{
	struct trial t = { .f = f, .trigger = trigger };
	struct helper_result res = { 0 };
	struct logger_gaps gaps;
	int err;

	logger_gaps_note(&gaps);
	err = parse(&res, &t);
	if (!err)
		err = t.m->status == MATCH_OK ? run(try, &t) : -ENOENT;
	logger_gaps_mend(&gaps);
	helper_release(&res);
	return err;
}
