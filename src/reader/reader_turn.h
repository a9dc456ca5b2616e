/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_turn: a journey is over and its turn has come: what is asked of it, told and kept. */
#ifndef NFTRACE_READER_TURN_H
#define NFTRACE_READER_TURN_H

struct journey;

/** reader_on_turn - a journey is over, and so are those that came before it; @arg: the state */
void reader_on_turn(void *arg, struct journey *j);

/** reader_on_surplus - one that nobody asked for: it is only counted */
void reader_on_surplus(void *arg, struct journey *j);

#endif
