/* SPDX-License-Identifier: GPL-2.0-or-later */
/* condition: a condition of a rule that was passed over, held against the packet. */
#ifndef NFTRACE_CONDITION_H
#define NFTRACE_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "misses/asked.h"
#include "rules/base/strview.h"

enum condition_state {
	CONDITION_HELD,
	CONDITION_FAILED,
	CONDITION_UNKNOWN,	/* nothing here tells: limit, recent, a module's own ... */
};

enum {
	CONDITIONS_MAX = 16,
	CONDITION_VALUE = 160,	/* bytes of a value at most, with the NUL */
	CONDITION_FAR = UINT32_MAX,	/* .distance: values have no order */
};

struct condition {
	uint8_t state;		/* enum condition_state: FAILED and HELD are certain */
	uint8_t field;		/* enum asked_field: of the packet, what it asks for */
	/* Its outcome may be another with the same packet: limit, recent, quota ... */
	bool changes;
	/* A concatenation asks for these as well, 1 << enum asked_field. */
	uint32_t others;
	bool now;		/* found by asking how things are now: sets, addrtype, fib */
	/*
	 * FAILED: how far the packet's value is from what would do; 0: nearest.  Ports
	 * and numbers: the difference; addresses: bits behind the common prefix.
	 */
	uint32_t distance;
	struct strview words;	/* in the rule's text: "--dport 443", "! -i eth0" */
	/* FAILED: the same packet with this would meet it; ASKED_OTHER: none is known */
	struct asked_change want;
	/*
	 * What the packet has in its stead, a sentence's part, unescaped: "the packet's
	 * is 8080".  NULL: asked_value() of .field says that.
	 */
	void (*tell)(char buf[CONDITION_VALUE], const struct condition *c,
		     const struct asked *a);
	/* ASKED_STATE: the states that would do, a bit each; 0: not only they.  Else .tell()'s */
	uint32_t number;
};

/* All conditions of a rule, in the order in which the kernel asks. */
struct conditions {
	unsigned int n;
	bool unread;	/* there are more, or the text is not understood: nothing is said */
	/* The caller's: so many that fail are enough, and others may be left out; 0: all */
	uint8_t enough;
	uint8_t failed;	/* so many did */
	struct condition c[CONDITIONS_MAX];
};

/** condition_fields - all that it asks for, 1 << enum asked_field each */
static inline uint32_t condition_fields(const struct condition *c)
{
	return UINT32_C(1) << c->field | c->others;
}

/** conditions_add - room for one more, zeroed but for these; NULL: .unread is set */
struct condition *conditions_add(struct conditions *out,
				 enum condition_state state,
				 enum asked_field field, struct strview words);

#endif
