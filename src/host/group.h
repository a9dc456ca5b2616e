/* SPDX-License-Identifier: GPL-2.0-or-later */
/* group: multicast groups, and which of them an interface has joined. */
#ifndef NFTRACE_GROUP_H
#define NFTRACE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

enum group_state { GROUP_UNKNOWN, GROUP_JOINED, GROUP_NOT_JOINED };

/** group_is - is the address one of a group?  4 or 16 bytes */
bool group_is(bool six, const uint8_t *addr);

/** group_look - has the interface of this name joined the group? */
enum group_state group_look(bool six, const uint8_t *addr, const char *iface);

/**
 * group_has_sources - is what comes to the group chosen by its source?  IPv4
 * @addr: of 4 bytes
 * @index: of the interface
 */
bool group_has_sources(const uint8_t *addr, uint32_t index);

#endif
