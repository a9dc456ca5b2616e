/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner: the comment by which a rule says whose it is. */
#ifndef NFTRACE_OWNER_H
#define NFTRACE_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { OWNER_TEXT = 128, OWNER_NONCE = 16 };

/* Seconds after its end for which a run of another PID namespace is let live. */
enum { OWNER_GRACE = 60 };

struct owner {
	int64_t end;		/* planned end of the run, seconds since epoch */
	pid_t pid;		/* the supervisor's */
	uint64_t start;		/* when it began: process_start() */
	uint64_t pidns;		/* inode of its PID namespace */
	char nonce[OWNER_NONCE + 1];
};

/** owner_init - describe the calling process, with a fresh nonce; 0 or -errno */
int owner_init(struct owner *o, int64_t end);

/** owner_format - "nftrace:END:PID:START:PIDNS:NONCE" */
void owner_format(const struct owner *o, char text[OWNER_TEXT]);

/** owner_parse - read it back; false: not such a text, to the letter */
bool owner_parse(struct owner *o, const char *text);

/**
 * owner_format_name, owner_parse_name - the same with '_' between its parts
 * A word that nft takes as a table's name without quotes.
 */
void owner_format_name(const struct owner *o, char text[OWNER_TEXT]);
bool owner_parse_name(struct owner *o, const char *text);

/** owner_same_run - the same run, whatever the end that was written */
bool owner_same_run(const struct owner *a, const struct owner *b);

/**
 * process_name - pid's command line, cut, as one line of text
 * Falls back to the short name; "?" when there is no such process.
 */
void process_name(pid_t pid, char *buf, size_t size);

/** process_short_name - the kernel's name of it, 15 bytes at most; "?": no such process */
void process_short_name(pid_t pid, char *buf, size_t size);

#endif
