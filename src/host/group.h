/* SPDX-License-Identifier: GPL-2.0-or-later */
/* group: multicast groups, and which of them an interface has joined. */
#ifndef NFTRACE_GROUP_H
#define NFTRACE_GROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum group_state { GROUP_UNKNOWN, GROUP_JOINED, GROUP_NOT_JOINED };

/** group_is - is the address one of a group?  4 or 16 bytes */
bool group_is(bool six, const uint8_t *addr);

/** group_look - has the interface of this name joined the group? */
enum group_state group_look(bool six, const uint8_t *addr, const char *iface);

/**
 * group_refuses - do those who have joined the group want other sources?  IPv4
 * @group, @source: of 4 bytes
 * @index: of the interface
 * Return: false as well where no source is chosen.
 */
bool group_refuses(const uint8_t *group, const uint8_t *source, uint32_t index);

/** group_list_refuses - the same, by a list such as /proc/net/mcfilter */
bool group_list_refuses(FILE *list, const uint8_t *group, const uint8_t *source,
			uint32_t index);

#endif
