/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_reading: what record_read and record_step share while they read one journey. */
#ifndef NFTRACE_RECORD_READING_H
#define NFTRACE_RECORD_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "journey.h"
#include "span.h"

struct record_reader;

struct reading {
	struct record_reader *r;
	struct journey *j;
	struct span block;	/* lines not yet taken */
	struct step now;	/* what an event takes over from the one before */
};

/** record_interface - the index of an interface's %XX-escaped name, 0: none */
uint32_t record_interface(struct reading *rd, struct span t);

/** record_word - which of @count words it is; false: none of them */
bool record_word(struct span t, const char *(*word)(unsigned int),
		 unsigned int count, uint8_t *index);

/** record_take_step - the fields behind "e", and the next TRACE line */
bool record_take_step(struct reading *rd, struct span fields);

#endif
