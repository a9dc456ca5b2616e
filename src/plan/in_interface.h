/* SPDX-License-Identifier: GPL-2.0-or-later */
/* in_interface: the -i and -o of match expressions: are they there, and what comes in? */
#ifndef NFTRACE_IN_INTERFACE_H
#define NFTRACE_IN_INTERFACE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct family;
struct trace_set;

/* Of all expressions; to begin with zeros. */
struct in_interface {
	char name[IFNAMSIZ];	/* of the last rule that has one */
	bool told;		/* in a note, that nothing can come in by it */
	char out[IFNAMSIZ];	/* the last -o of which a note says the same; "": none */
	bool mixed;		/* others have none, another, or one with "!" or "+" */
	uint64_t frames;	/* that had come in by it before the run */
};

/**
 * in_interface_check - a note on each that is not there, or that rules see as another
 * Return: 0, or the exit status after a report.
 */
int in_interface_check(struct in_interface *in, const struct trace_set *set);

/** in_interface_say - nothing was traced: what came in all the same, if all have the same */
void in_interface_say(const struct in_interface *in);

#endif
