/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kallsyms: which function of the kernel an address lies in. */
#ifndef NFTRACE_DROP_KALLSYMS_H
#define NFTRACE_DROP_KALLSYMS_H

#include <stdint.h>
#include <stdio.h>

enum { KALLSYMS_MAX = 64, KALLSYMS_TEXT = 64 };

/* Bytes of a name that are told. */
enum { KALLSYMS_NAME = KALLSYMS_TEXT - 17 };

struct kallsyms_question {
	uint32_t count;		/* KALLSYMS_MAX at most */
	uint64_t address[KALLSYMS_MAX];
};

struct kallsyms_answer {
	char text[KALLSYMS_MAX][KALLSYMS_TEXT];	/* "ip_forward+0x12"; "": none */
};

/**
 * kallsyms_search - the nearest function below each address
 * @f: lines of /proc/kallsyms
 *
 * An address is where a call returns to, so the byte before it counts.  What a
 * compiler adds to a name behind a point is left out.  Whoever may not see the
 * kernel's addresses reads only zeros, and finds nothing.
 */
void kallsyms_search(FILE *f, const struct kallsyms_question *q,
		     struct kallsyms_answer *a);

#endif
