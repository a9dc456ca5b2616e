/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_pieces: a rule's text, piece by piece: its own words, boilerplate, comments. */
#ifndef NFTRACE_RULE_PIECES_H
#define NFTRACE_RULE_PIECES_H

#include <stdbool.h>

#include "rules/base/strview.h"

enum rule_piece {
	PIECE_WORD,	/* one of the rule's own */
	PIECE_PLAIN,	/* as clear without: "-m udp" behind "-p udp", a counter's count */
	PIECE_COMMENT,	/* what is written in one, in quotes where the rule has them */
	PIECE_HASH,	/* the same, and of use to the program alone that wrote it */
};

/* What is still to come, and what that leans on. */
struct rule_pieces {
	struct strview rest, before, proto;
	bool xtables;
};

/** rule_pieces_begin - @text: behind "-A CHAIN"; it is borrowed */
void rule_pieces_begin(struct rule_pieces *r, struct strview text, bool xtables);

/**
 * rule_pieces_next - the next piece, into the text; false: there is none
 * "-m comment --comment" and "comment" are no piece of their own.
 */
bool rule_pieces_next(struct rule_pieces *r, struct strview *piece,
		      enum rule_piece *kind);

/** rule_pieces_is_hash - "cali:6gwbT8clXdHdC1b1", in quotes or not: of use to felix alone */
bool rule_pieces_is_hash(struct strview comment);

#endif
