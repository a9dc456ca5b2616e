/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay_text: lines of a log -> events -> journeys. */
#ifndef NFTRACE_REPLAY_TEXT_H
#define NFTRACE_REPLAY_TEXT_H

struct line_reader;
struct replay;

/** replay_text - a file of this kind, from its beginning */
void replay_text(struct replay *r, struct line_reader *in);

#endif
