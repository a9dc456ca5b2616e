/* SPDX-License-Identifier: GPL-2.0-or-later */
/* questions: what the reader asks the supervisor, and who answers it. */
#ifndef NFTRACE_QUESTIONS_H
#define NFTRACE_QUESTIONS_H

struct run;

/** questions_answer - answer what the reader asks, enum reader_word */
void questions_answer(struct run *r, char word);

#endif
