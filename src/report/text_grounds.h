/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_grounds: on what a fate rests, as people read it. */
#ifndef NFTRACE_TEXT_GROUNDS_H
#define NFTRACE_TEXT_GROUNDS_H

#include <stdint.h>

struct grounds;
struct grounds_nat;
struct journey;
struct outbuf;
struct place;

/* As whom a packet went on, and to whom; addresses are borrowed, NULL: not known. */
struct text_ends {
	const uint8_t *src, *dst;
	int sport, dport;	/* -1: none */
};

/** text_last_ends - those of the packet's first bytes, translated as @g tells */
void text_last_ends(struct text_ends *e, const struct journey *j,
		    const struct grounds *g);

/** text_name - "nat:POSTROUTING:rule:2": a place without its text, escaped */
void text_name(struct outbuf *o, const struct place *p);

/** text_nat_word - "DNAT", "MASQUERADE", else "src" or "dst" */
void text_nat_word(struct outbuf *o, const struct grounds_nat *n);

/** text_as - "10.0.0.1.53 > 10.0.0.2.80 (DNAT by nat:A:rule:1, src by conntrack)" */
void text_as(struct outbuf *o, const struct journey *j, const struct grounds *g);

/**
 * text_translated - " as ..." of a packet that was; and "; MASQUERADE by ..., to what
 * was not seen"
 */
void text_translated(struct outbuf *o, const struct journey *j,
		     const struct grounds *g);

/**
 * text_rule - @words, a rule with its text, and of a verdict map the element that it
 * said of branch @b
 */
void text_rule(struct outbuf *o, const char *words, const struct journey *j,
	       unsigned int b, const struct place *p);

/** text_grounds - "; accepted by ...; via ...; mark set by ..., via ..." */
void text_grounds(struct outbuf *o, const struct journey *j, unsigned int b,
		  const struct grounds *g);

#endif
