/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_control: what the supervisor says to the reader. */
#ifndef NFTRACE_READER_CONTROL_H
#define NFTRACE_READER_CONTROL_H

#include <stdbool.h>

#include "protocol/reader_ipc.h"

struct reader_state;

/** reader_on_control - one message of the supervisor is there */
void reader_on_control(struct reader_state *s);

/**
 * reader_ask - ask the supervisor, and wait for the answer
 * @answered: is it there?  Called with @arg.
 *
 * The answer comes within milliseconds.  Where much is going on nobody waits.
 */
void reader_ask(struct reader_state *s, enum reader_word word,
		bool (*answered)(const struct reader_state *s, const void *arg),
		const void *arg);

/** reader_await - the same of what was asked before: for as long again */
void reader_await(struct reader_state *s,
		  bool (*answered)(const struct reader_state *s, const void *arg),
		  const void *arg);

#endif
