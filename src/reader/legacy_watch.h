/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_watch: the reader stops reading while somebody may be changing iptables' tables. */
#ifndef NFTRACE_LEGACY_WATCH_H
#define NFTRACE_LEGACY_WATCH_H

#include <stdbool.h>

struct reader_state;

/*
 * Why the texts are right.  Whoever changes a table opens the lock file first,
 * unless the lock is the run's and nobody else can; an event is made behind the
 * change, and read behind the event.  So if nobody has opened the file when a batch
 * has been received, all that is in it was made by the rules that are known.  Else
 * the batch waits, and the socket with it, until the supervisor has read the tables:
 * then what is in there, up to a fence that is put behind it, is of the rules from
 * before or of those that were read.  It waits until the socket is half full at most,
 * 30 s while texts are being read, and 1.5 s where nothing is heard of that; behind
 * that all is in doubt.
 */

/** legacy_watch_check - a batch was received: do the rules known fit it? */
void legacy_watch_check(struct reader_state *s);

/** legacy_watch_stranger - an event of no rule that is known; true: they are others now */
bool legacy_watch_stranger(struct reader_state *s);

#endif
