// SPDX-License-Identifier: GPL-2.0-or-later
/* queue_look: the supervisor tells the reader which queues of user space hold packets. */
#include "supervisor/queue_look.h"

#include <errno.h>
#include <stdio.h>

#include "protocol/reader_ipc.h"
#include "supervisor/run_state.h"

/* A line for each queue that somebody listens on: number, port id, packets that wait ... */
static void read_queues(FILE *f, struct bulletin_queues *q)
{
	unsigned int number, waiting;
	char line[256];

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %u %*u %u", &number, &waiting) != 2 ||
		    !waiting)
			continue;
		if (q->count == BULLETIN_QUEUES)
			q->more = true;
		else
			q->number[q->count++] = (uint16_t)number;
	}
}

bool queue_look_listens(void)
{
	FILE *f = fopen("/proc/net/netfilter/nfnetlink_queue", "re");
	bool any = f ? getc(f) != EOF : errno != ENOENT;

	if (f)
		fclose(f);
	return any;
}

void queue_look(struct run_reader *rd)
{
	uint32_t ask = atomic_load_explicit(&rd->stats->queue_ask,
					    memory_order_acquire);
	FILE *f = fopen("/proc/net/netfilter/nfnetlink_queue", "re");
	/* Without the file there is no queue; if it cannot be read nobody knows. */
	struct bulletin_queues q = { .more = !f && errno != ENOENT };

	if (f) {
		read_queues(f, &q);
		fclose(f);
	}
	bulletin_post_queues(rd->board.post, ask, &q);
	reader_answered(&rd->process);
}
