/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_read: a record of a journey in words -> the journey. */
#ifndef NFTRACE_RECORD_READ_H
#define NFTRACE_RECORD_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "replay/record_reading.h"

/** record_is - does a comment begin with the magic? */
bool record_is(const char *text, size_t len);

/**
 * record_read - take a journey back
 * @j: journey_new()'s; .first and .first_ns are the caller's; all else is
 *	filled, and borrows causes from @r
 * @block: the lines for people; @words: the record; neither is terminated
 *
 * What is in @j then is whole: each index is of something that is there, each
 * number is one that can be, and each text is a place's or fit for output.
 * Return: RECORD_WHOLE, or why they do not make a journey.
 */
enum record_fault record_read(struct record_reader *r, struct journey *j,
			      const char *block, size_t block_len,
			      const char *words, size_t words_len);

/** record_fault_text - a sentence's end, behind "packet N" and the word */
const char *record_fault_text(enum record_fault fault);

#endif
