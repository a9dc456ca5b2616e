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
	READER_GENERATION = 'G',	/* which is nft's generation?  See stats.h */
	READER_QUEUES = 'Q',		/* which queues hold packets?  See stats.h */
	READER_RULES = 'N',		/* nft's rules have changed: read them again */
	READER_CHANGED = 'H',		/* nft's rules, for the first time: see stats.h */
	READER_TABLES = 'T',		/* legacy's may have changed: have they?  stats.h */
	READER_WAY = 'W',		/* which way did a packet go?  See ways.h */
	READER_CONFIRMS = 'I',		/* what has conntrack dropped?  See stats.h */
	READER_LOST = 'L',		/* a packet went missing: see losses.h */
	READER_PLACES = 'P',		/* where were packets dropped?  See drop_places.h */
	READER_ELEMENTS = 'E',		/* what does a verdict map hold?  See map_question.h */
	READER_MEMBER = 'M',		/* is a packet in a set of ipset?  See ipset_question.h */
	READER_FAILED = 'F',		/* could not start; text follows */
};

enum { READER_MESSAGE = 160 };	/* bytes of a word with its text and a NUL */

struct reader {
	pid_t pid;
	int fd;		/* SEQPACKET; -1: closed */
};

enum { READER_NFT = FAMILY_COUNT, READER_SNAPSHOTS };

/* What is known only when the rules are in: snapshots by family, and nft's. */
struct reader_rules {
	int fd[READER_SNAPSHOTS];	/* -1: there is none */
	uint64_t size[READER_SNAPSHOTS];
	bool foreign_trace;
	uint32_t nft_began;		/* generation: the run's own rules were in */
	uint8_t witness[FAMILY_COUNT];	/* hooks: the run's own chains see what leaves them */
};

/* What a reading of legacy's tables tells beside the tables. */
struct reader_tables {
	uint32_t ask;		/* number of the question that it answers */
	bool certain;		/* no rules were in force that were not read */
	bool touched;		/* so may those that did not change have been others */
	bool held;		/* somebody may be changing them yet */
};

enum supervisor_word {
	SUPERVISOR_DRAIN = 'D',		/* the rules are out */
	SUPERVISOR_ANSWERED = 'A',	/* look at the shared memory */
	SUPERVISOR_RULES = 'S',		/* nft's, read again */
	SUPERVISOR_FENCE = 'F',		/* legacy's tables have been read, texts follow */
	SUPERVISOR_TABLES = 'T',	/* legacy's: those that have changed, or none */
	SUPERVISOR_ELEMENTS = 'E',	/* of the map asked for; no descriptor: not to be had */
	SUPERVISOR_BEGIN = 'B',		/* all rules that there are: read */
};

#define READER_UNCOUNTED UINT64_MAX

/* What the supervisor says; rules come with a descriptor for each size. */
struct supervisor_message {
	char word;
	bool foreign_trace;
	uint32_t nft_began;
	uint8_t witness[FAMILY_COUNT];
	struct reader_tables tables;
	uint32_t ask;		/* ELEMENTS: number of the question */
	uint64_t matched;	/* DRAIN: packets, or READER_UNCOUNTED */
	uint64_t size[READER_SNAPSHOTS];
};

/**
 * reader_begin - give the reader the rules that its events are about
 * @rules: the descriptors stay the caller's
 *
 * A reader with a capture waits for them, see reader_start().
 * Return: 0 or -errno.  The reader says READER_READY or READER_FAILED on @r->fd.
 */
int reader_begin(struct reader *r, const struct reader_rules *rules);

/**
 * reader_ready - is the reader's first message READER_READY?
 * @answer: the message, of @len bytes; 0: the reader has ended
 * @size: of @answer, to have the text terminated
 * Return: true when it is; what the reader keeps, or why it failed, is reported.
 */
bool reader_ready(char *answer, ssize_t len, size_t size);

/** reader_tell - a word from the reader's own code to the supervisor */
void reader_tell(int control, enum reader_word word);

/** reader_answered - the supervisor: a question has its answer, in struct bulletin */
void reader_answered(struct reader *r);

/** reader_renew - nft's rules, read again: @fd stays the caller's; -1: that failed */
void reader_renew(struct reader *r, int fd, size_t size);

/** reader_elements - the answer to question @ask: as reader_renew() */
void reader_elements(struct reader *r, uint32_t ask, int fd, size_t size);

/**
 * reader_fence - legacy's tables were just read: what is behind this moment is of them
 * reader_tables - the same tables with their texts, of families that have changed
 * @rules: .legacy's descriptors stay the caller's; 0 or -errno
 */
void reader_fence(struct reader *r);
int reader_tables(struct reader *r, const struct reader_rules *rules,
		  const struct reader_tables *t);

/**
 * reader_drain - the rules are out: finish what is under way, and end
 * @matched: packets by the rules' counters: when they are all over, and nothing has come
 *	for some time, none is waited for; READER_UNCOUNTED: nobody knows
 * Return: 0 or -errno.
 */
int reader_drain(struct reader *r, uint64_t matched);

/**
 * reader_receive - one message; as recvmsg(2)
 * @fd: what came with the message, each at the place of its size; else -1.  The
 *	caller closes them.
 */
ssize_t reader_receive(int control, struct supervisor_message *m,
		       int fd[READER_SNAPSHOTS]);

#endif
