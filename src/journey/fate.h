/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fate: what became of a packet, or of a copy of it. */
#ifndef NFTRACE_FATE_H
#define NFTRACE_FATE_H

#include <stdbool.h>
#include <stdint.h>

struct place;

enum fate_kind {
	FATE_DROP, FATE_REJECT, FATE_DELIVERED, FATE_FORWARDED, FATE_SENT,
	FATE_QUEUE, FATE_STOLEN, FATE_LOST, FATE_UNKNOWN, FATE_INCOMPLETE,
	FATE_COUNT,
};

/** fate_word - "DROP", "FORWARDED", ... */
const char *fate_word(enum fate_kind kind);

/* Where a packet is that has met no hook of IP; behind NF_INET_*. */
enum fate_hook {
	FATE_HOOK_INGRESS = 5,
	FATE_HOOK_EGRESS,
	FATE_HOOK_BRIDGE,
	FATE_HOOKS,
};

/* Bytes of .cause at most, with its NUL. */
enum { CAUSE_TEXT = 192 };

struct fate {
	uint8_t kind;			/* enum fate_kind */
	uint8_t hook;			/* the last one reached, NF_INET_* or enum fate_hook */
	bool inside;			/* LOST: it did not come to that hook's end */
	uint32_t out;			/* FORWARDED, SENT: interface index */
	const struct place *by;		/* who decided, NULL: nobody known */
	const char *cause;		/* LOST, QUEUE: likely why, or NULL */
};

#endif
