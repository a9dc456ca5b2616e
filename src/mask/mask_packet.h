/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask_packet: a packet's bytes in output for strangers. */
#ifndef NFTRACE_MASK_PACKET_H
#define NFTRACE_MASK_PACKET_H

#include <stddef.h>
#include <stdint.h>

struct mask;
struct packet;

/**
 * mask_packet - the same packet with other addresses, and without what it carries
 * @to: of @bytes, where these go: @from's .caplen are enough
 *
 * Behind the transport header nothing is left; of an error of ICMP the headers of the
 * packet that it is about, masked as well.  The checksums are right for the whole
 * packet as it was, with the other addresses.
 */
void mask_packet(struct mask *m, struct packet *to, uint8_t *bytes,
		 const struct packet *from);

/** mask_packet_end - one end of a packet that @p is of the family of */
void mask_packet_end(struct mask *m, const struct packet *p, uint8_t addr[16]);

/** mask_hw_header - addresses of Ethernet; of anything else nothing is left */
void mask_hw_header(struct mask *m, uint8_t *header, size_t len);

#endif
