/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stats: what the reader tells the supervisor, in memory that both share. */
#ifndef NFTRACE_STATS_H
#define NFTRACE_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "journey/fate.h"
#include "protocol/drop_places.h"
#include "protocol/ipset_question.h"
#include "protocol/losses.h"
#include "protocol/map_question.h"
#include "protocol/ways.h"

enum {
	STATS_DROPS = 16, STATS_OWNERS = 8, STATS_REASONS = 16, STATS_CHANGERS = 4, STATS_RULE = 128,
	STATS_TRAIL = 256, STATS_OUT = 8,
	STATS_MANY = UINT32_MAX,
};

/* Packets dropped by one rule, in words: rules may be others by the time of the summary. */
struct stats_drop {
	uint64_t packets;
	uint8_t family;		/* index; FAMILY_COUNT: .text has it */
	char text[2048];
};

/* Packets that rules of one owner dropped. */
struct stats_owner {
	uint64_t packets;
	char text[OWNER_COMPONENT + OWNER_OBJECT];	/* "Calico: policy x" */
};

/* Packets that the kernel says it lost, for one reason. */
struct stats_reason {
	uint64_t packets;
	char text[320];		/* "lost; kernel: ..." */
};

/* Processes of one name that changed nft's rules. */
struct stats_changer {
	_Atomic uint64_t changes;	/* transactions */
	_Atomic uint32_t pid;		/* of the last one, 0: untold */
	_Atomic uint8_t several;	/* 0, or before it there were others */
	char name[64];			/* "": untold; written before .changers counts it */
};

/*
 * --read: records of a pcapng, or TRACE lines of a log, that are none.  Plain but
 * for the count: written once, read behind the reader's end.
 */
struct stats_refused {
	_Atomic uint64_t count;
	uint64_t first;		/* the first one's packet or line, from 1 */
	uint8_t fault;		/* of a record: enum record_fault */
	char word[48];		/* of a record: at which; "": at none */
};

enum { STATS_RANGES = 6 };

/* Packets of a file of --read that hold no journey, counted from 1; the same holds as above. */
struct stats_bare {
	_Atomic uint64_t count;
	uint32_t ranges;	/* the first ones that are told */
	struct stats_range {
		uint64_t first, last;
	} range[STATS_RANGES];
};

/* Packets that none of the run's own rules traced: left out. */
struct stats_others {
	_Atomic uint64_t rules;	/* that others' rules traced */
	_Atomic uint64_t runs;	/* that another run of nftrace traced */
	_Atomic uint32_t pid;	/* that run's; STATS_MANY: there were several */
};

/* Packets that --only left out and would not have, had it known that they are lost. */
struct stats_hidden {
	_Atomic uint64_t count;
	char first[1024];	/* "HEADERS: why"; plain, as above */
};

/* --replies: connections of which packets went on, and no answer was seen.  Plain, as above. */
struct stats_unanswered {
	uint64_t connections;	/* answered ones as well */
	uint64_t count;
	uint64_t zoned;		/* of them, a rule put into a zone of conntrack */
	uint64_t untracked;	/* packets that went on, and are of no connection */
	uint8_t more;		/* there were others, of which nothing is known */
	char first[160];	/* headers of its first packet; "": not told */
};

/* Packets that go round in a loop of routes. */
struct stats_loops {
	_Atomic uint64_t count;
	char first[320];	/* plain, as above; "": not told */
};

/* An event on a packet's way. */
struct stats_trail {
	uint64_t table, chain;	/* hash_name() of these */
	uint64_t rule;		/* nft's handle, or the kernel's number */
	uint8_t nfproto;	/* of nft the table's */
	uint8_t nft;
	uint8_t at_end;		/* the chain's end: its policy, or a return */
};

/* --expect chain=: packets that did not come there. */
struct stats_unreached {
	_Atomic uint64_t count;
	/* Of the first one; plain: written before the reader ends. */
	uint64_t number;	/* as printed */
	uint8_t kind;		/* enum fate_kind */
	char packet[256];	/* its headers */
	uint32_t steps;		/* 0: more than there is room for */
	struct stats_trail step[STATS_TRAIL];
};

/* --expect: fates of packets and copies that are none of those. */
struct stats_unexpected {
	_Atomic uint64_t count;
	/* Of the packet that came first; plain: written before the reader ends. */
	uint64_t number;	/* as printed; 0: not known any more */
	uint8_t kind;		/* enum fate_kind */
	uint8_t branch;		/* 0: the packet itself */
	char packet[256];	/* its headers */
};

