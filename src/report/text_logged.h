/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_logged: a log that says of a packet that it was dropped, and it was not. */
#ifndef NFTRACE_TEXT_LOGGED_H
#define NFTRACE_TEXT_LOGGED_H

#include <stdbool.h>
#include <stddef.h>

struct journey;

/**
 * text_logged - '(logged as "FW DROP " by filter:FORWARD:rule:2, and not dropped)', escaped
 * Return: false: no rule on the way of branch @b logged so, or it was dropped.
 */
bool text_logged(char *to, size_t size, const struct journey *j, unsigned int b);

#endif
