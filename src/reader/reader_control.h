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
 * reader_may_ask - is there time to wait for an answer?
 *
 * Always, but while much comes: then a tenth of the time, and as long as the socket has
 * room for what comes meanwhile.
 */
bool reader_may_ask(const struct reader_state *s);

/**
 * reader_ask - ask the supervisor, and wait for the answer
 * @answered: is it there?  Called with @arg.
 * @times: how many times as long as is usual for an answer: 1, but for what is much work
 *
 * The answer comes within milliseconds.  Nobody waits where reader_may_ask() says no, nor
 * when the last answer did not come in time and the supervisor has said nothing since.
 */
void reader_ask(struct reader_state *s, enum reader_word word,
		bool (*answered)(const struct reader_state *s, const void *arg),
		const void *arg, unsigned int times);

#endif
