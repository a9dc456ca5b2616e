/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_reading: a record that is being read, for the files that read one. */
#ifndef NFTRACE_RECORD_READING_H
#define NFTRACE_RECORD_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "journey/near_miss.h"
#include "rules/base/strview.h"

struct ifnames;
struct place_index;

/* Why a record is none: a file may be damaged, or made up. */
enum record_fault {
	RECORD_WHOLE,		/* it is one */
	RECORD_ORDER,		/* a word or field is there twice, or too late */
	RECORD_VALUE,		/* a word's value cannot be */
	RECORD_LINE,		/* events and TRACE lines are not the same ones */
	RECORD_ABSENT,		/* a word names an event or a copy that is not there */
	RECORD_INTERFACE,	/* pcapng's block does: then its time means nothing */
	RECORD_PARTS,		/* a part is missing: the family, a fate */
	RECORD_FAULTS,
};

/* What record_read() needs, and fills. */
struct record_reader {
	struct place_index *index;	/* gets the places */
	struct ifnames *names;		/* gets the interfaces */
	/* Of the record read last. */
	char host[65], netns[24];
	bool log;
	bool big;		/* jumbo_claim() has been at its bytes */
	char way[CAUSE_TEXT];
	struct map_verdicts verdicts;
	char cause[JOURNEY_BRANCHES][CAUSE_TEXT];	/* fit for output */
	struct drop_seen drop[JOURNEY_BRANCHES];	/* the same */
	struct fate_grounds grounds[JOURNEY_BRANCHES];
	struct fate_owner *owner;	/* JOURNEY_BRANCHES of them, lent */
	struct near_misses near[JOURNEY_BRANCHES];
	uint64_t late;		/* packet that was told of before; 0: this is one itself */
	uint64_t after_ns;	/* with .late, and the two below */
	uint8_t was, copy;
	/* Of the record refused last: the word, "" when it is not one word's. */
	char word[48];
};

struct reading {
	struct record_reader *r;
	struct journey *j;
	struct strview block;	/* lines not yet taken */
	struct step now;	/* what an event takes over from the one before */
	uint32_t seen;		/* words that are there once, 1 << their row */
	uint8_t part;		/* enum part of the word before */
	enum record_fault fault;
};

/** record_refuse - note why; false, so that a check can end with it */
static inline bool record_refuse(struct reading *rd, enum record_fault fault)
{
	rd->fault = fault;
	return false;
}

/** record_first - is this field's letter new to the word?  @seen: zero at its start */
static inline bool record_first(struct reading *rd, uint32_t *seen, char letter)
{
	uint32_t bit = 1u << (letter & 31);

	if (*seen & bit)
		return record_refuse(rd, RECORD_ORDER);
	*seen |= bit;
	return true;
}

#endif
