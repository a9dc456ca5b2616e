/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge_port: would a bridge have to send a packet back through the port it came in by? */
#ifndef NFTRACE_BRIDGE_PORT_H
#define NFTRACE_BRIDGE_PORT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * bridge_port_turns_back - is @dst behind @port, which sends nothing back (hairpin off)?
 * @bridge, @port: interface indexes
 * @dst: 4 or 16 bytes, a neighbour on the bridge
 */
bool bridge_port_turns_back(bool six, const uint8_t *dst, uint32_t bridge,
			    uint32_t port);

#endif
