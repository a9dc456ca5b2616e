/* SPDX-License-Identifier: GPL-2.0-or-later */
/* helper: runs one job in a short-lived child, which hands back shared memory. */
#ifndef NFTRACE_HELPER_H
#define NFTRACE_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/helper_job.h"

/* What a job left; release with helper_release(). */
struct helper_result {
	int status;		/* exit status, 128 + signal, or -1: timeout */
	const void *data;	/* read-only shared mapping, NULL when empty */
	size_t len;
	char *text;		/* what it wrote to stdout/stderr, NUL-terminated */
};

/**
 * helper_start - fork a child that runs @fn
 * @h: filled on success
 * Return: 0 or -errno.  @arg must stay as it is only until this returns.
 */
int helper_start(struct helper *h, helper_fn *fn, const void *arg);

/** What a child does behind its job, as if it were another's. */
struct helper_then {
	struct helper *h;	/* as of helper_start(); it stays where it is until it is done */
	helper_fn *fn;
	const void *arg;	/* as there */
};

/**
 * helper_start_then - the same, and then another job in the same child
 * @then: NULL: none
 *
 * For what needs the same libraries: to load them twice, in two processes, is most of the
 * work.  When the first job is not done in time or dies, so does the other, and its .pid is -1.
 */
int helper_start_then(struct helper *h, helper_fn *fn, const void *arg,
		      const struct helper_then *then);

/** helper_go - to a child that holds; 0 or -errno */
int helper_go(const struct helper *h);

/**
 * helper_heard - wait for what a job tells by helper_tell()
 * Return: false: it has ended instead, or was silent for @timeout_ms.
 */
bool helper_heard(const struct helper *h, int timeout_ms, uint64_t *number);

/** helper_await - of a job that tells nothing: until helper_is_done(); false: it is not */
bool helper_await(const struct helper *h, int timeout_ms);

/**
 * helper_is_done - helper_finish() would not wait; of a job that was heard or tells nothing
 * To be asked again: one that was stopped goes on by it.
 */
bool helper_is_done(const struct helper *h);

/** helper_cancel - instead of helper_finish(): there is no use for it any more */
void helper_cancel(struct helper *h);

/**
 * helper_finish - wait until the child has done its job, and map what it left
 * @timeout_ms: after this it is killed
 * Return: 0 or -errno; the job's own failure is in @res->status.
 */
int helper_finish(struct helper *h, int timeout_ms, struct helper_result *res);

/** helper_status - what a job for helper_finish_data() returns: of 0 or -errno */
int helper_status(int err);

/**
 * helper_finish_data - the same for a job that ends with 0 or an errno, and then
 * has left something; -ETIMEDOUT when it takes minutes
 * @fd: unless NULL the descriptor of the memory that is mapped; close(2) it;
 *	-1 after an error
 * Return: 0 or -errno, the job's own as well.
 */
int helper_finish_data(struct helper *h, struct helper_result *res, int *fd);

/**
 * helper_finish_final - the same for a job that is not trusted
 *
 * The helper has called helper_let_go(): nobody, itself included, can write the result
 * any more, so what is checked now stays so.
 * Return: 0 or -errno; -EBUSY: it has kept its mapping.
 */
int helper_finish_final(struct helper *h, struct helper_result *res);

/** helper_run - start and finish in one */
int helper_run(helper_fn *fn, const void *arg, int timeout_ms,
	       struct helper_result *res);

/**
 * helper_run_here - the same without a child, of a job for helper_finish_data()
 *
 * For what takes less than a process does: a job of few steps that calls no library of
 * strangers, neither holds nor tells, and prints nothing.
 * @fd: as there
 * Return: 0 or -errno, the job's own as well.
 */
int helper_run_here(helper_fn *fn, const void *arg, struct helper_result *res,
		    int *fd);

/**
 * helper_collect - wait(2) for children whose job was done
 * @wait: until they are gone, killed if need be; else those that are already
 */
void helper_collect(bool wait);

/**
 * helper_tell_end - why a library ended a job, in a part of a sentence
 * @res: of a job whose status is neither its own nor the timeout's
 */
void helper_tell_end(char *buf, size_t size, const struct helper_result *res);

/** helper_release - unmap and free; safe on a zeroed struct */
void helper_release(struct helper_result *res);

#endif
