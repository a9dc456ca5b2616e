/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_reading: words and names of a record, for the files that read one. */
#ifndef NFTRACE_RECORD_READING_H
#define NFTRACE_RECORD_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journey.h"
#include "span.h"

struct ifnames;
struct place_index;

/* What record_read() needs, and fills. */
struct record_reader {
	struct place_index *index;	/* gets the places */
	struct ifnames *names;		/* gets the interfaces */
	/* Of the record read last. */
	char host[65], netns[24];
	bool log;
	char cause[JOURNEY_BRANCHES][CAUSE_TEXT];
};

struct reading {
	struct record_reader *r;
	struct journey *j;
	struct span block;	/* lines not yet taken */
	struct step now;	/* what an event takes over from the one before */
};

/** record_name - a %XX-escaped name; cut to @size bytes and always terminated */
void record_name(struct span t, char *to, size_t size);

/** record_interface - the index of an interface's %XX-escaped name, 0: none */
uint32_t record_interface(struct reading *rd, struct span t);

/** record_word - which of @count words it is; false: none of them */
bool record_word(struct span t, const char *(*word)(unsigned int),
		 unsigned int count, uint8_t *index);

#endif
