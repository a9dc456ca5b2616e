/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_says: what a rule's text says of what it does to a packet. */
#ifndef NFTRACE_PLACE_SAYS_H
#define NFTRACE_PLACE_SAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct place;

/** place_read_words - fill what is kept of a place's text: .condition, .says, .asks_mark, .names_at, .logs_denial */
void place_read_words(struct place *at);

/**
 * place_option - the word behind @option, as iptables-save has it
 * Return: false: the text has no such option, or nothing behind it.
 */
bool place_option(const struct place *at, const char *option,
		  struct strview *value);

/** place_log_prefix - what its LOG or NFLOG puts in front, in its quotes; false: nothing */
bool place_log_prefix(const struct place *at, struct strview *prefix);

/** place_has_word - does it stand in the text, in either's words, and not in a comment? */
bool place_has_word(const struct place *at, const char *word);

/**
 * place_destination - the one address to which the rule translates the destination
 * @to: 4 or 16 bytes, by the place's family
 * Return: false: there are several, or the text does not have it.
 */
bool place_destination(const struct place *at, uint8_t to[16]);

/** place_tproxy_mark - @mark as it is behind a TPROXY rule */
uint32_t place_tproxy_mark(const struct place *at, uint32_t mark);

/** place_zones - does the rule put the packet into a zone of conntrack (CT --zone, ct zone set)? */
bool place_zones(const struct place *at);

enum { PLACE_QUEUE_TEXT = 24 };

/**
 * place_queue - the number of the queue that its rule hands packets to
 * @last: set to that of the last one that it may be, unless NULL
 */
unsigned int place_queue(const struct place *at, unsigned int *last);

/** place_queue_text - "5"; "5:6": one of these, which no event of iptables-legacy tells */
const char *place_queue_text(const struct place *at,
			     char buf[PLACE_QUEUE_TEXT]);

/** place_bypasses - a queue that nobody listens on lets the packet pass */
bool place_bypasses(const struct place *at);

/**
 * place_match_dropped - it was dropped, and by a match: the rule's verdict is another
 * @at: of a rule in iptables-nft's words that dropped the packet
 */
bool place_match_dropped(const struct place *at);

/** place_is_in_doubt - of legacy's: two rules may be meant, which do different things */
bool place_is_in_doubt(const struct place *at);

#endif
