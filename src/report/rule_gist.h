/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_gist: a rule's text without what says nothing of the rule. */
#ifndef NFTRACE_RULE_GIST_H
#define NFTRACE_RULE_GIST_H

#include <stddef.h>

struct place;

/**
 * rule_gist - what a rule asks and does, for where its chain is named already
 * @buf, @size: at most @at->rule_len bytes are needed; nothing is terminated
 *
 * Left out are "-A CHAIN" and "-P CHAIN", the words "-m comment --comment" in front
 * of a comment, and comments that are nothing but a program's own hash ("cali:...").
 * The words are as they stand in the rule: not escaped.
 *
 * Return: bytes written, 0: the place has no text.
 */
size_t rule_gist(char *buf, size_t size, const struct place *at);

#endif
