/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_words_types: the pieces of a rule's text. */
#ifndef NFTRACE_RULE_WORDS_TYPES_H
#define NFTRACE_RULE_WORDS_TYPES_H

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
	bool only_protocol;	/* and nothing but their protocol tells which */
};

#endif
