/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_kept: what was read off rules' texts, kept for the next packet. */
#ifndef NFTRACE_RULE_KEPT_H
#define NFTRACE_RULE_KEPT_H

#include <stdint.h>

#include "rules/base/strview.h"

/* At most so many rules; one more takes another's room.  And of so many bytes of text. */
enum { RULE_KEPT = 4096, RULE_KEPT_TEXT = 8 << 20 };

struct rule_kept;
struct shared;

/* Bytes of a rule's text: what was read points to nothing of it. */
struct rule_span {
	uint32_t at, len;
};

static inline struct strview rule_span_text(struct rule_span s, const char *text)
{
	return (struct strview){ text + s.at, s.len };
}

static inline struct rule_span rule_span_at(struct strview words, const char *text)
{
	return (struct rule_span){ (uint32_t)(words.at - text), (uint32_t)words.len };
}

/* Reads a rule's text into memory that free() takes, all of it in one piece; NULL: no memory */
typedef void *rule_kept_read(struct strview text, struct shared *shared);

/** rule_kept_open - NULL: no memory */
struct rule_kept *rule_kept_open(void);

/** rule_kept_close - NULL is nothing */
void rule_kept_close(struct rule_kept *k);

/**
 * rule_kept_find - what a rule of this text asks for; it is read unless it was
 * @index: of the rule among all of its kind: those of one chain lie side by side
 * Return: what @read has made, @k's until the next call; NULL: no memory.
 *
 * Whether it is the same rule is known by its whole text: nothing has to be
 * forgotten when rules change.
 */
const void *rule_kept_find(struct rule_kept *k, uint32_t index, struct strview text,
			   rule_kept_read *read);

/** rule_kept_shared - what its rules have in common */
struct shared *rule_kept_shared(struct rule_kept *k);

#endif
