/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component_types: a program that writes rules, and which of its things a rule is for. */
#ifndef NFTRACE_COMPONENT_TYPES_H
#define NFTRACE_COMPONENT_TYPES_H

#include <stdbool.h>

#include "journey/fate.h"

enum { COMPONENT_OBJECT = OWNER_OBJECT, COMPONENT_ASKED = OWNER_ASKED };

/* A program that writes rules. */
struct component {
	const char *key;	/* "calico": for programs */
	const char *name;	/* "Calico": for people */
};

/* Raw bytes of names and comments: not fit for a terminal. */
struct component_found {
	const struct component *who;		/* NULL: nobody that is known */
	char object[COMPONENT_OBJECT];		/* "policy default/no-mail", or "" */
	unsigned int asked;			/* in the order in which they were */
	/*
	 * A default deny has no single rule: the names of those that could have
	 * accepted, were asked, and did not; "": one whose name nobody knows.
	 */
	char ask[COMPONENT_ASKED][COMPONENT_OBJECT];
	bool more;				/* there were others */
	bool by_tables;		/* the packet's events alone would not tell all of that */
};

#endif
