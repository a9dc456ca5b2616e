/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load: has the kernel run the program, in a helper that hands over what keeps it there. */
#ifndef NFTRACE_DROP_LOAD_H
#define NFTRACE_DROP_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drop/reason.h"

struct helper_out;

enum { DROP_RING_BYTES = 512 << 10 };	/* 2,700 records */

/* What the job is given. */
struct drop_job {
	uint64_t secret;	/* see struct drop_record, .location */
};

/* Why there are no records. */
enum drop_fault {
	DROP_LOADED,
	DROP_NARROW,		/* this build's addresses have 32 bits */
	DROP_NO_BTF,		/* the kernel does not describe its types */
	DROP_NO_TRACEPOINT,	/* or has no such tracepoint */
	DROP_NO_FIELD,		/* or has no such member in them */
	DROP_NO_NAMESPACE,	/* /proc does not tell which this is */
	DROP_DENIED,		/* not permitted */
	DROP_REFUSED,		/* the kernel will not have it, for another reason */
	DROP_FAULTS
};

/* What the job leaves; read-only for whoever has it. */
struct drop_loaded {
	uint32_t fault;		/* enum drop_fault */
	int32_t err;		/* 0 or -errno */
	char what[128];		/* more about it; "": nothing */
	bool reasons_told;	/* false: records have none, only the place */
	struct drop_reasons reasons;
};

/* The descriptors that it hands over (hand.h), if it is DROP_LOADED. */
enum { DROP_RING_FD, DROP_LOST_FD, DROP_LINK_FD, DROP_FDS };

/**
 * drop_load - a job for helper_start(): load the program and attach it
 * @arg: struct drop_job
 *
 * Records are made from then on, of traced packets of the network namespace in
 * which the helper was started, and for as long as DROP_LINK_FD or a copy of it is
 * open.  Nothing else holds the program, and nothing is left of it.
 * The helper hands over DROP_FDS descriptors, or none, and leaves a struct drop_loaded.
 */
int drop_load(const void *arg, struct helper_out *out);

/** drop_load_tell - why there are no records, or how few; a part of a sentence */
void drop_load_tell(char *buf, size_t size, const struct drop_loaded *l);

#endif
