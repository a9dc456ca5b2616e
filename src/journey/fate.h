/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fate: what became of a packet, or of a copy of it. */
#ifndef NFTRACE_FATE_H
#define NFTRACE_FATE_H

#include <stdbool.h>
#include <stdint.h>

struct near_misses;
struct place;

enum fate_kind {
	FATE_DROP, FATE_REJECT, FATE_DELIVERED, FATE_FORWARDED, FATE_SENT,
	FATE_QUEUE, FATE_STOLEN, FATE_LOST, FATE_UNKNOWN, FATE_INCOMPLETE,
	FATE_COUNT,
};

/** fate_word - "DROP", "FORWARDED", ... */
const char *fate_word(enum fate_kind kind);

/** fate_find - of a word, in small letters or not; FATE_COUNT: it is none */
enum fate_kind fate_find(const char *word);

/* Where a packet is that has met no hook of IP; behind NF_INET_*. */
enum fate_hook {
	FATE_HOOK_INGRESS = 5,
	FATE_HOOK_EGRESS,
	FATE_HOOK_BRIDGE,
	FATE_HOOKS,
};

enum {
	CAUSE_TEXT = 192,	/* bytes of .cause at most, with its NUL */
	DROP_SEEN_TEXT = 64,	/* the same of both texts of struct drop_seen */
};

/* Cause of a fate that goes on, where the kernel tells of no packet that it drops. */
extern const char fate_unheard[];

/* The kernel's word on a packet that it freed as lost; fit for output. */
struct drop_seen {
	char reason[DROP_SEEN_TEXT];	/* "NO_SOCKET", or a number; "": it tells none */
	char location[DROP_SEEN_TEXT];	/* the function; "": not known */
};

/* Begins the cause of a LOST packet that nobody here was to get: no fault. */
#define FATE_NOT_OURS "not for this host"

enum {
	OWNER_COMPONENT = 24,	/* bytes at most, with the NUL; as the next */
	OWNER_OBJECT = 400,
	OWNER_ASKED = 6,	/* names that are told at most */
};

/* Whose the rule is that decided, as a recording tells: see struct component_found. */
struct fate_owner {
	char component[OWNER_COMPONENT], object[OWNER_OBJECT];
	unsigned int asked;
	bool more;
	char ask[OWNER_ASKED][OWNER_OBJECT];
};

/* On what a fate rests, as a recording tells of it: see struct grounds. */
struct fate_grounds {
	bool found;		/* false: of a file from before, where it is not told */
	const struct place *accepted, *via, *marked, *marked_via, *unseen;
	uint32_t shared;	/* events that a copy was the packet itself */
	const struct fate_owner *owner;	/* NULL: its events tell that */
};

struct fate {
	uint8_t kind;			/* enum fate_kind */
	uint8_t hook;			/* the last one reached, NF_INET_* or enum fate_hook */
	bool inside;			/* LOST: it did not come to that hook's end */
	uint16_t port;			/* with .drop: where it was to go then; 0: none */
	uint32_t out;			/* interface index: FORWARDED, SENT, and LOST behind */
	const struct place *by;		/* who decided, NULL: nobody known */
	const char *cause;		/* likely why, or NULL; of one that goes on, why that is only likely */
	const struct drop_seen *drop;	/* NULL: there is no record of it */
	const struct fate_grounds *told;	/* NULL: of no recording */
	/* Rules that would have saved it, while it is printed; NULL: none is known */
	const struct near_misses *near;
};

#endif
