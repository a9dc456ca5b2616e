/* SPDX-License-Identifier: GPL-2.0-or-later */
/* questions: what the reader asks the supervisor, and who answers it. */
#ifndef NFTRACE_QUESTIONS_H
#define NFTRACE_QUESTIONS_H

struct owner;
struct run_reader;

/**
 * questions_answer - answer one question of the reader's
 * @owner: of this run, whose own rules are told apart
 * @word: enum reader_word; one that is no question is passed over
 */
void questions_answer(struct run_reader *rd, const struct owner *owner,
		      char word);

#endif
