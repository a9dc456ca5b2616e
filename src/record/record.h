/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record: a journey in words that a later --read takes back without loss. */
#ifndef NFTRACE_RECORD_H
#define NFTRACE_RECORD_H

#include <stdbool.h>

struct journey;
struct outbuf;
struct report_env;
struct report_late;

/*
 * A record is text of words apart by blanks; the first is RECORD_MAGIC.  It
 * holds what the journey's block for people does not: the TRACE lines of that
 * block and the record's "e" words belong together, one by one.
 *
 *	host=NAME netns=INODE family=ipv4 [steps=N omitted=N lost=N] [uid=N]
 *	[hw=HEX]	link layer header
 *	[log=1]		the times are those of a log
 *	[ct=STATE[,dN][,iN][,mHEX]]	conntrack's: 0 the original, 1 the
 *			reply direction; id; mark
 *	[big=1]		above 64 KiB, and no field says how much: see jumbo_claim()
 *	[in=NAME] [out=NAME]	where it came in, when the first event does not tell
 *	[flags=LETTERS]	see the table in record.c
 *	e[,FIELD...]	an event; what is not given is as at the one before:
 *			mHEX mark, iNAME in, oNAME out, pNAME physin,
 *			qNAME physout, bN branch; a its chain is in
 *			this backend only; wN rules of nftrace's own in
 *			front of it; kN nft's queue; hN a rule of nft's
 *			handle, nN its position, whichever the line for
 *			people has not; dWORD its doubt; xHEX:HEX prefix
 *			and rule where that line had to escape them
 *	c,STEP,MAKER,FIELD,VALUE,VALUE[,bN]	a change behind event STEP, from 0;
 *			of branch N
 *	v,STEP,VERDICT[,kKEY][,cCOMMENT]	what a verdict map said at event STEP,
 *			and in which element
 *	f,FATE,HOOK[,oNAME][,bSTEP][,cTEXT][,kREASON,lFUNCTION][,pN]	a fate a
 *			branch; who decided; the likely cause of a loss; what the
 *			kernel said of it, and the port it was to go to then;
 *			behind it [,g[,aSTEP][,vSTEP][,mSTEP][,wSTEP][,uSTEP]]
 *			on what it rests: struct grounds' accepted, via, marked,
 *			marked_via, unseen; [,sN] a copy: so many events it was
 *			the packet itself
 *
 *	r,TEXT		behind a fate: its reason, as --json has it, for other
 *			programs (nftrace.lua): what is read here makes it anew
 *	o,COMPONENT[,oOBJECT][,aNAME]...[,m]	behind a fate: whose the rule is
 *			that decided; the policies that were asked before, and that
 *			there were more
 *
 * A packet that was told of, and lost afterwards, has a record of its own:
 *
 *	host=NAME netns=INODE family=ipv4 [flags=LETTERS] late=N after=NS
 *	was=FATE [copy=N] f,...	packet N (its block has that number) was lost NS
 *			behind its last event; the time and the bytes are of then
 *
 * Names are %XX-escaped.  The words come in this order, those in front of the
 * events once each; words that are not known are passed over.
 */
#define RECORD_MAGIC "nftrace/1"

/* The word behind the magic of a packet that is another's second state. */
#define RECORD_AFTER "after"

/** record_claims_size - has the packet the least size in its bytes, for readers of the file? */
bool record_claims_size(const struct journey *j);

/** record_write - @j's record into the record of @o that is under way */
void record_write(struct outbuf *o, const struct report_env *env,
		  const struct journey *j);

/** record_write_late - the same of a packet that was told of before */
void record_write_late(struct outbuf *o, const struct report_env *env,
		       const struct report_late *l);

#endif
