/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_near: the rules that a packet nearly met, for people. */
#ifndef NFTRACE_TEXT_NEAR_H
#define NFTRACE_TEXT_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "journey/near_miss.h"

struct fold_out;
struct journey;
struct near_misses;
struct outbuf;
struct report_env;

enum { TEXT_NEAR = 4 * (NEAR_MISS_WORDS + NEAR_MISS_VALUE) + 64 };

/** text_near_label - what a line of one begins with: "near", "never reached", "not translated by" */
const char *text_near_label(const struct near_misses *near,
			    const struct near_miss *n);

/** text_near_lack - "--dport 443: the packet's is 8080", fit for output; bytes of it */
size_t text_near_lack(char buf[TEXT_NEAR], const struct near_miss *n);

/** text_near_block - two lines for each, below the fate; nothing: there are none, or not asked for */
void text_near_block(struct outbuf *o, const struct report_env *env,
		     const struct journey *j, unsigned int b);

/** text_near_fold - one paragraph for each, as far as they are asked for; @nat: those of nat, else the others */
void text_near_fold(struct fold_out *f, const struct journey *j,
		    unsigned int b, bool nat);

/** text_near_of - those of branch @b that are to be shown; NULL: none */
const struct near_misses *text_near_of(const struct report_env *env,
				       const struct journey *j, unsigned int b);

#endif
