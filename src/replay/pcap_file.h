/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcap_file: reads pcapng: packets, their times and their comments. */
#ifndef NFTRACE_PCAP_FILE_H
#define NFTRACE_PCAP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_reader;

enum { PCAP_FILE_INTERFACES = 4096 };

/* What a section's header says of its run; texts of a stranger, cut where they are too long. */
struct pcap_section {
	char program[64];
	char comment[2048];
	char kernel[256];
};

struct pcap_file {
	struct line_reader *in;
	struct pcap_section section;	/* the one that was read last */
	bool swapped;		/* written by a machine of other endianness */
	uint32_t interfaces;	/* of this section */
	uint64_t units[PCAP_FILE_INTERFACES];	/* a second, 0: unknown id */
};

/* One packet; pointers are valid until the next call. */
struct pcap_packet {
	uint64_t ns;		/* since 1970 */
	const uint8_t *data;
	uint32_t caplen, length;
	const uint8_t *options;
	size_t options_len;
	bool swapped;
	bool stray;		/* of no interface that is described: .ns is 0 */
};

enum pcap_file_type { PCAP_FILE_OTHER, PCAP_FILE_NG, PCAP_FILE_OLD };

/** pcap_file_type - what a file is, by its first four bytes */
enum pcap_file_type pcap_file_type(const char *first, size_t len);

/** pcap_file_open - nothing is read yet; @in: borrowed as long as @f is used */
void pcap_file_open(struct pcap_file *f, struct line_reader *in);

/**
 * pcap_file_next - the next packet; all other blocks are passed over
 *
 * Blocks of packets that can hold no comment give one without bytes.
 * Return: 1; 0: the end; -EBADMSG: what follows is no block.
 */
int pcap_file_next(struct pcap_file *f, struct pcap_packet *p);

/**
 * pcap_comment - the next comment behind *@at; 0 is the first
 * Return: false when there is none.
 */
bool pcap_comment(const struct pcap_packet *p, size_t *at, const char **text,
		  size_t *len);

#endif
