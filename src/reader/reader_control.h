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
 * @times: how many times as long as is usual for an answer: 1, but for what is much work
 *
 * The answer comes within milliseconds.  Where much is going on nobody waits, nor when
 * the last answer did not come in seconds and the supervisor has said nothing since.
 */
void reader_ask(struct reader_state *s, enum reader_word word,
		bool (*answered)(const struct reader_state *s, const void *arg),
		const void *arg, unsigned int times);

#endif
