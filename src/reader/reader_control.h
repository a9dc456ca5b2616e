/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_control: what the supervisor says to the reader. */
#ifndef NFTRACE_READER_CONTROL_H
#define NFTRACE_READER_CONTROL_H

struct reader_state;

/** reader_on_control - one message of the supervisor is there */
void reader_on_control(struct reader_state *s);

#endif
