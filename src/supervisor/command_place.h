/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_place: a COMMAND that works in another network namespace, or on another host. */
#ifndef NFTRACE_COMMAND_PLACE_H
#define NFTRACE_COMMAND_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * command_place - by its words: "ip netns exec NAME", "docker exec NAME" ...
 * @command: NULL-terminated
 * @to: a sentence: where that works, and how to trace there
 *
 * Return: false: it says nothing of the kind, or the namespace is this process's own.
 */
bool command_place(char *to, size_t size, char *const *command);

#endif
