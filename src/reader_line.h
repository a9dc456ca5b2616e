/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_line: what supervisor and reader say to each other; reader.h has the rest. */
#ifndef NFTRACE_READER_LINE_H
#define NFTRACE_READER_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct reader_plan;

enum supervisor_word {
	SUPERVISOR_DRAIN = 'D',		/* the rules are out */
	SUPERVISOR_ANSWERED = 'A',	/* look at the shared memory */
	SUPERVISOR_RULES = 'S',		/* nft's, read again */
};

/* What the supervisor says; rules come with a descriptor. */
struct supervisor_message {
	char word;
	uint64_t size;
};

/** reader_receive - one message; @fd: what came with it, or -1; as recvmsg(2) */
ssize_t reader_receive(int control, struct supervisor_message *m, int *fd);

/**
 * reader_run - all that the reader does, to its end
 * @seal: gives up every privilege, once all is open; 0, or -errno and what
 */
void reader_run(const struct reader_plan *plan, int control,
		int (*seal)(char *what, size_t size));

#endif
