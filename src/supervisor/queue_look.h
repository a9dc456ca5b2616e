/* SPDX-License-Identifier: GPL-2.0-or-later */
/* queue_look: the supervisor tells the reader which queues of user space hold packets. */
#ifndef NFTRACE_QUEUE_LOOK_H
#define NFTRACE_QUEUE_LOOK_H

#include <stdbool.h>

struct run_reader;

/** queue_look_listens - does anybody listen on a queue in this network namespace? */
bool queue_look_listens(void);

/** queue_look - answer READER_QUEUES, for this network namespace */
void queue_look(struct run_reader *rd);

#endif
