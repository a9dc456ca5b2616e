/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_logged: a log that says of a packet that it was dropped, and it was not. */
#ifndef NFTRACE_TEXT_LOGGED_H
#define NFTRACE_TEXT_LOGGED_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/base/strview.h"

struct journey;
struct place;

/**
 * text_logged_by - the rule on the way of branch @b that logged it as dropped, and it was not
 * @prefix: what it logged, without quotes; as the rule's text has it, not escaped
 * Return: NULL: none, or it was dropped.
 */
const struct place *text_logged_by(const struct journey *j, unsigned int b,
				   struct strview *prefix);

/**
 * text_logged - '(logged as "FW DROP " by filter:FORWARD:rule:2, and not dropped)', escaped
 * Return: false: no rule on the way of branch @b logged so, or it was dropped.
 */
bool text_logged(char *to, size_t size, const struct journey *j, unsigned int b);

#endif