/* --read of a text: what was not as the kernel had written it. */
struct stats_text {
	_Atomic uint64_t older, newer;	/* entries, than the one before */
	_Atomic uint64_t doubled;	/* entries that stood there twice */
	_Atomic uint64_t masked;	/* with parts of an address hidden */
	_Atomic uint64_t joined;	/* on the line of another */
	_Atomic uint64_t wrapped;	/* put together from several lines */
	_Atomic uint64_t again;		/* nft's packets, with id and headers of one before */
	/* Plain, as they are read at the end: STATS_LOGGED ..., ored. */
	uint8_t holds, rules;
};

/* What a text, and the files of --rules, are of. */
enum {
	STATS_LOGGED = 1,	/* the kernel's log: of iptables-legacy's rules */
	STATS_PRINTED = 2,	/* what nft and xtables-monitor print: of nft's */
};

/* --diff: plain, as all of it is written at the end. */
struct stats_diff {
	uint64_t packets[2];	/* of each recording */
	uint64_t same, differ;	/* pairs of packets */
	uint64_t only[2];	/* packets that have no other */
	uint64_t more[2];	/* packets for which there was no room */
	uint64_t rules;		/* that are not the same in both */
	uint8_t done;		/* it came to its end */
};

/* --rules that are not those that a log is of. */
struct stats_misfit {
	/* Chains of raw without the TRACE rule, 1 << STATS_BELOW_...: read so; or perhaps so. */
	uint8_t below, unproved;
	uint32_t chains;	/* others whose texts are in doubt */
	uint64_t line;		/* of the log, from 1: the first that tells of one */
	char place[64];		/* and its words: "filter:FORWARD:rule:7" */
	uint8_t how;		/* STATS_LACKING ... */
};

/* What rules have to do with that line. */
enum {
	STATS_LACKING,		/* they do not have it, or the packet cannot meet it */
	STATS_WENT_ON,		/* they end the packet there, and it went on */
	STATS_OTHER_POLICY,	/* they have another policy there; of nft's */
};

/* A family has a bit for each of its hooks; IPv6's are those above. */
enum { STATS_BELOW_PREROUTING, STATS_BELOW_OUTPUT, STATS_BELOW_HOOKS };

/*
 * One writer for every field: the reader.  The supervisor reads it, believes
 * nothing, and decides by nothing in here what became of the host: see struct
 * bulletin for the other way.
 *
 * The counts are relaxed on both sides: while the reader lives each is true of
 * some moment, and all of the same one once wait(2) has told of its end.
 */
