/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack_look: what conntrack drops, and whether it works here at all, during a run. */
#ifndef NFTRACE_CONNTRACK_LOOK_H
#define NFTRACE_CONNTRACK_LOOK_H

struct run;
struct run_reader;

/** conntrack_look_begin - before the reader is started: what it is told of the host */
int conntrack_look_begin(struct run *r);

/** conntrack_look_again - now and then: has conntrack any connection? */
void conntrack_look_again(struct run_reader *rd);

/** conntrack_look_answer - answer READER_CONFIRMS */
void conntrack_look_answer(struct run_reader *rd);

/** conntrack_look_say - at the end: what it has dropped meanwhile */
void conntrack_look_say(const struct run_reader *rd);

#endif
