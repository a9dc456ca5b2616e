/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner_words: whose the rule is that decided, as every form writes it. */
#ifndef NFTRACE_OWNER_WORDS_H
#define NFTRACE_OWNER_WORDS_H

struct journey;
struct outbuf;
struct place;

/**
 * owner_words - " [Calico: policy default/no-mail, egress of cali123]", fit for output
 * @by: that decided, or let pass; nothing is written where it is nobody's that is known
 */
void owner_words(struct outbuf *o, const struct journey *j, unsigned int b,
		 const struct place *by);

#endif
