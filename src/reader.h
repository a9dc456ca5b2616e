/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader: the unprivileged process that turns netlink bytes into results on stdout. */
#ifndef NFTRACE_READER_H
#define NFTRACE_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "family.h"
#include "only.h"
#include "report.h"
#include "sink.h"

struct capture;
struct ifnames;
struct nft_snapshot;
struct snapshot;
struct stats;

/*
 * All that the reader needs; the fork copies it, but for the rules (.snap, .nft,
 * .foreign_trace) with .capture: these come with reader_begin().
 */
struct reader_plan {
	struct capture *capture;	/* NULL: .input_fd is read instead */
	int input_fd;
	const struct snapshot *snap[FAMILY_COUNT];
	const struct nft_snapshot *nft;	/* NULL: no events of nft */
	struct stats *stats;		/* shared with the supervisor */
	struct sink_plan sink[SINK_COUNT];
	struct report_env env;		/* .names is opened by the reader */
	const struct only *only;	/* NULL: all */
	uint64_t count;			/* stop printing after so many; 0: never */
	uint32_t snaplen;
	bool flat;			/* --flat: events, not packets */
	bool foreign_trace;		/* journeys may begin anywhere */
	bool nft_unseen;		/* nft may drop packets unseen */
};

/* What the reader tells the supervisor, a byte each. */
enum reader_word {
	READER_READY = 'R',		/* without privileges, and reading */
	READER_COUNT = 'C',		/* so many packets are printed */
	READER_CLOSED = 'X',		/* nobody reads the results any more */
	READER_GENERATION = 'G',	/* which one is it?  See stats.h */
	READER_RULES = 'N',		/* nft's have changed: read them again */
	READER_LOST = 'L',		/* a packet went missing: see losses.h */
	READER_FAILED = 'F',		/* could not start; text follows */
};

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

/**
 * reader_start - fork the reader
 *
 * With a capture it makes ready, and waits for
 * reader_begin - the rules that its events are about; the descriptors stay ours
 *
 * Return: 0 or -errno.  It says READER_READY or READER_FAILED on @r->fd.
 */
int reader_start(struct reader *r, const struct reader_plan *plan);
int reader_begin(struct reader *r, const struct reader_rules *rules);

/** reader_tell - a word from the reader's own code to the supervisor */
void reader_tell(int control, enum reader_word word);

/** reader_answered - what it asked about a loss has its answer */
void reader_answered(struct reader *r);

/** reader_renew - nft's rules, read again; @fd -1: that failed */
void reader_renew(struct reader *r, int fd, size_t size);

/** reader_drain - the rules are out: finish what is under way and end */
int reader_drain(struct reader *r);

#endif
