/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask_text: sentences in output for strangers. */
#ifndef NFTRACE_MASK_TEXT_H
#define NFTRACE_MASK_TEXT_H

#include <stddef.h>

#include "rules/base/strview.h"

struct mask;
struct strbuf;

/**
 * mask_text_begin - learn the words that this program was built with; once
 * Return: 0 or -ENOMEM.
 */
int mask_text_begin(void);

/**
 * mask_text - a sentence of this program's, with other addresses and names
 * @to: MASK_TEXT_ROOM() of the text's length is enough
 *
 * A word that the program was not built with is a name.
 */
void mask_text(struct mask *m, struct strbuf *to, struct strview text);

#define MASK_TEXT_ROOM(len) (24 * (size_t)(len) + 64)

#endif
