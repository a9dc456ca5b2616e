/* SPDX-License-Identifier: GPL-2.0-or-later */
/* losses: questions about packets that went missing, and their answers, in shared memory. */
#ifndef NFTRACE_LOSSES_H
#define NFTRACE_LOSSES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "journey/fate.h"
#include "journey/packet_view.h"

enum {
	LOSSES = 128,		/* that are asked once, for all packets alike */
	LOSS_ONCE = LOSSES,	/* one more, for what is of one packet alone */
	LOSS_SLOTS,
	CAUSE_SINCE = 64,
};

/* What is asked of a packet's end. */
enum cause_about {
	ABOUT_LOSS,	/* no rule dropped it, and it did not go on */
	ABOUT_QUEUE,	/* handed to queues .number to .number_last, and not seen again */
	ABOUT_TARGET,	/* has its last rule's target dropped it without an event? */
	ABOUT_INPUT,	/* it left INPUT: did IPVS take it? */
	ABOUT_CONNECTION,	/* has conntrack confirmed its connection? */
	ABOUT_SOCKET,	/* no socket took it: who has .number, its port? */
	ABOUT_COUNT,
};

/*
 * Targets of iptables that drop a packet when they cannot do their work.  ABOUT_LOSS:
 * CAUSE_TPROXY: it has done it, to no avail.
 */
enum cause_target {
	CAUSE_NO_TARGET,
	CAUSE_MASQUERADE,
	CAUSE_REDIRECT,
	CAUSE_TPROXY,	/* .number: the port on which somebody is to listen */
};

/* How its destination at its end is known. */
enum cause_dst {
	CAUSE_DST_SEEN,		/* an event shows it */
	CAUSE_DST_TOLD,		/* by the text of the rule .since */
	CAUSE_DST_OPEN,		/* conntrack may have translated it since: ask it */
	CAUSE_DST_UNKNOWN,
};

enum cause_flag {
	CAUSE_WHOLE = 1 << 0,		/* must not be fragmented */
	CAUSE_SOURCE_ROUTE = 1 << 1,	/* it has such an option of IPv4 */
	CAUSE_TO_ALL = 1 << 2,		/* its frame went to an ethernet group */
	CAUSE_BYPASS = 1 << 3,		/* the queue lets pass what nobody takes */
	CAUSE_FRAGMENT = 1 << 5,	/* it is a piece of a packet */
	CAUSE_SHOWS = 1 << 4,		/* had it come back from there, it would be seen */
};

/*
 * What is known of the packet.  Compared as bytes: to be zeroed first.  It comes
 * from another process: any bytes will do, and a bool would not be one of them.
 */
struct cause_question {
	/* At its last event; ports are left out, but for CAUSE_DST_OPEN and IPVS. */
	struct packet_view look;
	uint32_t number, number_last;	/* of queues, or a port */
	uint32_t bridge_port;	/* interface by which a bridge got it, 0: none, or not known */
	uint8_t about;		/* enum cause_about */
	uint8_t target;		/* enum cause_target */
	uint8_t dst;		/* enum cause_dst */
	uint8_t flags;		/* enum cause_flag, ored */
	uint8_t nfproto;
	uint8_t order;		/* enum table_order of its last event */
	uint8_t proto;		/* IPPROTO_* */
	/* Of what a bridge got: to which address its frame went, and from which; or zeros. */
	uint8_t mac[6], from[6];
	uint8_t unused;
	char since[CAUSE_SINCE];	/* terminated or full */
};

/* What an answer says. */
enum cause_finding {
	FINDING_NOTHING,	/* nothing explains it */
	FINDING_LIKELY,		/* .text is likely why */
	FINDING_NOT_OURS,	/* .text is why it is not for this host */
	FINDING_DROPPED,	/* its last rule's target has dropped it: .text is why */
	FINDING_GOES_ON,	/* nobody listens, and the queue lets it pass: .text */
	FINDING_HELD,		/* .text is who listens on its queue */
	FINDING_IPVS,		/* .text is the service whose it is */
	FINDING_UNCONFIRMED,	/* conntrack does not have its connection: .text */
	FINDING_COUNT,
};

/* A question, in struct stats: the reader writes it, the supervisor does not. */
struct loss {
	/*
	 * How often; 0: there is no question.  Release by the reader, behind .q, which
	 * stays as it is from then on, but for LOSS_ONCE; acquire by the supervisor.
	 */
	_Atomic uint32_t asked;
	_Atomic uint64_t packets;	/* that went missing alike; relaxed */
	struct cause_question q;
};

struct losses {
	struct loss loss[LOSS_SLOTS];
	_Atomic uint64_t others;	/* packets for which there was no room; relaxed */
};

/* Its answer, in struct bulletin: the supervisor writes it, the reader cannot. */
struct loss_answer {
	/*
	 * .asked of the question that it answers, and until it is asked again it stays
	 * as it is.  Release by the supervisor, behind .text; acquire by the reader.
	 */
	_Atomic uint32_t answered;
	uint8_t finding;		/* enum cause_finding */
	char text[CAUSE_TEXT];		/* "": nothing explains it */
};

/** losses_asked - how often the question was asked; 0: it is none, or not whole */
uint32_t losses_asked(const struct loss *l);

/** losses_answered - the reader: has the supervisor done with what was asked last? */
bool losses_answered(const struct loss_answer *a, const struct loss *l);

#endif
