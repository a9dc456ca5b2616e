/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_packet: the words of a TRACE line that tell of a packet; pure. */
#ifndef NFTRACE_TRACE_PACKET_H
#define NFTRACE_TRACE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "replay/trace_reading.h"
#include "rules/base/strview.h"

/**
 * trace_packet_first - is it the first of this word, of which there is one?
 * Two lines may have run into one: what is there twice tells of neither.
 */
bool trace_packet_first(struct trace_reading *rd, enum once word);

/** trace_packet_hex - pairs of hex digits, colons between them or not.  Return: bytes */
unsigned int trace_packet_hex(struct strview s, uint8_t *to, size_t size);

/** trace_packet_masked - what is left of an address that somebody has hidden; false: it is damaged */
bool trace_packet_masked(struct strview s, uint8_t *to);

/** trace_packet_word - false: the value makes no sense, as the line is damaged */
bool trace_packet_word(struct trace_reading *rd, struct strview word);

/** trace_packet_settle - of which family a packet is whose addresses are masked */
void trace_packet_settle(struct trace_text_packet *p);

#endif