struct stats {
	_Atomic uint64_t events;	/* shown or counted, own rules' not */
	_Atomic uint64_t own;		/* events of this run's own tables and rules */
	_Atomic uint64_t own_rules;	/* of these those of a rule that matched */
	_Atomic uint64_t foreign;	/* no trace event of these tables */
	_Atomic uint64_t broken;	/* netlink messages that made no sense, or cut */
	_Atomic uint64_t forged;	/* that another process sent, not the kernel */
	_Atomic uint64_t frames;	/* events of what is no packet of IP: arp */
	_Atomic uint64_t strangers;	/* trace events of rules not in the snapshot */
	_Atomic uint64_t lost;		/* events, by sequence numbers and drops */
	_Atomic uint64_t lost_behind;	/* of them those that came behind the last packet of -c */
	_Atomic uint64_t packets;	/* journeys over */
	_Atomic uint64_t unannounced;	/* of them those whose first match made no
					 * event: TRACE's, which turns tracing on */
	_Atomic uint64_t printed;	/* of them printed (--only, -c) */
	_Atomic uint64_t unprinted;	/* dropped: nobody read stdout fast enough */
	_Atomic uint64_t gone;		/* nft events whose rule's text was gone */
	_Atomic uint64_t incomplete;	/* whether --only leaves them out or not */
	/* Of those that --only and -c let be printed: */
	_Atomic uint64_t fate[FATE_COUNT];
	/* By which interfaces some were FORWARDED or SENT: the first, and 0 behind them. */
	_Atomic uint64_t out[STATS_OUT + 1];
	_Atomic uint64_t drops_lost;	/* drop records for which there was no room */
	_Atomic uint64_t drops_doubted;	/* packets told as likely to have gone on, for that */
	_Atomic uint64_t drops_unread;	/* the same, for records that were not read in time */
	_Atomic uint64_t late;		/* that were told of before they were lost */
	_Atomic uint64_t ambiguous;
	_Atomic uint64_t ruleless;	/* no chain but the run's own saw them */
	_Atomic uint64_t straddled;	/* packets, --flat: events, of rules just changing */
	_Atomic uint64_t nft_changes;	/* transactions of others on nft's rules */
	/* Release by the reader, behind .name; acquire by the supervisor. */
	_Atomic uint32_t changers;
	struct stats_changer changer[STATS_CHANGERS];
	_Atomic uint64_t nat_asked;	/* journeys that nat was asked about */
	_Atomic uint64_t nat_silent;	/* those that passed it unasked */
	_Atomic uint64_t nat_untracked;	/* of them those that a rule kept from conntrack */
	struct stats_others others;
	_Atomic uint64_t passed_over;	/* --read: lines or packets of others */
	struct stats_refused refused;	/* some of those passed over */
	struct stats_bare bare;		/* others of them */
	_Atomic uint64_t twins;		/* of a recording: packets that are there twice */
	_Atomic uint64_t absent;	/* numbers of packets that are not in it */
	struct stats_text text;
	struct stats_misfit misfit;	/* plain, as .refused */
	_Atomic uint64_t input_offset;	/* how far it was read, bytes */
	/*
	 * The number of its last question which generation of nft's rules is in
	 * force.  Release by the reader, acquire by the supervisor: what is
	 * answered was in force after the question.
	 */
	_Atomic uint32_t nft_ask;
	_Atomic uint32_t queue_ask;	/* the same: which queues hold packets */
	_Atomic uint32_t confirm_ask;	/* the same: what has conntrack dropped? */
	_Atomic uint32_t tables_ask;	/* the same: have iptables' tables changed? */
	struct way way[WAYS];		/* of packets that went out; ordered there */
	struct map_question map;	/* elements that are asked for; ordered there */
	struct ipset_question ipset;	/* a set of ipset's; the same */
	struct losses losses;		/* fates that ask for a cause; ordered there */
	struct drop_places drop_places;	/* where packets were dropped; the same */
	/* Plain: written before the reader ends, read behind its end. */
	struct stats_drop drop[STATS_DROPS];	/* most first */
	uint32_t drops;
	struct stats_owner owner[STATS_OWNERS];	/* most first */
	uint32_t owners;
	uint64_t owners_others;		/* packets of those beyond */
	uint64_t unowned;		/* and of nobody's that is known */
	char untracked_by[STATS_RULE];	/* the first such rule, "": none */
	uint8_t untracked_more;		/* 1: others did as well */
	struct stats_reason reason[STATS_REASONS];	/* most first */
	uint32_t reasons;
	struct stats_unexpected unexpected;
	struct stats_unreached unreached;
	struct stats_loops loops;
	struct stats_hidden hidden;
	struct stats_unanswered unanswered;
	struct stats_diff diff;
	int32_t input_error;		/* -errno */
	int32_t output_error;		/* -errno: a file of results is gone */
	uint8_t input_end;		/* enum replay_end */
	uint8_t output_sink;		/* which: enum sink_kind */
	uint8_t memory_short;		/* 0, or the reader has ended for that */
};

/** stats_get - one count; by anybody */
static inline uint64_t stats_get(const _Atomic uint64_t *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

/** stats_set - by the reader, the one writer */
static inline void stats_set(_Atomic uint64_t *count, uint64_t n)
{
	atomic_store_explicit(count, n, memory_order_relaxed);
}

/** stats_add - by the reader: with one writer it needs no locked instruction */
static inline void stats_add(_Atomic uint64_t *count, uint64_t n)
{
	stats_set(count, stats_get(count) + n);
}

/** stats_lacks_events - were events lost of what was asked for? */
static inline bool stats_lacks_events(const struct stats *s)
{
	return stats_get(&s->lost) > stats_get(&s->lost_behind);
}

/**
 * stats_open - zeroed memory, shared with the children that are forked from now on
 * Return: NULL with errno set.
 */
struct stats *stats_open(void);

/** stats_close - unmap it here; NULL is taken */
void stats_close(struct stats *s);

#endif
