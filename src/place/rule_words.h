/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_words: a rule's text, in iptables' or nft's words, taken apart. */
#ifndef NFTRACE_RULE_WORDS_H
#define NFTRACE_RULE_WORDS_H

#include "place/rule_words_types.h"

/**
 * rule_words_read - take the text of a rule or of a policy apart
 * @text: as iptables-save prints it, or nft; "" is taken
 *
 * A comment is no condition, nor is what a rule does (counter, log, mark set ...);
 * limit, quota, statistic and a verdict map are.
 */
void rule_words_read(struct rule_words *w, struct strview text);

#endif
