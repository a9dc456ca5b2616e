/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_words: a rule's text, in iptables' or nft's words, taken apart. */
#ifndef NFTRACE_RULE_WORDS_H
#define NFTRACE_RULE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

/* All pieces are of the text. */
struct rule_words {
	/* "DROP", "dnat"; the chain of a jump or goto; .len 0: none is named */
	struct strview target;
	struct strview comment;	/* in its quotes, if it has any; .len 0: none */
	uint32_t mark;		/* bits of the packet's mark that it asks for */
	uint8_t effect;		/* enum place_effect: EFFECT_MAYBE where a map decides */
	bool condition;		/* there are packets that it does not match */
};

/**
 * rule_words_read - take the text of a rule or of a policy apart
 * @text: as iptables-save prints it, or nft; "" is taken
 *
 * A comment is no condition, nor is what a rule does (counter, log, mark set ...);
 * limit, quota, statistic and a verdict map are.
 */
void rule_words_read(struct rule_words *w, struct strview text);

#endif
