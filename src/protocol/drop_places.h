/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_places: which function of the kernel a drop record's location lies in. */
#ifndef NFTRACE_DROP_PLACES_H
#define NFTRACE_DROP_PLACES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { DROP_PLACES = 64, DROP_PLACE_TEXT = 64 };

/* The questions, in struct stats: the reader writes them, the supervisor does not. */
struct drop_places {
	_Atomic uint64_t location[DROP_PLACES];	/* as in the record; relaxed */
	/* Asked so far.  Release by the reader, behind .location; acquire by the supervisor. */
	_Atomic uint32_t count;
};

/* An answer, in struct bulletin: the supervisor writes it, the reader cannot. */
struct drop_place_answer {
	/* Release by the supervisor, behind .text; acquire by the reader. */
	_Atomic uint32_t answered;
	char text[DROP_PLACE_TEXT];	/* "ip_rcv_finish_core+0x25b"; "": nobody knows */
};

/**
 * drop_places_note - the reader: it wants the name of @location
 * @fresh: set when nobody has asked for it: tell the supervisor (READER_PLACES)
 * Return: the number of its answer, -1 when there is no room.
 */
int drop_places_note(struct drop_places *q, uint64_t location, bool *fresh);

/** drop_places_answered - the reader: has the supervisor done with it? */
bool drop_places_answered(const struct drop_place_answer *a);

/**
 * drop_places_symbol - the reader: the function and the offset in it
 *
 * What a compiler adds to a function's name (".isra.0", ".cold") is left out.
 * Return: NULL while there is no answer, or when it has no name.
 */
const char *drop_places_symbol(const struct drop_place_answer *a);

#endif
