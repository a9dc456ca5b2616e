/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct_rule: what a rule that a packet has met says of its connection, by the rule's text. */
#ifndef NFTRACE_CT_RULE_H
#define NFTRACE_CT_RULE_H

#include <stddef.h>
#include <stdint.h>

enum {
	CT_RULE_SETS_MARK = 1 << 0,	/* can change the connection's mark */
	/* Bits 1 to 5, by enum conntrack_state: a packet that meets it is in one of these. */
	CT_RULE_STATES = 0x3e,
	CT_RULE_UNTRACKS = 1 << 6,	/* unless conntrack has seen it already */
	CT_RULE_ASKS = 1 << 7,		/* for the state, in whatever words */
};

/**
 * ct_rule_read - of iptables' words or nft's
 * @effect: enum place_effect, what a verdict map of the state led to; UNKNOWN:
 *	nobody knows
 * @chain: EFFECT_JUMP, EFFECT_GOTO: where to
 * Return: these, ored, with 1 << state for each state that the rule can have
 *	met; no state: it does not ask, or in a way that is not read here.
 */
uint8_t ct_rule_read(const char *text, size_t len, uint8_t effect,
		     const char *chain);

#endif
