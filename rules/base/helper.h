/* SPDX-License-Identifier: GPL-2.0-or-later */
/* helper: runs one job in a short-lived child, which hands back shared memory. */
#ifndef NFTRACE_HELPER_H
#define NFTRACE_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Where a job writes its result; lives in the child only. */
struct helper_out {
	int fd;			/* a memfd */
	char *base;
	size_t reserved;	/* bytes mapped */
	size_t used;		/* bytes that the parent will see */
	int line;		/* to the parent, for descriptors: hand_over() */
};

/**
 * A job.  Runs in a child that has no file open but 0, 1, 2 and the result,
 * whose stdout and stderr are kept for the parent, and that dies with it.
 * Return: the child's exit status, 0 to 99; also after exit() by a library.
 */
typedef int helper_fn(const void *arg, struct helper_out *out);

/**
 * helper_reserve - map room for the result; what was there before is gone
 * @size: upper bound in bytes; untouched pages cost nothing
 * Return: zeroed memory, or NULL with errno set; so what lies within it fits size_t.
 */
void *helper_reserve(struct helper_out *out, uint64_t size);

/**
 * helper_let_go - unmap the result, which is complete: all of .used
 * For a job whose result is finished by helper_finish_final().
 */
void helper_let_go(struct helper_out *out);

/**
 * helper_populate - have the kernel fetch the pages of [@at, @at + @len) now
 *
 * For what is about to be written: a fault for each page is most of the work
 * where the machine is a virtual one without page tables of its own.
 */
void helper_populate(void *at, size_t len);

/** helper_append - write(2)-like result for jobs that need no random access */
int helper_append(struct helper_out *out, const void *data, size_t len);

/**
 * helper_hold - in a job: wait until the parent says helper_go()
 * Return: false when it never will.
 */
bool helper_hold(void);

struct helper {
	pid_t pid;
	int result_fd;
	int text_fd;
	int line;		/* SEQPACKET: its status when it is done; before
				 * that what it hands over, for hand_take() */
};

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

/** helper_go - to a child that holds; 0 or -errno */
int helper_go(const struct helper *h);

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
 * It has called helper_let_go(): nobody, itself included, can write the result
 * any more, so what is checked now stays so.
 * Return: 0 or -errno; -EBUSY: it has kept its mapping.
 */
int helper_finish_final(struct helper *h, struct helper_result *res);

/** helper_run - start and finish in one */
int helper_run(helper_fn *fn, const void *arg, int timeout_ms,
	       struct helper_result *res);

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
