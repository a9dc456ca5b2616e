/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask_words: words of a rule's text that say nothing of a host. */
#ifndef NFTRACE_MASK_WORDS_H
#define NFTRACE_MASK_WORDS_H

#include <stdbool.h>

#include "mask/mask.h"
#include "rules/base/strview.h"

/** mask_words_has - is it a word of iptables' or nft's own language? */
bool mask_words_has(struct strview word);

/**
 * mask_words_kind - what stands behind this word, whatever it is
 * @kind: gets that
 * Return: false: nothing that is a name for certain.
 */
bool mask_words_kind(struct strview word, enum mask_kind *kind);

/** mask_words_is_code - does a program or bytes stand behind it, in which addresses can be? */
bool mask_words_is_code(struct strview word);

#endif
