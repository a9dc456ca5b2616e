// SPDX-License-Identifier: GPL-2.0-or-later
/* snapshots: the rules of both backends and families, read while the run's own go in. */
#include "supervisor/snapshots.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "plan/backend.h"
#include "plan/plan_state.h"
#include "rules/base/testpoint.h"
#include "rules/legacy/snapshot_make.h"
#include "rules/nft/dump.h"
#include "rules/nft/make.h"

enum {
	READ_MS = 20000,	/* for the tables' bytes: a busy machine */
	FEW_TEXTS_MS = 120000,	/* for few rules' texts, as for a helper */
	/* Texts of so many take long. */
	MANY_RULES = 2000,
	/*
	 * The texts of so few of nft's rules take some ms.  They are waited for: who
	 * changes rules the moment a run is armed finds that it knows those of before.
	 */
	FEW_RULES = 100,
};

void snapshots_open(struct snapshots *s)
{
	s->nft_helper.pid = s->nft_fd = -1;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		s->legacy[i].pid = s->legacy_fd[i] = -1;
}

void snapshots_then(struct snapshots *s, const struct plan *p, unsigned int family,
		    struct helper_then *then)
{
	snapshot_then(then, &s->legacy[family], families[family], &p->owner);
}

/* There is no table of legacy's, and none comes by this run. */
static bool is_without(const struct plan_family *pf)
{
	return pf->trigger == TRIGGER_NFT && !pf->tables.count;
}

void snapshots_start(struct snapshots *s, const struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (p->family[i].use && s->legacy[i].pid <= 0 &&
		    !is_without(&p->family[i]))
			s->err[i] = snapshot_prepare(&s->legacy[i], families[i],
						     &p->owner);
}

/*
 * The helper of a family into which no rule of the run goes is not let go: it waits
 * until snapshots_close() cancels it.
 */
void snapshots_go_on(struct snapshots *s, const struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (p->family[i].use && s->legacy[i].pid > 0)
			helper_go(&s->legacy[i]);
}

static int explain_unread(const char *whose, int err, const struct helper_result *res)
{
	msg("error: %s cannot be read: %s%s%s", whose, msg_errno_text(err),
	    res->text && *res->text ? ": " : "", res->text ? res->text : "");
	return STATUS_FAILURE;
}

static int finish_legacy(struct snapshots *s, unsigned int i)
{
	char whose[64];

	/* As of a family that has none. */
	if (s->rules.legacy[i])
		return 0;
	if (!s->err[i])
		s->err[i] = snapshot_finish(&s->legacy[i], &s->snap_res[i],
					    &s->rules.legacy[i],
					    &s->legacy_fd[i]);
	if (!s->err[i])
		return 0;
	snprintf(whose, sizeof(whose), "the rules of %s", families[i]->command);
	return explain_unread(whose, s->err[i], &s->snap_res[i]);
}

static int finish_nft(struct snapshots *s)
{
	if (!s->nft_err)
		s->nft_err = nft_snapshot_finish(&s->nft_helper, &s->nft_res,
						 &s->rules.nft, &s->nft_fd);
	if (s->nft_err)
		return explain_unread("nft's rules", s->nft_err, &s->nft_res);
	if (s->nft_res.text && *s->nft_res.text)
		msg("warning: the texts of nft's rules cannot be had: %s",
		    s->nft_res.text);
	return 0;
}

/* The helpers that read something, NULL between them. */
static void list_helpers(struct snapshots *s, const struct plan *p,
			 const struct helper *h[SNAPSHOTS_HELPERS])
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		h[i] = p->family[i].use && !s->err[i] && s->legacy[i].pid > 0 ?
			&s->legacy[i] : NULL;
	h[FAMILY_COUNT] = !s->nft_err && s->nft_helper.pid > 0 ?
		&s->nft_helper : NULL;
}

static int give_up(struct helper *h)
{
	if (h->pid <= 0 || helper_is_done(h))
		return 0;
	helper_cancel(h);
	return -ETIMEDOUT;
}

static bool sees_nft(const struct plan *p)
{
	return p->see_nft || p->link_tables;
}

