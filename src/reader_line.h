/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_line: what supervisor and reader say to each other; reader.h has the rest. */
#ifndef NFTRACE_READER_LINE_H
#define NFTRACE_READER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "reader.h"

enum supervisor_word {
	SUPERVISOR_DRAIN = 'D',		/* the rules are out */
	SUPERVISOR_ANSWERED = 'A',	/* look at the shared memory */
	SUPERVISOR_RULES = 'S',		/* nft's, read again */
	SUPERVISOR_BEGIN = 'B',		/* all that there are */
};

/* What the supervisor says; rules come with a descriptor for each size. */
struct supervisor_message {
	char word;
	bool foreign_trace;
	uint64_t size[READER_SNAPSHOTS];
};

/**
 * reader_receive - one message; as recvmsg(2)
 * @fd: what came with it, at the place of its size; else -1
 */
ssize_t reader_receive(int control, struct supervisor_message *m,
		       int fd[READER_SNAPSHOTS]);

/**
 * reader_await - until reader_begin(), whose rules go into @plan
 * Return: 0 or -errno; -ECANCELED: it never comes.
 */
int reader_await(int control, struct reader_plan *plan);

/**
 * reader_run - all that the reader does, to its end
 * @plan: gets the rules that reader_await() brings
 * @seal: gives up every privilege, once all is open; 0, or -errno and what
 */
void reader_run(struct reader_plan *plan, int control,
		int (*seal)(char *what, size_t size));

#endif
