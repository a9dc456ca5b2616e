/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng: the numbers of the file format that are written and read here. */
#ifndef NFTRACE_PCAPNG_H
#define NFTRACE_PCAPNG_H

/*
 * draft-ietf-opsawg-pcapng; link types: draft-ietf-opsawg-pcaplinktype.
 *
 * Raw IP (an IPv4 or IPv6 header comes first) has the number 101 in files.
 * libpcap holds the number of each further interface, as it is in the file,
 * against the translated one of the first, which is 12 (DLT_RAW): it refuses
 * a second 101.  Everybody reads 12 as raw IP, too, but for OpenBSD.
 */
enum {
	PCAPNG_SECTION = 0x0a0d0d0a,
	PCAPNG_INTERFACE = 1,
	PCAPNG_PACKET_OLD = 2,		/* of before 2009 */
	PCAPNG_PACKET_SIMPLE = 3,
	PCAPNG_PACKET = 6,		/* enhanced packet block */

	PCAPNG_BYTE_ORDER = 0x1a2b3c4d,
	PCAPNG_LINKTYPE_RAW = 101,	/* of a file's first interface */
	PCAPNG_DLT_RAW = 12,		/* of the others */

	PCAPNG_OPT_COMMENT = 1,
	PCAPNG_IF_NAME = 2,
	PCAPNG_IF_TSRESOL = 9,
	PCAPNG_SHB_OS = 3,
	PCAPNG_SHB_USERAPPL = 4,
	PCAPNG_EPB_FLAGS = 2,
	PCAPNG_EPB_PACKETID = 5,

	PCAPNG_INBOUND = 1,		/* epb_flags, bits 0 and 1 */
	PCAPNG_OUTBOUND = 2,

	PCAPNG_COMMENT_MAX = 65000,	/* an option's length has 16 bits */
};

#endif
