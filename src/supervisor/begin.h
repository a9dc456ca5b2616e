/* SPDX-License-Identifier: GPL-2.0-or-later */
/* begin: the rules are read and handed to the reader, if need be behind "armed". */
#ifndef NFTRACE_BEGIN_H
#define NFTRACE_BEGIN_H

#include <stdbool.h>

struct run;

/*
 * Before "armed" only tables are read, and no library that makes texts is loaded.  The run
 * is armed without them, and events wait in the reader's socket.  Texts are waited for
 * where that is short, and rules may become others at once: begin_to_read().
 */

/**
 * begin_to_read - behind the run's own rules: have all rules read, but for their texts
 * Return: 0.  What cannot be read is said when the texts are taken.
 */
int begin_to_read(struct run *r);

/**
 * begin_with_others - the same for a run without rules of its own, with all texts
 * Return: 0, or the exit status after a report.
 */
int begin_with_others(struct run *r);

/** begin_if_done - begin_finish(), unless texts may come later; the same */
int begin_if_done(struct run *r);

/** begin_texts - armed: have all texts made that were not waited for */
void begin_texts(struct run *r);

/**
 * begin_is_settled - from now on others may have the lock
 *
 * Texts of not so many rules are waited for first: what changes then is told exactly.  Not
 * for long: others wait.
 */
bool begin_is_settled(const struct run *r);

/** begin_lets_command_go - the same for COMMAND, which may change rules at once */
bool begin_lets_command_go(const struct run *r);

/** begin_is_due - the reader does not read yet, and could, or the texts do not come any more */
bool begin_is_due(struct run *r);

/**
 * begin_await - the end came before the texts: wait for them
 * @ms: so long at most, and as long as begin_is_due() says
 * @heard: asked whenever a signal came: true: wait no longer
 * Return: false: they are not there yet.
 */
bool begin_await(struct run *r, unsigned int ms, bool (*heard)(struct run *r));

/**
 * begin_finish - wait for the texts, and let the reader read; nothing when it does
 * Return: 0, or the exit status after a report.
 */
int begin_finish(struct run *r);

#endif
