/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner_words: whose the rule is that decided, as every form writes it. */
#ifndef NFTRACE_OWNER_WORDS_H
#define NFTRACE_OWNER_WORDS_H

#include <stdbool.h>

#include "report/path_texts.h"

struct grounds;
struct journey;
struct outbuf;
struct report_env;

/**
 * owner_words - " [Calico: policy default/no-mail, egress of cali123]", fit for output
 * @g: of branch @b; NULL: who let it pass is not told
 * Return: false: it is nobody's that is known, and nothing is written.
 */
bool owner_words(struct outbuf *o, const struct report_env *env,
		 const struct journey *j, unsigned int b,
		 const struct grounds *g);

/** owner_key - by what .owners of the env has what is written of it */
struct path_key owner_key(enum path_form form, const struct journey *j,
			  unsigned int b, const struct grounds *g);

#endif
