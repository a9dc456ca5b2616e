/* SPDX-License-Identifier: GPL-2.0-or-later */
/* helper_job: a helper's own side: its job, and where the result goes. */
#ifndef NFTRACE_HELPER_JOB_H
#define NFTRACE_HELPER_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A job's status above every errno that it tells: it could not hand over. */
enum { HELPER_BROKEN = 98 };

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

/** helper_cut - the same, and the file ends where the result does; 0 or -errno */
int helper_cut(struct helper_out *out);

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

/** helper_tell - in a job: a number for helper_heard(), once, ahead of the result */
void helper_tell(const struct helper_out *out, uint64_t number);

struct helper {
	pid_t pid;
	int result_fd;
	int text_fd;
	int line;		/* SEQPACKET: its status when it is done; before
				 * that what it hands over, for hand_take(), or tells */
	struct helper *next;	/* the same child's next job; NULL: none */
};

enum { HELPER_JOBS = 2 };	/* that one child does, one behind the other */

/* A job, and the child's ends of its files. */
struct helper_job {
	helper_fn *fn;
	const void *arg;
	int result_fd, text_fd, line;
};

/**
 * helper_job_run - in the child: do the jobs, say each one's status, and exit with the last
 * @job: @count of them, HELPER_JOBS at most; their files are taken
 * @parent: whose death is the jobs'
 */
void helper_job_run(struct helper_job *job, unsigned int count, pid_t parent)
	__attribute__((noreturn));

#endif
