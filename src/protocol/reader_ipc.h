/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_ipc: what supervisor and reader say to each other. */
#ifndef NFTRACE_READER_IPC_H
#define NFTRACE_READER_IPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rules/base/family.h"

/* What the reader tells the supervisor, a byte each, or a byte and a text. */
enum reader_word {
	READER_READY = 'R',		/* without privileges, and reading; text
					 * follows: what it could not give up */
	READER_COUNT = 'C',		/* so many packets are printed */
	READER_CLOSED = 'X',		/* nobody reads the results any more */
	READER_GENERATION = 'G',	/* which one is it?  See stats.h */
	READER_RULES = 'N',		/* nft's have changed: read them again */
	READER_LOST = 'L',		/* a packet went missing: see losses.h */
	READER_FAILED = 'F',		/* could not start; text follows */
};

enum { READER_MESSAGE = 160 };	/* bytes of a word with its text and a NUL */

struct reader {
	pid_t pid;
	int fd;		/* SEQPACKET */
};

enum { READER_NFT = FAMILY_COUNT, READER_SNAPSHOTS };

/* What is known only when the rules are in: snapshots by family, and nft's. */
struct reader_rules {
	int fd[READER_SNAPSHOTS];	/* -1: there is none */
	uint64_t size[READER_SNAPSHOTS];
	bool foreign_trace;
};

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
 * reader_begin - the rules that its events are about; the descriptors stay ours
 *
 * One that reader_start() has started with a capture waits for them.
 * Return: 0 or -errno.  It says READER_READY or READER_FAILED on @r->fd.
 */
int reader_begin(struct reader *r, const struct reader_rules *rules);

/**
 * reader_ready - what it says when it begins
 * @answer: a message of @len bytes; 0: it ended
 * @size: of @answer, to have the text terminated
 * Return: true when it reads; what it keeps, or why it failed, is said.
 */
bool reader_ready(char *answer, ssize_t len, size_t size);

/** reader_tell - a word from the reader's own code to the supervisor */
void reader_tell(int control, enum reader_word word);

/** reader_answered - what it asked about a loss has its answer */
void reader_answered(struct reader *r);

/** reader_renew - nft's rules, read again; @fd -1: that failed */
void reader_renew(struct reader *r, int fd, size_t size);

/** reader_drain - the rules are out: finish what is under way and end */
int reader_drain(struct reader *r);

/**
 * reader_receive - one message; as recvmsg(2)
 * @fd: what came with it, at the place of its size; else -1
 */
ssize_t reader_receive(int control, struct supervisor_message *m,
		       int fd[READER_SNAPSHOTS]);

#endif
