/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_meaning: what a reason and a function of the kernel's say of a packet's end. */
#ifndef NFTRACE_DROP_MEANING_H
#define NFTRACE_DROP_MEANING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct drop_seen;
struct fate;
struct packet;

enum drop_says {
	DROP_SAYS_NOTHING,	/* a copy, or the usual end of a life: no loss */
	DROP_SAYS_BESIDE,	/* the fate stays, and this is told beside it */
	DROP_SAYS_COPY,		/* the same of what went on: a copy was lost that was never seen */
	DROP_SAYS_MISSED,	/* a lost one is explained; of others it was a copy */
	DROP_SAYS_QUEUED,	/* a queue of user space did not give it back */
	DROP_SAYS_VERDICT,	/* a function at a hook of netfilter's said so */
	DROP_SAYS_UNPLACED,	/* lost, or behind INPUT its usual end: the place is unknown */
	DROP_SAYS_LOST,		/* lost, unless INPUT had let it go */
	DROP_SAYS_REFUSED,	/* lost, and if INPUT had let it go */
	DROP_SAYS_COUNT,
};

/*
 * All by the names of the running kernel: its numbers are others in each version.
 * In .reason and .location "*" stands for anything and "?" for one character.
 */
struct drop_meaning {
	const char *reason, *location;	/* NULL: any */
	uint8_t says;		/* enum drop_says */
	uint8_t hooks;		/* last hooks that a packet passes before; 0: any */
	bool port;		/* .words ends with the port */
	bool many;		/* .words is of packets for a group, or for all */
	bool looped;		/* a copy of it comes in by the way that it does not go */
	bool known;		/* it was freed there, and was not kept by a target */
	const char *words;	/* where the name misleads or says little; or NULL */
	/* Of a cause that says the same: one of these, apart by "|"; "": each; NULL: none */
	const char *cause;
};

/** drop_meaning - the row of the table; never NULL */
const struct drop_meaning *drop_meaning(const struct drop_seen *d);

/** drop_meaning_is_beside - is it told beside the fate, which it does not change? */
static inline bool drop_meaning_is_beside(const struct drop_meaning *m)
{
	return m->says == DROP_SAYS_BESIDE || m->says == DROP_SAYS_COPY;
}

/** drop_meaning_is_cause - do the host's settings (@cause) say the same as the record? */
bool drop_meaning_is_cause(const struct drop_seen *d, const char *cause);

/** drop_meaning_asks - can there be a cause that says the same? */
bool drop_meaning_asks(const struct drop_seen *d);

/**
 * drop_meaning_print - "kernel: NO_SOCKET at __udp4_lib_rcv: nobody listens on udp 7002"
 * @f: with .drop; .cause takes the place of the words, when it says the same
 * @p: the packet, of which the protocol is asked, and flags of TCP
 * Return: bytes written, as snprintf(3).
 */
int drop_meaning_print(char *buf, size_t size, const struct fate *f,
		       const struct packet *p);

#endif
