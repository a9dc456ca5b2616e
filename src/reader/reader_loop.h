/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_loop: when the reader reads, rests, writes, and looks for what is silent. */
#ifndef NFTRACE_READER_LOOP_H
#define NFTRACE_READER_LOOP_H

struct reader_state;

/** reader_listen - read the socket until the rules are out, and then to its end */
void reader_listen(struct reader_state *s);

#endif
