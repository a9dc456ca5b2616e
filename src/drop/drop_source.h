/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_source: the kernel's word on the packets that it drops, from the start to the end of a run. */
#ifndef NFTRACE_DROP_SOURCE_H
#define NFTRACE_DROP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drop/ring.h"
#include "rules/base/helper.h"

struct drop_job;
struct drop_loaded;
struct drop_reasons;

/*
 * The program runs in the kernel from drop_source_take() to drop_source_end(), or to
 * the end of this process, which alone has the link's descriptor.
 */
struct drop_source {
	struct helper helper;		/* loads it; .pid -1: none does */
	struct drop_job *job;		/* in a page that only that helper inherits */
	struct helper_result result;
	const struct drop_loaded *loaded;	/* in .result; NULL: nothing is known */
	struct drop_ring ring;
	int link_fd;			/* -1: there are no records */
	/* Names of places: */
	struct helper symbols;		/* looks for them; .pid -1: none does */
	uint32_t asked, answered;	/* of struct drop_places */
};

/** drop_source_open - none, yet */
void drop_source_open(struct drop_source *s);

/**
 * drop_source_start - have a helper load the program for this network namespace
 *
 * Whatever goes wrong, then or later: there are no records, and nothing is said.
 */
void drop_source_start(struct drop_source *s);

/** drop_source_take - wait for that helper; who is forked from then on has the ring */
void drop_source_take(struct drop_source *s);

/** drop_source_ring - NULL: there are no records */
struct drop_ring *drop_source_ring(struct drop_source *s);

/** drop_source_handed - the reader has it: the mapping goes here, and no helper inherits it */
void drop_source_handed(struct drop_source *s);

/** drop_source_reasons - the kernel's names of reasons, as long as @s; NULL: none */
const struct drop_reasons *drop_source_reasons(const struct drop_source *s);

/** drop_source_address - of the kernel's code, by a record's .location */
uint64_t drop_source_address(const struct drop_source *s, uint64_t location);

/** drop_source_worked - was the program in the kernel, whether it still is or not? */
bool drop_source_worked(const struct drop_source *s);

/** drop_source_tell - why there are no records, or how few; a part of a sentence */
void drop_source_tell(char *buf, size_t size, const struct drop_source *s);

/** drop_source_end - take the program out of the kernel; what it wrote stays */
void drop_source_end(struct drop_source *s);

/** drop_source_close - the same, and unmap everything; one just opened is taken */
void drop_source_close(struct drop_source *s);

#endif
