/* SPDX-License-Identifier: GPL-2.0-or-later */
/* near_ask: which rules a packet that is about to be printed nearly met. */
#ifndef NFTRACE_NEAR_ASK_H
#define NFTRACE_NEAR_ASK_H

struct journey;
struct reader_state;

/** near_ask - give its fate its near misses; nothing where its rules may be others now */
void near_ask(struct reader_state *s, struct journey *j);

/** near_read - the same of a packet of --read, by the rules of --rules */
void near_read(struct reader_state *s, struct journey *j);

#endif