/* That there is nothing takes no helper; if tables came meanwhile, it does. */
static void read_nothing(struct snapshots *s, const struct plan *p, unsigned int i)
{
	const struct snapshot *snap;

	s->err[i] = snapshot_read(families[i], &p->owner, &s->snap_res[i], &snap,
				  &s->legacy_fd[i]);
	if (s->err[i])
		return;
	if (!snap->tables) {
		s->rules.legacy[i] = snap;
		return;
	}
	close(s->legacy_fd[i]);
	s->legacy_fd[i] = -1;
	helper_release(&s->snap_res[i]);
	s->err[i] = snapshot_start(&s->legacy[i], families[i], &p->owner,
				   SNAP_TEXTS);
}

static void start_nft(struct snapshots *s, const struct plan *p)
{
	s->nft_err = nft_snapshot_start(&s->nft_helper, &p->owner);
}

/* Return: how many there are, MANY_RULES at most. */
static unsigned int read_nft(struct snapshots *s, const struct plan *p)
{
	int count = nft_dump_count(MANY_RULES);

	if (count >= FEW_RULES || count == -EINTR)
		return count < 0 ? FEW_RULES : (unsigned int)count;
	start_nft(s, p);
	if (!s->nft_err && !helper_await(&s->nft_helper, FEW_TEXTS_MS))
		s->nft_err = give_up(&s->nft_helper);
	return 0;
}

enum snapshots_size snapshots_read(struct snapshots *s, const struct plan *p)
{
	const struct helper *h[SNAPSHOTS_HELPERS];
	uint64_t rules = 0, told;

	TESTPOINT("before-snapshot");
	snapshots_go_on(s, p);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (p->family[i].use && is_without(&p->family[i]))
			read_nothing(s, p, i);
	if (sees_nft(p))
		rules = read_nft(s, p);
	list_helpers(s, p, h);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!h[i])
			continue;
		if (!helper_heard(h[i], READ_MS, &told))
			return SNAPSHOTS_UNREAD;
		rules += told;
	}
	return rules >= MANY_RULES ? SNAPSHOTS_MANY : SNAPSHOTS_SOME;
}

void snapshots_go_texts(struct snapshots *s, const struct plan *p)
{
	snapshots_go_on(s, p);
	if (snapshots_nft_later(s, p))
		start_nft(s, p);
}

bool snapshots_nft_later(const struct snapshots *s, const struct plan *p)
{
	return sees_nft(p) && !s->nft_err && s->nft_helper.pid <= 0;
}

void snapshots_poll(struct snapshots *s, const struct plan *p,
		    struct pollfd pfd[SNAPSHOTS_HELPERS])
{
	const struct helper *h[SNAPSHOTS_HELPERS];

	list_helpers(s, p, h);
	for (unsigned int i = 0; i < SNAPSHOTS_HELPERS; i++)
		pfd[i] = (struct pollfd){
			.fd = h[i] && !helper_is_done(h[i]) ? h[i]->line : -1,
			.events = POLLIN,
		};
}

bool snapshots_nft_left(const struct snapshots *s)
{
	return !s->nft_err && s->nft_helper.pid > 0 &&
	       !helper_is_done(&s->nft_helper);
}

bool snapshots_are_done(struct snapshots *s, const struct plan *p)
{
	const struct helper *h[SNAPSHOTS_HELPERS];

	list_helpers(s, p, h);
	for (unsigned int i = 0; i < SNAPSHOTS_HELPERS; i++)
		if (h[i] && !helper_is_done(h[i]))
			return false;
	return true;
}

void snapshots_give_up(struct snapshots *s, const struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (p->family[i].use && !s->err[i])
			s->err[i] = give_up(&s->legacy[i]);
	if (!s->nft_err)
		s->nft_err = give_up(&s->nft_helper);
}

int snapshots_take(struct snapshots *s, const struct plan *p)
{
	int status = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (p->family[i].use && finish_legacy(s, i))
			status = STATUS_FAILURE;
	if (!status && sees_nft(p))
		status = finish_nft(s);
	if (!status) {
		backend_say(&s->rules);
		backend_say_early(p, s->rules.nft);
	}
	TESTPOINT("after-snapshot");
	return status;
}

static void close_helper(struct helper *h, int *fd)
{
	if (h->pid > 0)
		helper_cancel(h);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void snapshots_close(struct snapshots *s)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		close_helper(&s->legacy[i], &s->legacy_fd[i]);
	close_helper(&s->nft_helper, &s->nft_fd);
}

void snapshots_release(struct snapshots *s)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		helper_release(&s->snap_res[i]);
	helper_release(&s->nft_res);
}
